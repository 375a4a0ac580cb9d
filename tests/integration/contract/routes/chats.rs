//! `…/chats` and `…/chats/{chat_number}`.

use serde_json::json;
use tests::{Api, assert_chat, numbers};

#[tokio::test]
async fn creating_a_chat_answers_201_with_its_number_and_location() {
    let api = Api::new();
    let application = api.create_application().await;
    let token = api.get(&application).await.json(200)["access_token"].clone();
    let answer = api.post(format!("{application}/chats")).await;
    assert_eq!(answer.json(201), json!({"number": 1, "access_token": token}));
    assert_eq!(answer.header("location"), Some("chats/1"));
    assert_eq!(answer.location(), format!("{application}/chats/1"));
}

#[tokio::test]
async fn a_chat_is_read_by_its_number() {
    let api = Api::new();
    let application = api.create_application().await;
    for number in 1..=2 {
        let path = api.create_chat(&application).await;
        let chat = api.read(&path).await;
        assert_chat(&chat);
        assert_eq!(chat["number"], number);
        assert_eq!(chat["message_count"], 0);
    }
}

#[tokio::test]
async fn the_list_of_chats_shows_each_as_it_is_read_alone() {
    let api = Api::new();
    let application = api.create_application().await;
    let list = format!("{application}/chats");
    assert_eq!(api.get(&list).await.list(), Vec::<serde_json::Value>::new());
    let mut alone = Vec::new();
    for _ in 0..3 {
        let path = api.create_chat(&application).await;
        alone.push(api.read(&path).await);
    }
    let listed = api.get(&list).await.list();
    listed.iter().for_each(assert_chat);
    assert_eq!(numbers(&listed), [1, 2, 3]);
    assert_eq!(listed, alone);
}
