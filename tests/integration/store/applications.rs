//! Applications: written with their counter, listed by a sparse index.

use std::time::Duration;

use chat::{
    model::Application,
    store::{ListingCursor, Store},
};
use tests::{new_application, new_store, new_token};

use super::{new_chat, new_messages, soon};

#[tokio::test]
async fn an_application_is_read_as_it_was_created() {
    let store = new_store().await;
    let application = new_application(&store).await;
    assert_eq!(store.application(&application.access_token).await.unwrap(), Some(application));
    assert_eq!(store.application(&new_token()).await.unwrap(), None);
}

#[tokio::test]
async fn following_the_list_to_its_end_yields_every_application_once_oldest_first() {
    let store = new_store().await;
    let mut created = Vec::new();
    for _ in 0..7 {
        created.push(new_application(&store).await);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // Rows of other kinds are not in the index.
    let token = created[0].access_token.clone();
    store.persist_messages(&token, new_chat(1), &new_messages(1..=3), soon()).await.unwrap();
    let created: Vec<_> = created.into_iter().map(|application| application.access_token).collect();

    for limit in [1, 2, 3, 7, 100] {
        let listed: Vec<_> = follow(&store, limit).await;
        let tokens: Vec<_> = listed.into_iter().map(|row| row.access_token).collect();
        assert_eq!(tokens, created, "{limit}");
    }
}

#[tokio::test]
async fn applications_of_one_millisecond_are_listed_once_each() {
    let store = new_store().await;
    let template = new_application(&store).await;
    for _ in 0..9 {
        let application = Application { access_token: new_token(), ..template.clone() };
        store.create_application(&application, "request").await.unwrap();
    }
    let mut tokens: Vec<_> =
        follow(&store, 3).await.into_iter().map(|row| row.access_token).collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 10);
}

/// The whole list, page by page, through cursors in their text form.
async fn follow(store: &Store, limit: u32) -> Vec<Application> {
    let mut listed: Vec<Application> = Vec::new();
    let mut cursor = None;
    loop {
        let (page, more) = store.list_applications(cursor.as_ref(), limit).await.unwrap();
        assert!(page.len() <= usize::try_from(limit).unwrap());
        listed.extend(page);
        match listed.last() {
            Some(last) if more => {
                let text = ListingCursor::behind(last).to_string();
                cursor = Some(ListingCursor::parse(&text).unwrap());
            }
            _ => return listed,
        }
    }
}
