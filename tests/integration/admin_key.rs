//! The admin key, on the functions themselves: the local stack runs open.

use chat::{
    http::{AdminKey, Context, Deployment, Response},
    jobs::Queue,
};
use crud::{Crud, Readiness};
use serde_json::{Value, json};
use tests::{clients, event_with_headers, new_application, new_store, variable};

const KEY: &str = "correct horse battery staple";
/// `printf %s 'correct horse battery staple' | sha256sum`
const KEY_SHA256: &str = "c4bbcb1fbec99d65bf59d85c8cb62ee2db963f0fe106f483d9afa73bd4e39a8a";

struct Locked {
    crud: Crud,
    token: String,
}

impl Locked {
    async fn new() -> Self {
        let store = new_store().await;
        let token = new_application(&store).await.access_token.as_str().to_owned();
        let engines = clients("TEST_DYNAMODB_URL");
        let crud = Crud {
            admin_key: KEY_SHA256.parse::<AdminKey>().unwrap(),
            store,
            jobs: Queue::new(engines.sqs(), "http://127.0.0.1:9/nowhere"),
            search: engines.search(variable("TEST_SEARCH_URL")).unwrap(),
            readiness: Readiness::default(),
        };
        Self { crud, token }
    }

    async fn answer(
        &self,
        (method, path): (&str, &str),
        authorization: Option<&str>,
        body: &Value,
    ) -> Response {
        let headers: Vec<(&str, &str)> =
            authorization.iter().map(|value| ("authorization", *value)).collect();
        let path = path.replace("{token}", &self.token);
        let event = event_with_headers(method, &path, "", body, &headers);
        chat::http::answer(&self.crud, &Deployment::default(), &event, &Context::default(), false)
            .await
    }
}

#[tokio::test]
async fn listing_and_creating_applications_needs_the_admin_key_before_anything_else() {
    let locked = Locked::new().await;
    for (method, body) in [("GET", json!({})), ("HEAD", json!({})), ("POST", json!({"name": ""}))] {
        for authorization in
            [None, Some("Bearer wrong"), Some("Bearer "), Some(KEY), Some("Basic eA==")]
        {
            for path in ["/applications", "/applications/"] {
                let answer = locked.answer((method, path), authorization, &body).await;
                assert_eq!(answer.status().as_u16(), 401, "{method} {path} {authorization:?}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
                assert!(!answer.body().contains(&locked.token));
            }
        }
    }
}

#[tokio::test]
async fn whoever_holds_the_admin_key_lists_and_creates() {
    let locked = Locked::new().await;
    let key = format!("Bearer {KEY}");
    let listed = locked.answer(("GET", "/applications"), Some(&key), &Value::Null).await;
    assert_eq!(listed.status().as_u16(), 200);
    assert!(listed.body().contains(&locked.token));
    let body = json!({"name": "new"});
    let created = locked.answer(("POST", "/applications"), Some(&key), &body).await;
    assert_eq!(created.status().as_u16(), 201);
}

#[tokio::test]
async fn a_token_needs_no_admin_key_for_its_own_application() {
    let locked = Locked::new().await;
    let read = locked.answer(("GET", "/applications/{token}"), None, &Value::Null).await;
    assert_eq!(read.status().as_u16(), 200);
    let body = json!({"name": "renamed"});
    let renamed = locked.answer(("PUT", "/applications/{token}"), None, &body).await;
    assert_eq!(renamed.status().as_u16(), 200);
}
