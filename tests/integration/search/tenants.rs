//! A search stays within its chat, and the engine never learns a token.

use chat::model::ChatNumber;
use serde_json::json;

use super::room::{Chat, Room};

#[tokio::test]
async fn a_search_stays_within_its_chat_and_its_application() {
    let room = Room::shared().await;
    let first = room.chat();
    let other = room.chat();
    let second =
        Chat { room: &room, token: first.token.clone(), number: ChatNumber::try_from(11).unwrap() };
    first.say(&["shared one"]).await;
    second.say(&["shared two", "shared three"]).await;
    other.say(&["shared four", "shared five", "shared six"]).await;
    assert_eq!(first.find("shared").await, [1]);
    assert_eq!(second.find("shared").await, [1, 2]);
    assert_eq!(other.find("shared").await, [1, 2, 3]);
    assert_eq!(first.find("two").await, [0_u64; 0]);
    assert_eq!(room.chat().find("shared").await, [0_u64; 0]);
}

#[tokio::test]
async fn no_document_holds_a_token() {
    let room = Room::shared().await;
    let chat = room.chat();
    chat.say(&["a text"]).await;
    let digest = chat.token.digest();
    let query = json!({ "query": { "term": { "chat": format!("{digest}-1") } } });
    let answer = room.engine.done("POST", &format!("/{}/_search", room.alias), &query).await;
    assert_eq!(answer["hits"]["hits"][0]["_id"], format!("{digest}-1-1"));
    assert_eq!(answer["hits"]["hits"][0]["_routing"], format!("{digest}-1"));
    assert!(!answer.to_string().contains(chat.token.as_str()));
}
