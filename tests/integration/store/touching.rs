//! `updated_at` of chats and applications.

use chat::store::NewMessage;
use tests::{new_application, new_store, new_token};

use super::{chat_number, message_count, new_chat, new_message, soon};

#[tokio::test]
async fn updated_at_moves_forward_and_never_back() {
    let store = new_store().await;
    let application = new_application(&store).await;
    let (token, chat) = (&application.access_token, new_chat(1));
    store.persist_chats(token, &[chat], soon()).await.unwrap();
    let later = application.created_at.plus_millis(60_000);
    for time in [later, later.plus_millis(-1), application.created_at, later] {
        store.touch_chat(token, chat.number, time, soon()).await.unwrap();
        store.touch_application(token, time, soon()).await.unwrap();
    }
    let row = store.chat(token, chat.number).await.unwrap().unwrap();
    assert_eq!((row.updated_at, row.created_at), (later, chat.created_at));
    assert_eq!(store.application(token).await.unwrap().unwrap().updated_at, later);
}

#[tokio::test]
async fn the_write_of_messages_moves_their_chats_time_forward_and_never_back() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    let message = |number, millis| {
        let created_at = chat.created_at.plus_millis(millis);
        NewMessage { created_at, ..new_message(number, "hi") }
    };
    for (messages, latest) in [
        (vec![message(1, 50), message(2, 10)], 50),
        (vec![message(3, 20)], 50),
        (vec![message(4, 50)], 50),
        (vec![message(5, 60), message(1, 50)], 60),
        (vec![message(5, 60)], 60),
    ] {
        store.persist_messages(&token, chat, &messages, soon()).await.unwrap();
        let row = store.chat(&token, chat.number).await.unwrap().unwrap();
        assert_eq!(row.updated_at, chat.created_at.plus_millis(latest), "{messages:?}");
    }
    assert_eq!(message_count(&store, &token, 1).await, 5);
}

#[tokio::test]
async fn an_applications_revision_rises_with_every_change_of_what_is_shown() {
    let store = new_store().await;
    let application = new_application(&store).await;
    let token = &application.access_token;
    store.persist_chats(token, &[new_chat(1)], soon()).await.unwrap();
    store.touch_application(token, application.created_at.plus_millis(5), soon()).await.unwrap();
    store.touch_application(token, application.created_at.plus_millis(5), soon()).await.unwrap();
    assert_eq!(store.application(token).await.unwrap().unwrap().revision, 3);
}

#[tokio::test]
async fn touching_what_is_not_there_makes_nothing() {
    let store = new_store().await;
    let token = new_token();
    let time = new_chat(1).created_at;
    store.touch_chat(&token, chat_number(1), time, soon()).await.unwrap();
    store.touch_application(&token, time, soon()).await.unwrap();
    assert_eq!(store.chat(&token, chat_number(1)).await.unwrap(), None);
    assert_eq!(store.application(&token).await.unwrap(), None);
}
