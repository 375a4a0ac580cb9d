//! Index jobs, and jobs that come later than an edit.

use chat::{
    model::{MessageBody, Timestamp},
    store::{Attempt, Edit},
};

use super::setup::{Setup, chat_number, message_number};

async fn edit(setup: &Setup, number: u64, text: &str) -> Timestamp {
    let (store, chat) = (setup.store(), chat_number(1));
    let read = store.message(&setup.token, chat, message_number(number)).await.unwrap().unwrap();
    let edit = Edit { request_id: text, accepted_at: Timestamp::now() };
    let body = MessageBody::new(text.to_owned()).unwrap();
    match store.edit_message(&setup.token, chat, &read, &body, &edit).await.unwrap() {
        Attempt::Done(message) => message.updated_at,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_edited_text_is_found_and_its_parents_are_moved() {
    let setup = Setup::new().await;
    setup.done(&[setup.message(1, 1, "apple")]).await;
    setup.finds(1, "apple", &[1]).await;
    let edited_at = edit(&setup, 1, "pear").await;
    setup.done(&[setup.index(&[(1, 1)], true)]).await;
    setup.finds(1, "pear", &[1]).await;
    setup.finds(1, "apple", &[]).await;
    let chat = setup.store().chat(&setup.token, chat_number(1)).await.unwrap().unwrap();
    assert_eq!(chat.updated_at, edited_at);
    let application = setup.store().application(&setup.token).await.unwrap().unwrap();
    assert_eq!(application.updated_at, edited_at);
}

#[tokio::test]
async fn a_job_that_comes_again_after_an_edit_overwrites_neither_row_nor_document() {
    let setup = Setup::new().await;
    let job = setup.message(1, 1, "apple");
    setup.done(std::slice::from_ref(&job)).await;
    edit(&setup, 1, "pear").await;
    setup.done(&[setup.index(&[(1, 1)], true)]).await;
    setup.finds(1, "pear", &[1]).await;
    setup.done(&[job, setup.message(1, 2, "apple")]).await;
    setup.finds(1, "apple", &[2]).await;
    setup.finds(1, "pear", &[1]).await;
    assert_eq!(setup.dead_letters.receive().await, [], "the text that stands is an edit's");
}

#[tokio::test]
async fn an_index_job_that_no_edit_asked_for_moves_no_parent() {
    let setup = Setup::new().await;
    setup.done(&[setup.message(1, 1, "apple")]).await;
    let before = setup.store().chat(&setup.token, chat_number(1)).await.unwrap();
    edit(&setup, 1, "pear").await;
    setup.done(&[setup.index(&[(1, 1)], false)]).await;
    assert_eq!(setup.store().chat(&setup.token, chat_number(1)).await.unwrap(), before);
}

#[tokio::test]
async fn an_index_job_of_a_row_that_is_not_there_yet_is_done() {
    let setup = Setup::new().await;
    setup.done(&[setup.index(&[(1, 1), (2, 9)], true)]).await;
    assert_eq!(setup.message_count(1).await, None);
}
