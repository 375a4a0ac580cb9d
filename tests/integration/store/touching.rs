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
async fn the_write_of_a_single_message_moves_its_chats_time_forward_and_never_back() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    let at = |millis| chat.created_at.plus_millis(millis);
    let message =
        |number, millis| NewMessage { created_at: at(millis), ..new_message(number, "hi") };
    for (messages, latest, known) in [
        (vec![message(1, 50)], 50, Some(50)),
        // Later already, which the refusal tells.
        (vec![message(2, 20)], 50, Some(50)),
        (vec![message(3, 50)], 50, Some(50)),
        // A row that stands is not written, so nothing moves with it.
        (vec![message(3, 50)], 50, None),
        // Several messages are one transaction, which leaves the time to a touch.
        (vec![message(4, 60), message(5, 70)], 50, None),
        (vec![message(6, 80)], 80, Some(80)),
    ] {
        let persisted = store.persist_messages(&token, chat, &messages, soon()).await.unwrap();
        assert_eq!(persisted.chat_updated_at, known.map(at), "{messages:?}");
        let row = store.chat(&token, chat.number).await.unwrap().unwrap();
        assert_eq!(row.updated_at, at(latest), "{messages:?}");
    }
    assert_eq!(message_count(&store, &token, 1).await, 6);
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
