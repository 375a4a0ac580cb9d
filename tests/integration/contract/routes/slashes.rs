//! Every route answers with and without a trailing slash, at the same status: no redirect.

use serde_json::json;
use tests::{Api, together};

use super::{Route, routes};
use crate::contract::shared::small;

#[tokio::test]
async fn every_read_answers_with_and_without_a_trailing_slash() {
    let api = Api::new();
    // What other tests change, or what differs from moment to moment: its status and form must do.
    api.get("/applications/").await.list();
    api.get("/applications/?limit=1").await.list();
    assert_eq!(api.get("/health/ready/").await.json(200)["status"], "ok");
    let steady = |route: &Route| !["/applications", "/health/ready"].contains(&&*route.path);
    let others: Vec<Route> = routes(small(&api).await).into_iter().filter(steady).collect();
    together(others.iter().map(|route| async {
        let without = api.get(format!("{}{}", route.path, route.query)).await;
        let with = api.get(format!("{}/{}", route.path, route.query)).await;
        assert_eq!(with.json(200), without.json(200), "{with:?}");
    }))
    .await;
}

#[tokio::test]
async fn every_creation_answers_with_a_trailing_slash_and_a_location_below_it() {
    let api = Api::new();
    let answer = api.post("/applications/").json(&json!({"name": "Zoo"})).await;
    let application = answer.json(201);
    assert_eq!(answer.header("location"), application["access_token"].as_str());
    let path = answer.location();
    assert_eq!(api.get(&path).await.json(200), application);

    let answer = api.post(format!("{path}/chats/")).await;
    answer.expect(201);
    assert_eq!(answer.header("location"), Some("1"));
    let chat = answer.location();
    assert_eq!(api.read(&chat).await["number"], 1);

    let answer = api.post(format!("{chat}/messages/")).json(&json!({"body": "hello"})).await;
    answer.expect(201);
    assert_eq!(answer.header("location"), Some("1"));
    assert_eq!(api.read(&answer.location()).await["body"], "hello");
}

#[tokio::test]
async fn every_edit_answers_with_a_trailing_slash() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "first").await;
    api.read(&message).await;
    for verb in ["PUT", "PATCH"] {
        let renamed = api.call(verb, format!("{application}/")).json(&json!({"name": verb})).await;
        assert_eq!(renamed.json(200)["name"], verb);
        let edited = api.call(verb, format!("{message}/")).json(&json!({"body": verb})).await;
        assert_eq!(edited.json(200)["body"], verb);
    }
}

#[tokio::test]
async fn an_error_keeps_its_status_with_a_trailing_slash() {
    let api = Api::new();
    let small = small(&api).await;
    api.get("/nowhere/").await.never();
    api.get(format!("{}/chats/7/", small.application)).await.never();
    api.post("/applications/").json(&json!({})).await.problem(400);
    api.post(format!("{}/messages/", small.chat)).json(&json!({})).await.problem(400);
    api.get(format!("{}/messages/search/", small.chat)).await.problem(400);
}
