//! Access: a token is the key to its application, and to no other.

use tests::{Api, numbers};

#[tokio::test]
async fn a_token_opens_its_own_application_only() {
    let api = Api::new();
    let (mine, my_chat) = api.create_application_and_chat().await;
    let my_message = api.create_message(&my_chat, "mine alone").await;
    api.read(&my_message).await;

    let (theirs, their_chat) = api.create_application_and_chat().await;
    api.create_chat(&theirs).await;
    api.create_messages_in_order(&their_chat, &["theirs", "theirs again"]).await;

    // The same numbers lead to other rows, and theirs beyond mine to none.
    assert_eq!(api.read(&my_message).await["body"], "mine alone");
    assert_eq!(numbers(&api.get(format!("{mine}/chats")).await.list()), [1]);
    assert_eq!(numbers(&api.get(format!("{my_chat}/messages")).await.list()), [1]);
    api.get(format!("{mine}/chats/2")).await.never();
    api.get(format!("{my_chat}/messages/2")).await.never();
    api.put(format!("{my_chat}/messages/2")).form("body=x").await.never();

    api.until_found(&their_chat, "theirs", 2).await;
    assert!(api.search(&my_chat, "theirs").await.is_empty());
    assert!(api.search(&their_chat, "alone").await.is_empty());
}
