//! What a path names, and that anything else is a 404 with no number, no look-up and no 500.

use serde_json::json;
use tests::{Api, together};

use crate::contract::shared::small;

/// Written as a number, but not as the contract writes one.
const NO_NUMBERS: [&str; 17] = [
    "0",
    "00",
    "01",
    "0000000001",
    "+1",
    "%2B1",
    "-1",
    "1.0",
    "1e1",
    "0x1",
    "1_0",
    "1%20",
    "one",
    "%D9%A1",               // ARABIC-INDIC DIGIT ONE
    "%EF%BC%91",            // FULLWIDTH DIGIT ONE
    "12345678901",          // 11 digits
    "18446744073709551617", // 2^64 + 1
];

#[tokio::test]
async fn a_path_that_is_no_route_answers_404() {
    let api = Api::new();
    let small = small(&api).await;
    let targets = [
        "/nowhere".to_owned(),
        "/no%0Awhere".to_owned(),
        "/Applications".to_owned(),
        "/application".to_owned(),
        "//applications".to_owned(),
        // A prefix that the deployment does not name.
        "/x/applications".to_owned(),
        "/chat/v1/applications".to_owned(),
        "/applications/docs/console".to_owned(),
        "/docs/console".to_owned(),
        "/x/health".to_owned(),
        format!("{}/nowhere", small.application),
        format!("{}/chats/1/nowhere", small.application),
        format!("{}/1", small.message),
        format!("{}/messages/search/1?keyword=a", small.chat),
    ];
    for answer in together(targets.iter().map(|target| api.get(target))).await {
        answer.never();
    }
    for verb in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        api.call(verb, "/nowhere").await.never();
    }
}

#[tokio::test]
async fn an_empty_segment_names_nothing() {
    let api = Api::new();
    let small = small(&api).await;
    let targets = [
        "/applications//".to_owned(),
        "/applications//chats".to_owned(),
        "/applications//chats/1/messages".to_owned(),
        format!("{}//", small.application),
        format!("{}//chats", small.application),
        format!("{}/chats//messages", small.application),
        format!("{}/messages//", small.chat),
        format!("{}//messages", small.chat),
    ];
    for answer in together(targets.iter().map(|target| api.get(target))).await {
        answer.never();
    }
}

#[tokio::test]
async fn a_chat_number_not_written_as_one_names_nothing() {
    let api = Api::new();
    let small = small(&api).await;
    let calls = NO_NUMBERS.iter().flat_map(|number| {
        let chat = format!("{}/chats/{number}", small.application);
        [
            api.get(&chat),
            api.get(format!("{chat}/messages")),
            api.get(format!("{chat}/messages/1")),
            api.get(format!("{chat}/messages/search?keyword=a")),
            api.post(format!("{chat}/messages")).json(&json!({"body": "x"})),
        ]
    });
    for answer in together(calls).await {
        answer.never();
    }
}

#[tokio::test]
async fn a_message_number_not_written_as_one_names_nothing() {
    let api = Api::new();
    let small = small(&api).await;
    let calls = NO_NUMBERS.iter().flat_map(|number| {
        let message = format!("{}/messages/{number}", small.chat);
        [api.get(&message), api.put(&message).json(&json!({"body": "x"}))]
    });
    for answer in together(calls).await {
        answer.never();
    }
}

#[tokio::test]
async fn a_number_never_assigned_answers_404_without_retry_after() {
    let api = Api::new();
    let small = small(&api).await;
    for number in ["2", "4294967296", "9999999999"] {
        let chat = format!("{}/chats/{number}", small.application);
        let message = format!("{}/messages/{number}", small.chat);
        let calls = vec![
            api.get(&chat),
            api.get(format!("{chat}/messages")),
            api.get(format!("{chat}/messages/1")),
            api.get(format!("{chat}/messages/search?keyword=a")),
            api.post(format!("{chat}/messages")).json(&json!({"body": "x"})),
            api.put(format!("{chat}/messages/1")).json(&json!({"body": "x"})),
            api.get(&message),
            api.put(&message).json(&json!({"body": "x"})),
            api.call("PATCH", &message).json(&json!({"body": "x"})),
        ];
        for answer in together(calls).await {
            answer.never();
        }
    }
}

#[tokio::test]
async fn a_token_that_names_no_application_answers_404_on_every_route() {
    let api = Api::new();
    let small = small(&api).await;
    let token = small.application.trim_start_matches("/applications/");
    let (all_but_last, last) = token.split_at(23);
    let longer = "1".repeat(4_000);
    let flipped: String = token.chars().map(flip_case).collect();
    let tokens = [
        "1".repeat(24),             // well-formed, never created
        flipped,                    // tokens are told apart by case
        all_but_last.to_owned(),    // 23 characters
        format!("{token}1"),        // 25 characters
        format!("{all_but_last}0"), // not base58
        format!("{all_but_last}%20"),
        format!("{all_but_last}%C3%A9"),
        format!("{all_but_last}%23{last}"),
        longer,
        "*".to_owned(),
        "null".to_owned(),
    ];
    for token in tokens {
        let application = format!("/applications/{token}");
        let calls = vec![
            api.get(&application),
            api.put(&application).json(&json!({"name": "x"})),
            api.get(format!("{application}/chats")),
            api.post(format!("{application}/chats")),
            api.get(format!("{application}/chats/1")),
            api.get(format!("{application}/chats/1/messages")),
            api.post(format!("{application}/chats/1/messages")).json(&json!({"body": "x"})),
            api.get(format!("{application}/chats/1/messages/1")),
            api.put(format!("{application}/chats/1/messages/1")).json(&json!({"body": "x"})),
            api.get(format!("{application}/chats/1/messages/search?keyword=x")),
        ];
        for answer in together(calls).await {
            answer.never();
        }
    }
}

fn flip_case(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}
