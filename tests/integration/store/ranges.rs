//! Ranges of numbers, and rows by their keys.

use chat::{model::MessageReference, store::NumberRange};
use tests::{new_application, new_store, new_token};

use super::{chat_number, message_number, new_chat, new_message, new_messages, soon};

fn range(first: u64, last: u64, descending: bool, limit: u32) -> NumberRange {
    NumberRange { first, last, descending, limit }
}

#[tokio::test]
async fn a_range_is_read_from_either_end_in_the_order_of_numbers() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    store.persist_messages(&token, chat, &new_messages(1..=12), soon()).await.unwrap();
    for (range, expected) in [
        (range(1, 9_999_999_999, false, 3), vec![1, 2, 3]),
        (range(1, 9_999_999_999, true, 3), vec![12, 11, 10]),
        (range(9, 11, false, 50), vec![9, 10, 11]),
        (range(9, 11, true, 2), vec![11, 10]),
        (range(13, 20, false, 2), vec![]),
    ] {
        let rows = store.list_messages(&token, chat.number, &range).await.unwrap();
        let numbers: Vec<u64> = rows.iter().map(|row| row.number.get()).collect();
        assert_eq!(numbers, expected, "{range:?}");
    }
}

#[tokio::test]
async fn chats_are_listed_without_their_application() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chats: Vec<_> = [1, 2, 10].map(new_chat).to_vec();
    store.persist_chats(&token, &chats, soon()).await.unwrap();
    let rows = store.list_chats(&token, &range(1, 9_999_999_999, false, 50)).await.unwrap();
    let numbers: Vec<u64> = rows.iter().map(|row| row.number.get()).collect();
    assert_eq!(numbers, [1, 2, 10]);
    assert_eq!(store.list_chats(&new_token(), &range(1, 9, false, 50)).await.unwrap(), []);
}

#[tokio::test]
async fn rows_beyond_the_megabyte_of_one_query_are_read_too() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    let large: Vec<_> = (1..=40).map(|number| new_message(number, &"x".repeat(65_535))).collect();
    store.persist_messages(&token, chat, &large, soon()).await.unwrap();
    let rows = store.list_messages(&token, chat.number, &range(1, 100, false, 35)).await.unwrap();
    let numbers: Vec<u64> = rows.iter().map(|row| row.number.get()).collect();
    assert_eq!(numbers, (1..=35).collect::<Vec<u64>>());
}

#[tokio::test]
async fn rows_are_read_by_their_references_and_missing_ones_left_out() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    store.persist_messages(&token, new_chat(1), &new_messages(1..=3), soon()).await.unwrap();
    store.persist_messages(&token, new_chat(2), &new_messages(1..=3), soon()).await.unwrap();
    let references = [(1, 2), (2, 3), (2, 4), (3, 1)].map(|(chat, number)| MessageReference {
        chat: chat_number(chat),
        number: message_number(number),
    });
    let mut rows: Vec<(u64, u64)> = store
        .messages(&token, &references)
        .await
        .unwrap()
        .into_iter()
        .map(|(chat, row)| (chat.get(), row.number.get()))
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, [(1, 2), (2, 3)]);
}
