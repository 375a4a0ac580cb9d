//! `…/messages`, `…/messages/{message_number}` and `…/messages/search`.

use serde_json::{Value, json};
use tests::{Api, assert_message, eventually, numbers};

#[tokio::test]
async fn creating_a_message_answers_201_with_its_numbers_and_location() {
    let api = Api::new();
    let application = api.create_application().await;
    let token = api.get(&application).await.json(200)["access_token"].clone();
    api.create_chat(&application).await;
    let chat = api.create_chat(&application).await;
    let answer = api.send_message(&chat, "hello").await;
    assert_eq!(answer.json(201), json!({"number": 1, "chat_number": 2, "access_token": token}));
    assert_eq!(answer.header("location"), Some("messages/1"));
    assert_eq!(answer.location(), format!("{application}/chats/2/messages/1"));
}

#[tokio::test]
async fn a_message_is_read_by_its_number() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    for number in 1..=2 {
        let text = format!("text {number}");
        let path = api.create_message(&chat, &text).await;
        let message = api.read(&path).await;
        assert_message(&message);
        assert_eq!(message["number"], number);
        assert_eq!(message["body"], text);
        assert_eq!(message["created_at"], message["updated_at"]);
    }
}

#[tokio::test]
async fn a_message_is_edited_with_put_and_with_patch() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let path = api.create_message(&chat, "first").await;
    let before = api.read(&path).await;
    for verb in ["PUT", "PATCH"] {
        let edited = api.call(verb, &path).json(&json!({"body": verb})).await.json(200);
        assert_message(&edited);
        assert_eq!(edited["body"], verb);
        assert_eq!(edited["number"], before["number"]);
        assert_eq!(edited["created_at"], before["created_at"]);
        assert_eq!(api.get(&path).await.json(200), edited);
    }
}

#[tokio::test]
async fn the_list_of_messages_shows_each_as_it_is_read_alone() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    api.create_messages_in_order(&chat, &["one", "two", "three"]).await;
    let listed = api.get(format!("{chat}/messages")).await.list();
    listed.iter().for_each(assert_message);
    assert_eq!(numbers(&listed), [1, 2, 3]);
    for message in &listed {
        let path = format!("{chat}/messages/{}", message["number"]);
        assert_eq!(api.get(path).await.json(200), *message);
    }
}

#[tokio::test]
async fn a_search_shows_each_message_as_it_is_read_alone() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let path = api.create_message(&chat, "before the edit").await;
    api.read(&path).await;
    let edited = api.put(&path).json(&json!({"body": "after the edit"})).await.json(200);
    let attempt = || async {
        let found: Vec<Value> = api.search(&chat, "after").await;
        if found == [edited.clone()] { Ok(()) } else { Err(found) }
    };
    eventually("the search shows the edited message", attempt).await;
}

#[tokio::test]
async fn the_messages_and_the_search_of_a_chat_just_created_are_an_empty_array() {
    let api = Api::new();
    let application = api.create_application().await;
    // Several, since a row may be written before the next request comes.
    for _ in 0..3 {
        let chat = api.create_chat(&application).await;
        let list = api.get(format!("{chat}/messages")).await;
        assert_eq!(list.json(200), json!([]));
        let found = api.get(format!("{chat}/messages/search?keyword=a")).await;
        assert_eq!(found.json(200), json!([]));
    }
}
