//! Health, for whoever runs the service.

use serde_json::json;
use tests::Api;

#[tokio::test]
async fn a_service_that_runs_says_so() {
    let answer = Api::new().get("/health").await;
    assert_eq!(answer.json(200), json!({ "status": "ok" }));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_service_that_is_ready_says_what_answers_and_how_fast() {
    let answer = Api::new().get("/health/ready").await;
    let body = answer.json(200);
    assert_eq!(body["status"], "ok");
    for part in ["table", "queue", "search"] {
        let check = &body["checks"][part];
        assert!(check["state"] == "up" && check["milliseconds"].is_u64(), "{part}: {body}");
    }
}
