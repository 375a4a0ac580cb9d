//! Numbers from counters.

use std::collections::BTreeSet;

use chat::{
    model::Timestamp,
    store::{Missing, NumberingError},
};
use tests::{new_application, new_store, new_token, together};

use super::{chat_number, message_number};

#[tokio::test]
async fn chats_are_numbered_from_1_within_their_application() {
    let store = new_store().await;
    for _ in 0..2 {
        let token = new_application(&store).await.access_token;
        for expected in 1..=3 {
            let request = format!("request {expected}");
            let number =
                store.assign_chat_number(&token, &request, Timestamp::now()).await.unwrap().number;
            assert_eq!(number.get(), expected);
        }
    }
}

#[tokio::test]
async fn messages_are_numbered_from_1_within_their_chat() {
    let store = new_store().await;
    let token = new_token();
    let created_at = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
    for chat in [1, 2] {
        store.put_message_counter(&token, chat_number(chat), created_at).await.unwrap();
        for expected in 1..=3 {
            let request = format!("request {expected}");
            let assigned = store
                .assign_message_number(&token, chat_number(chat), &request, Timestamp::now())
                .await
                .unwrap();
            assert_eq!(assigned.number.get(), expected);
            assert_eq!(assigned.chat_created_at, created_at);
        }
    }
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_reads_its_own_number_back() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let accepted_at = Timestamp::now();
    let first = store.assign_chat_number(&token, "mine", accepted_at).await.unwrap();
    assert_eq!(store.assign_chat_number(&token, "mine", accepted_at).await.unwrap(), first);
    assert_eq!(
        store.assign_chat_number(&token, "other", Timestamp::now()).await.unwrap().number.get(),
        2
    );
}

#[tokio::test]
async fn nothing_is_numbered_where_there_is_no_parent() {
    let store = new_store().await;
    let token = new_token();
    for _ in 0..2 {
        let refused = store.assign_chat_number(&token, "request", Timestamp::now()).await;
        assert!(matches!(refused, Err(NumberingError::NoSuchParent)));
        let refused =
            store.assign_message_number(&token, chat_number(1), "request", Timestamp::now()).await;
        assert!(matches!(refused, Err(NumberingError::NoSuchParent)));
    }
}

#[tokio::test]
async fn a_counter_that_is_put_again_goes_on_counting() {
    let store = new_store().await;
    let (token, chat) = (new_token(), chat_number(1));
    store.put_message_counter(&token, chat, Timestamp::now()).await.unwrap();
    store.assign_message_number(&token, chat, "first", Timestamp::now()).await.unwrap();
    store.put_message_counter(&token, chat, Timestamp::now()).await.unwrap();
    let second =
        store.assign_message_number(&token, chat, "second", Timestamp::now()).await.unwrap();
    assert_eq!(second.number.get(), 2);
}

#[tokio::test]
async fn many_requests_at_once_get_1_to_n_once_each() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let requests: Vec<String> = (0..200).map(|request| format!("request {request}")).collect();
    let assigned =
        together(requests.iter().map(|id| store.assign_chat_number(&token, id, Timestamp::now())))
            .await;
    let numbers: BTreeSet<u64> =
        assigned.into_iter().map(|number| number.unwrap().number.get()).collect();
    assert_eq!(numbers, (1..=200).collect());
}

#[tokio::test]
async fn a_number_that_was_assigned_is_told_from_one_that_never_was() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = store.assign_chat_number(&token, "request", Timestamp::now()).await.unwrap().number;
    store.put_message_counter(&token, chat, Timestamp::now()).await.unwrap();
    let message = store
        .assign_message_number(&token, chat, "request", Timestamp::now())
        .await
        .unwrap()
        .number;

    assert_eq!(store.why_no_chat(&token, chat).await.unwrap(), Missing::NotYet);
    assert_eq!(store.why_no_chat(&token, chat_number(2)).await.unwrap(), Missing::Never);
    assert_eq!(store.why_no_message(&token, chat, message).await.unwrap(), Missing::NotYet);
    let beyond = store.why_no_message(&token, chat, message_number(2)).await.unwrap();
    assert_eq!(beyond, Missing::Never);
    let nowhere = store.why_no_message(&new_token(), chat, message).await.unwrap();
    assert_eq!(nowhere, Missing::Never);
}
