//! A refused request (4xx) uses no number, and with no faults numbers have no gaps.

use serde_json::json;
use tests::Api;

#[tokio::test]
async fn a_refused_message_uses_no_number() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let messages = format!("{chat}/messages");
    let refused = || async {
        let post = || api.post(&messages);
        post().await.problem(400);
        post().json(&json!({"body": ""})).await.problem(400);
        post().json(&json!({"body": null})).await.problem(400);
        post().json(&json!({"body": 7})).await.problem(400);
        post().json(&json!({"body": "x".repeat(65_536)})).await.problem(413);
        post().typed("application/json", "{").await.problem(400);
        post().typed("text/plain", "hello").await.problem(415);
        post().form("body=%zz").await.problem(400);
        post().form("body=%ff").await.problem(400);
        post().form("body=a&body=b").await.problem(400);
        api.put(&messages).json(&json!({"body": "x"})).await.problem(405);
    };
    refused().await;
    assert_eq!(api.send_message(&chat, "one").await.json(201)["number"], 1);
    refused().await;
    assert_eq!(api.send_message(&chat, "two").await.json(201)["number"], 2);
    api.until_counted(&chat, 2).await;
    assert_eq!(api.get(&messages).await.list().len(), 2);
}

#[tokio::test]
async fn a_refused_chat_uses_no_number() {
    let api = Api::new();
    let application = api.create_application().await;
    api.put(format!("{application}/chats")).await.problem(405);
    api.post(format!("{application}/chats/1")).await.problem(405);
    assert_eq!(api.post(format!("{application}/chats")).await.json(201)["number"], 1);
}

#[tokio::test]
async fn a_message_to_a_chat_never_created_is_refused_and_creates_nothing() {
    let api = Api::new();
    let application = api.create_application().await;
    for _ in 0..2 {
        api.send_message(&format!("{application}/chats/1"), "hello").await.never();
    }
    api.get(format!("{application}/chats/1")).await.never();
    let chat = api.create_chat(&application).await;
    assert_eq!(chat, format!("{application}/chats/1"));
    assert_eq!(api.send_message(&chat, "hello").await.json(201)["number"], 1);
    api.until_counted(&chat, 1).await;
    assert_eq!(api.get(&application).await.json(200)["chat_count"], 1);
}

#[tokio::test]
async fn a_number_just_beyond_the_last_was_never_assigned() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    api.create_message(&chat, "one").await;
    api.get(format!("{application}/chats/2")).await.never();
    api.get(format!("{chat}/messages/2")).await.never();
    api.put(format!("{chat}/messages/2")).form("body=x").await.never();
}
