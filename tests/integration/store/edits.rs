//! Edits of rows that others may write at the same time.

use chat::{
    model::{ApplicationName, MessageBody, Timestamp},
    store::{Attempt, Edit},
};
use tests::{new_application, new_store, new_token};

use super::{message_number, new_chat, new_messages, soon};

fn body(text: &str) -> MessageBody {
    MessageBody::new(text.to_owned()).unwrap()
}

fn edit(request_id: &str) -> Edit<'_> {
    Edit { request_id, accepted_at: Timestamp::now() }
}

#[tokio::test]
async fn an_edit_replaces_the_text_of_the_row_that_was_read_and_of_no_later_one() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    store.persist_messages(&token, chat, &new_messages([1]), soon()).await.unwrap();
    let read = store.message(&token, chat.number, message_number(1)).await.unwrap().unwrap();

    let first =
        store.edit_message(&token, chat.number, &read, &body("one"), &edit("first")).await.unwrap();
    let Attempt::Done(edited) = first else { panic!("{first:?}") };
    assert_eq!((edited.body.as_str(), edited.revision), ("one", 2));
    assert_eq!(edited.created_at, read.created_at);
    assert!(edited.updated_at >= read.updated_at);

    let late =
        store.edit_message(&token, chat.number, &read, &body("two"), &edit("late")).await.unwrap();
    assert_eq!(late, Attempt::Outdated);
    let row = store.message(&token, chat.number, message_number(1)).await.unwrap().unwrap();
    assert_eq!(row, edited);
}

#[tokio::test]
async fn an_edit_that_landed_before_is_known_again_by_its_request() {
    let store = new_store().await;
    let token = new_application(&store).await.access_token;
    let chat = new_chat(1);
    store.persist_messages(&token, chat, &new_messages([1]), soon()).await.unwrap();
    let read = store.message(&token, chat.number, message_number(1)).await.unwrap().unwrap();
    let mine = edit("mine");
    for _ in 0..2 {
        let outcome = store.edit_message(&token, chat.number, &read, &body("one"), &mine).await;
        assert!(matches!(outcome, Ok(Attempt::Done(row)) if row.revision == 2));
    }
}

#[tokio::test]
async fn an_edits_updated_at_never_moves_back() {
    let store = new_store().await;
    let application = new_application(&store).await;
    let future = application.created_at.plus_millis(3_600_000);
    store.touch_application(&application.access_token, future, soon()).await.unwrap();
    let read = store.application(&application.access_token).await.unwrap().unwrap();
    let name = ApplicationName::new("another".to_owned()).unwrap();
    let outcome = store.rename_application(&read, &name, &edit("rename")).await.unwrap();
    let Attempt::Done(renamed) = outcome else { panic!("{outcome:?}") };
    assert_eq!((renamed.name, renamed.updated_at), (name, future));
}

#[tokio::test]
async fn a_row_that_is_not_there_is_not_made_by_an_edit() {
    let store = new_store().await;
    let application = new_application(&store).await;
    let nowhere = chat::model::Application { access_token: new_token(), ..application };
    let name = ApplicationName::new("another".to_owned()).unwrap();
    let outcome = store.rename_application(&nowhere, &name, &edit("rename")).await.unwrap();
    assert_eq!(outcome, Attempt::Outdated);
    assert_eq!(store.application(&nowhere.access_token).await.unwrap(), None);
}
