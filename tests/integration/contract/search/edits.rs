//! A search follows edits: the new text is found, the old one no longer.

use serde_json::json;
use tests::Api;

#[tokio::test]
async fn an_edited_text_is_found_and_the_old_one_is_not() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "before").await;
    api.until_found(&chat, "before", 1).await;
    for [old, new] in [["before", "after"], ["after", "afterwards"], ["wards", "at last"]] {
        let edited = api.put(&message).json(&json!({"body": new})).await.json(200);
        assert_eq!(api.until_found(&chat, new, 1).await, [edited]);
        if !new.contains(old) {
            api.until_found(&chat, old, 0).await;
        }
    }
}

#[tokio::test]
async fn an_edit_before_the_text_is_indexed_is_found_all_the_same() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let path = api.create_message(&chat, "early text").await;
    api.read(&path).await;
    api.put(&path).json(&json!({"body": "late text"})).await.json(200);
    let edited = api.put(&path).json(&json!({"body": "latest text"})).await.json(200);
    assert_eq!(api.until_found(&chat, "latest", 1).await, [edited]);
    assert!(api.search(&chat, "early").await.is_empty());
}
