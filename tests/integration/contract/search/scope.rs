//! A search finds messages of its own chat only, and nothing where there is nothing.

use tests::{Api, numbers};

#[tokio::test]
async fn a_search_stays_within_its_chat() {
    let api = Api::new();
    let (application, first) = api.create_application_and_chat().await;
    let second = api.create_chat(&application).await;
    let (_, other) = api.create_application_and_chat().await;
    api.create_messages_in_order(&first, &["shared word one"]).await;
    api.create_messages_in_order(&second, &["shared word two", "shared word three"]).await;
    api.create_messages_in_order(&other, &["shared word four"]).await;
    for (chat, count) in [(&first, 1), (&second, 2), (&other, 1)] {
        api.until_found(chat, "shared", count).await;
    }
    // Now that all are found, none appears in another chat.
    assert_eq!(numbers(&api.search(&first, "shared").await), [1]);
    assert_eq!(numbers(&api.search(&second, "words").await), [1, 2]);
    assert_eq!(numbers(&api.search(&other, "shared word").await), [1]);
    assert!(api.search(&first, "two").await.is_empty());
}

#[tokio::test]
async fn a_search_of_a_chat_without_messages_is_an_empty_array() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    api.read(&chat).await;
    let answer = api.get(format!("{chat}/messages/search?keyword=a")).await;
    assert!(answer.list().is_empty());
    assert_eq!(answer.header("link"), None);
}

#[tokio::test]
async fn a_search_that_matches_nothing_is_an_empty_array() {
    let api = Api::new();
    let small = crate::contract::shared::small(&api).await;
    let answer = api.get(format!("{}/messages/search?keyword=absent", small.chat)).await;
    assert!(answer.list().is_empty());
    assert_eq!(answer.header("link"), None);
}
