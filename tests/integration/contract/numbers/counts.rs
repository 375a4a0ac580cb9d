//! `chat_count` and `message_count` equal the rows written, exactly.

use serde_json::json;
use tests::{Api, together};

#[tokio::test]
async fn chat_count_equals_the_chats_and_message_count_the_messages() {
    let api = Api::new();
    let application = api.create_application().await;
    for chats in 1..=3 {
        let chat = api.create_chat(&application).await;
        api.read_until(&application, |it| it["chat_count"] == chats).await;
        for messages in 1..=chats {
            api.create_message(&chat, "hello").await;
            api.until_counted(&chat, messages).await;
        }
    }
    let chats = api.get(format!("{application}/chats")).await.list();
    let counts: Vec<_> = chats.iter().map(|chat| chat["message_count"].as_u64()).collect();
    assert_eq!(counts, [Some(1), Some(2), Some(3)]);
}

#[tokio::test]
async fn a_count_never_differs_from_the_rows_that_can_be_read() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let messages = format!("{chat}/messages?limit=100");
    for _ in 0..4 {
        together((0..5).map(|_| api.send_message(&chat, "hello"))).await;
        // Rows that come between two reads lie between the counts before and after.
        let before = api.read(&chat).await["message_count"].as_u64();
        let rows = api.get(&messages).await.list().len() as u64;
        let after = api.read(&chat).await["message_count"].as_u64();
        assert!((before..=after).contains(&Some(rows)), "{before:?}, {rows}, {after:?}");
    }
    api.until_counted(&chat, 20).await;
    assert_eq!(api.get(&messages).await.list().len(), 20);
}

#[tokio::test]
async fn edits_leave_the_counts_as_they_are() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "first").await;
    api.until_counted(&chat, 1).await;
    for text in ["second", "third"] {
        api.put(&message).json(&json!({"body": text})).await.json(200);
        api.put(&application).json(&json!({"name": text})).await.json(200);
    }
    // Whatever an edit sets off has been done once the search shows it.
    api.until_found(&chat, "third", 1).await;
    assert_eq!(api.get(&chat).await.json(200)["message_count"], 1);
    assert_eq!(api.get(&application).await.json(200)["chat_count"], 1);
}
