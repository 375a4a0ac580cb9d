//! Errors: problem documents, their order, and what they say. The form of each document (members,
//! titles, the member `error`, nothing internal) is checked by `Answer::problem` in every test.

use serde_json::json;
use tests::{Answer, Api, Call};

use super::shared::small;

/// A token that could be one, but names no application.
const ABSENT: &str = "/applications/111111111111111111111111";

#[track_caller]
fn error(answer: &Answer, status: u16) -> String {
    answer.problem(status);
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    problem["error"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_missing_record_and_route_says_record_not_found() {
    let api = Api::new();
    let small = small(&api).await;
    for target in [
        "/nowhere".to_owned(),
        ABSENT.to_owned(),
        format!("{ABSENT}/chats/1"),
        format!("{}/chats/7", small.application),
        format!("{}/messages/7", small.chat),
        format!("{}/messages/seven", small.chat),
    ] {
        assert_eq!(error(&api.get(target).await, 404), "404: Record not found");
    }
}

#[tokio::test]
async fn every_other_error_says_its_status_and_title() {
    let api = Api::new();
    let small = small(&api).await;
    let messages = format!("{}/messages", small.chat);
    assert_eq!(error(&api.post(&messages).await, 400), "400: Bad Request");
    assert_eq!(error(&api.call("DELETE", &messages).await, 405), "405: Method Not Allowed");
    let long = json!({"body": "x".repeat(65_536)});
    assert_eq!(error(&api.post(&messages).json(&long).await, 413), "413: Content Too Large");
    let other = api.post(&messages).typed("text/plain", "x").await;
    assert_eq!(error(&other, 415), "415: Unsupported Media Type");
}

#[tokio::test]
async fn what_is_wrong_in_the_request_alone_is_said_before_anything_is_looked_up() {
    let api = Api::new();
    let chat = format!("{ABSENT}/chats/1");
    let messages = format!("{chat}/messages");
    let message = format!("{messages}/1");
    let long = json!({"body": "x".repeat(65_536)});
    let cases: Vec<(Call, u16)> = vec![
        (api.put(ABSENT), 400),
        (api.put(ABSENT).json(&json!({"name": " "})), 400),
        (api.put(ABSENT).typed("text/plain", "x"), 415),
        (api.get(format!("{ABSENT}/chats?limit=0")), 400),
        (api.get(format!("{ABSENT}/chats?after=-1")), 400),
        (api.post(&messages), 400),
        (api.post(&messages).typed("application/json", "{"), 400),
        (api.post(&messages).form("body=%zz"), 400),
        (api.post(&messages).form("body=a&body=b"), 400),
        (api.post(&messages).json(&long), 413),
        (api.post(&messages).typed("text/plain", "x"), 415),
        (api.get(format!("{messages}?order=up")), 400),
        (api.get(format!("{messages}?before=x")), 400),
        (api.put(&message).json(&json!({"body": null})), 400),
        (api.put(&message).json(&long), 413),
        (api.call("PATCH", &message).typed("image/png", "x"), 415),
        (api.get(format!("{messages}/search")), 400),
        (api.get(format!("{messages}/search?keyword=x&limit=101")), 400),
        (api.get(format!("{messages}/search?keyword=x&cursor=!")), 400),
    ];
    for (call, status) in cases {
        call.await.problem(status);
    }
    // The same requests without what is wrong in them.
    for call in [
        api.put(ABSENT).form("name=x"),
        api.get(format!("{ABSENT}/chats")),
        api.post(&messages).form("body=x"),
        api.get(&messages),
        api.put(&message).form("body=x"),
        api.get(format!("{messages}/search?keyword=x")),
    ] {
        call.await.never();
    }
}

#[tokio::test]
async fn the_detail_says_which_parameter_what_was_wrong_and_what_is_allowed() {
    let api = Api::new();
    let small = small(&api).await;
    let messages = format!("{}/messages", small.chat);
    let long = "x".repeat(65_536);
    let cases: Vec<(Call, u16, &[&str])> = vec![
        (api.post("/applications"), 400, &["name"]),
        (api.post("/applications").json(&json!({"name": long})), 400, &["name", "80"]),
        (api.post(&messages), 400, &["body"]),
        (api.post(&messages).json(&json!({"body": 7})), 400, &["body", "string"]),
        (api.post(&messages).json(&json!({"body": long})), 413, &["body", "65535"]),
        (api.post(&messages).typed("text/plain", "x"), 415, &["application/json"]),
        (api.post(&messages).form("body=a&body=b"), 400, &["body"]),
        (api.get(format!("{messages}?limit=0")), 400, &["limit", "1", "100"]),
        (api.get(format!("{messages}?after=x")), 400, &["after"]),
        (api.get(format!("{messages}?before=-1")), 400, &["before"]),
        (api.get(format!("{messages}?order=up")), 400, &["order", "asc", "desc"]),
        (api.get("/applications?cursor=!"), 400, &["cursor"]),
        (api.get(format!("{messages}/search?keyword=")), 400, &["keyword", "256"]),
    ];
    for (call, status, words) in cases {
        let answer = call.await;
        let detail = answer.problem(status).replace([',', '_', '\u{202f}'], "");
        assert!(words.iter().all(|word| detail.contains(word)), "{words:?} in {answer:?}");
    }
}
