//! Readiness where a part of what the service needs is away.

use chat::{
    http::{AdminKey, Context, Deployment, Response},
    jobs::Queue,
};
use crud::{Crud, Readiness};
use serde_json::{Value, json};
use tests::{CallLog, clients, event, new_store, variable};

async fn ask(crud: &Crud) -> Response {
    let event = event("GET", "/health/ready", "", &json!({}));
    chat::http::answer(crud, &Deployment::default(), &event, &Context::default(), false).await
}

#[tokio::test]
async fn a_queue_that_is_away_is_named_and_not_asked_again_for_seconds() {
    let log = CallLog::default();
    let engines = clients("TEST_DYNAMODB_URL").map_http(|http| log.wrap(http));
    let crud = Crud {
        admin_key: AdminKey::Open,
        store: new_store().await,
        // Nothing listens there: port 9 of this machine is the discard service's.
        jobs: Queue::new(engines.sqs(), "http://127.0.0.1:9/nowhere"),
        search: engines.search(variable("TEST_SEARCH_URL")).unwrap(),
        readiness: Readiness::default(),
    };
    let answer = ask(&crud).await;
    assert_eq!((answer.status().as_u16(), answer.header("retry-after")), (503, Some("5")));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem: Value = serde_json::from_str(answer.body()).unwrap();
    assert_eq!(problem["error"], "503: Service Unavailable");
    let state = |part: &str| problem["checks"][part]["state"].clone();
    assert_eq!((state("queue"), state("table")), (json!("down"), json!("up")));

    assert!(!log.take().is_empty());
    assert_eq!(ask(&crud).await, answer);
    assert!(log.take().is_empty(), "the answer is kept");
}
