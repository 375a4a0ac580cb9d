//! What every answer says to caches and browsers.

use serde_json::json;
use tests::{Answer, Api, together};

use super::{Route, pages, routes};
use crate::contract::shared::small;

#[track_caller]
fn assert_not_sniffed_or_told_of(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{answer:?}");
}

/// Of an answer below `/applications`.
#[track_caller]
fn assert_private(answer: &Answer) {
    let caching = if answer.header("etag").is_some() { "private, no-cache" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), Some(caching), "{answer:?}");
    assert_not_sniffed_or_told_of(answer);
}

#[tokio::test]
async fn no_answer_below_applications_is_kept_by_a_cache() {
    let api = Api::new();
    let small = small(&api).await;
    let below = |route: &Route| route.path.starts_with("/applications");
    let routes: Vec<Route> = routes(small).into_iter().filter(below).collect();
    let calls = routes.iter().flat_map(|Route { path, query, .. }| {
        let target = format!("{path}{query}");
        [
            api.get(&target),
            api.call("HEAD", &target),
            api.get(&target).header("if-none-match", "*"),
            api.get(format!("{path}?limit=0&keyword=")),
            api.call("OPTIONS", path),
            api.call("BREW", path),
            api.get(format!("{path}/nowhere/nothing/")),
            api.call("PUT", path).typed("text/plain", "x"),
        ]
    });
    for answer in together(calls).await {
        assert_private(&answer);
    }
    let created = api.post("/applications").json(&json!({"name": "Private"})).await;
    assert_private(created.expect(201));
    let chats = format!("{}/chats", created.location());
    assert_private(api.post(&chats).await.expect(201));
    let messages = format!("{chats}/1/messages");
    assert_private(api.post(&messages).json(&json!({"body": "x"})).await.expect(201));
}

#[tokio::test]
async fn other_answers_are_not_sniffed_or_told_of_either() {
    let api = Api::new();
    let others = ["/", "/health", "/health/ready", "/openapi.json", "/nowhere", "/assets/1/x.js"];
    let others = others.map(str::to_owned).into_iter().chain(pages().map(|page| page.path));
    for answer in together(others.map(|target| api.get(target))).await {
        assert_not_sniffed_or_told_of(&answer);
        assert!(answer.header("cache-control").is_some(), "{answer:?}");
    }
}
