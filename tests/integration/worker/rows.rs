//! What jobs leave in the store and in the search index.

use super::setup::{Setup, accepted, chat_number, message_number};

#[tokio::test]
async fn a_batch_writes_its_rows_counts_and_documents() {
    let setup = Setup::new().await;
    setup
        .done(&[
            setup.chat(1),
            setup.message(1, 1, "the first apple"),
            setup.message(1, 2, "the second apple"),
            setup.chat(2),
            setup.message(2, 1, "a pear"),
        ])
        .await;
    assert_eq!(setup.chat_count().await, 2);
    assert_eq!(setup.message_count(1).await, Some(2));
    assert_eq!(setup.message_count(2).await, Some(1));
    setup.finds(1, "apple", &[1, 2]).await;
    setup.finds(2, "pear", &[1]).await;
}

#[tokio::test]
async fn jobs_in_any_order_and_repeated_come_to_the_same_rows() {
    let setup = Setup::new().await;
    let (chat, first, second) =
        (setup.chat(1), setup.message(1, 1, "apple"), setup.message(1, 2, "apple"));
    setup.done(std::slice::from_ref(&second)).await;
    setup.done(&[second.clone(), first.clone(), second.clone(), first.clone()]).await;
    setup.done(&[chat.clone(), chat.clone()]).await;
    setup.done(&[first, second, chat]).await;
    assert_eq!(setup.chat_count().await, 1);
    assert_eq!(setup.message_count(1).await, Some(2));
    setup.finds(1, "apple", &[1, 2]).await;
}

#[tokio::test]
async fn a_message_moves_its_chat_and_its_application() {
    let setup = Setup::new().await;
    setup.done(&[setup.message(3, 5, "late"), setup.message(3, 4, "early")]).await;
    let chat = setup.store().chat(&setup.token, chat_number(3)).await.unwrap().unwrap();
    assert_eq!(chat.created_at, accepted());
    assert_eq!(chat.updated_at, accepted().plus_millis(5));
    let message = setup
        .store()
        .message(&setup.token, chat_number(3), message_number(4))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(message.created_at, accepted().plus_millis(4));
    // The application is younger than these jobs pretend, so nothing moves it back.
    let application = setup.store().application(&setup.token).await.unwrap().unwrap();
    assert_eq!(application.updated_at, application.created_at);
}

#[tokio::test]
async fn ten_large_messages_are_one_batch() {
    let setup = Setup::new().await;
    let jobs: Vec<_> =
        (1..=10).map(|number| setup.message(1, number, &"\0".repeat(65_535))).collect();
    setup.done(&jobs).await;
    assert_eq!(setup.message_count(1).await, Some(10));
    setup.finds(1, "\0\0", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).await;
}

#[tokio::test]
async fn an_empty_batch_is_done() {
    let setup = Setup::new().await;
    setup.done(&[]).await;
}
