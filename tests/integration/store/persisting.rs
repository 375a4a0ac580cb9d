//! Rows and the counts of them.

use chat::store::{NewChat, NewMessage, PersistError, RowOutcome, StoreError};
use tests::{new_application, new_store, new_token, together};

use super::{
    chat_count, chat_number, message_count, message_number, new_chat, new_message, new_messages,
    soon,
};

#[tokio::test]
async fn a_chat_is_counted_by_the_write_that_made_it_and_by_no_other() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chats = [new_chat(1), new_chat(2)];
    for _ in 0..3 {
        store.persist_chats(&token, &chats, soon()).await.unwrap();
    }
    store.persist_chats(&token, &[chats[1], new_chat(3)], soon()).await.unwrap();
    assert_eq!(chat_count(&store, &token).await, 3);
    let chat = store.chat(&token, chat_number(2)).await.unwrap().unwrap();
    assert_eq!(chat.created_at, chats[1].created_at);
    assert_eq!((chat.updated_at, chat.message_count), (chat.created_at, 0));
}

#[tokio::test]
async fn a_message_is_counted_by_the_write_that_made_it_and_by_no_other() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    let messages = new_messages(1..=5);
    for part in [&messages[..2], &messages[1..4], &messages, &messages] {
        store.persist_messages(&token, chat, part, soon()).await.unwrap();
    }
    assert_eq!(message_count(&store, &token, 1).await, 5);
    let row = store.message(&token, chat.number, message_number(3)).await.unwrap().unwrap();
    assert_eq!(row.body, messages[2].body);
    assert_eq!((row.created_at, row.updated_at), (messages[2].created_at, messages[2].created_at));
    assert_eq!(row.revision, 1);
}

#[tokio::test]
async fn a_message_that_comes_before_its_chat_makes_it() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(7);
    store.persist_messages(&token, chat, &new_messages(1..=2), soon()).await.unwrap();
    store.persist_chats(&token, &[chat], soon()).await.unwrap();
    assert_eq!(chat_count(&store, &token).await, 1);
    assert_eq!(message_count(&store, &token, 7).await, 2);
}

#[tokio::test]
async fn a_row_found_already_there_is_left_as_it_is_and_told_from_another() {
    use RowOutcome::{AlreadyThere, Mismatch, Written};
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    let persist = async |messages: &[NewMessage]| {
        store.persist_messages(&token, chat, messages, soon()).await.unwrap().rows
    };
    let first = new_message(1, "first");
    let other_text = NewMessage { body: new_message(1, "second").body, ..first.clone() };
    let other_time = NewMessage { created_at: first.created_at.plus_millis(1), ..first.clone() };
    assert_eq!(persist(std::slice::from_ref(&first)).await, [Written]);
    assert_eq!(persist(&[new_message(2, "new"), first.clone()]).await, [Written, AlreadyThere]);
    assert_eq!(persist(&[other_text, new_message(3, "new")]).await, [Mismatch, Written]);
    assert_eq!(persist(&[other_time]).await, [Mismatch]);
    let row = store.message(&token, chat.number, message_number(1)).await.unwrap().unwrap();
    assert_eq!((row.body.as_str(), row.revision), ("first", 1));
    assert_eq!(message_count(&store, &token, 1).await, 3);

    let later = NewChat { created_at: chat.created_at.plus_millis(1), ..chat };
    let chats = store.persist_chats(&token, &[chat, new_chat(2)], soon()).await.unwrap();
    assert_eq!(chats, [AlreadyThere, Written]);
    assert_eq!(store.persist_chats(&token, &[later], soon()).await.unwrap(), [Mismatch]);
    assert_eq!(chat_count(&store, &token).await, 2);
}

#[tokio::test]
async fn rows_beyond_one_transaction_are_split_and_none_is_dropped() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    store.persist_messages(&token, chat, &new_messages(50..=60), soon()).await.unwrap();
    store.persist_messages(&token, chat, &new_messages(1..=250), soon()).await.unwrap();
    assert_eq!(message_count(&store, &token, 1).await, 250);
    let chats: Vec<_> = (1..=120).map(new_chat).collect();
    store.persist_chats(&token, &chats, soon()).await.unwrap();
    assert_eq!(chat_count(&store, &token).await, 120);
    let large: Vec<_> = (1..=100).map(|number| new_message(number, &"x".repeat(65_535))).collect();
    store.persist_messages(&token, new_chat(121), &large, soon()).await.unwrap();
    assert_eq!(message_count(&store, &token, 121).await, 100);
}

#[tokio::test]
async fn the_same_messages_from_many_writers_are_counted_once() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    let messages = new_messages(1..=40);
    let writers = (0..12).map(|writer| {
        let part = &messages[writer * 2..writer * 2 + 16];
        store.persist_messages(&token, chat, part, soon())
    });
    for outcome in together(writers).await {
        outcome.unwrap();
    }
    assert_eq!(message_count(&store, &token, 1).await, 38);
    assert_eq!(chat_count(&store, &token).await, 1);
}

#[tokio::test]
async fn what_belongs_to_no_application_is_never_written() {
    let store = new_store().await;
    let token = new_token();
    let refused = store.persist_chats(&token, &[new_chat(1)], soon()).await;
    assert!(matches!(refused, Err(PersistError::NoApplication)));
    let refused = store.persist_messages(&token, new_chat(1), &new_messages(1..=2), soon()).await;
    assert!(matches!(refused, Err(PersistError::NoApplication)));
    assert_eq!(store.chat(&token, chat_number(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_table_that_is_not_there_is_trouble_that_may_pass() {
    let client = tests::clients("TEST_DYNAMODB_URL").dynamodb();
    let store = chat::store::Store::new(client, "nowhere");
    let failed = store.persist_chats(&new_token(), &[new_chat(1)], soon()).await;
    assert!(matches!(
        failed,
        Err(PersistError::Store(StoreError::Unavailable { operation: "TransactWriteItems", .. }))
    ));
}
