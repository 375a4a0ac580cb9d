//! What a client that means harm tries from the outside: other spellings of a path, prefixes that
//! no deployment names, texts that match everywhere.

use serde_json::json;
use tests::{Api, together};

use super::shared::small;

/// The word `search` as a path may spell it. Each is a search, or names nothing: never a message.
const SEARCHES: [&str; 4] = ["search/", "se%61rch", "%73%65%61%72%63%68", "searc%68/"];

#[tokio::test]
async fn a_search_is_the_same_under_every_spelling_of_its_path() {
    let api = Api::new();
    let messages = format!("{}/messages", small(&api).await.chat);
    let hits = api.get(format!("{messages}/search?keyword=small")).await.list();
    for spelling in SEARCHES {
        let answer = api.get(format!("{messages}/{spelling}?keyword=small")).await;
        if answer.status == 404 {
            answer.never();
        } else {
            assert_eq!(answer.list(), hits, "{answer:?}");
        }
        // Its rules hold, too: a search needs a keyword, and takes no edit.
        let without_keyword = api.get(format!("{messages}/{spelling}")).await;
        assert!([400, 404].contains(&without_keyword.status), "{without_keyword:?}");
        let edit = api.put(format!("{messages}/{spelling}")).json(&json!({"body": "x"})).await;
        assert!([404, 405].contains(&edit.status), "{edit:?}");
    }
}

#[tokio::test]
async fn a_creation_below_a_prefix_creates_nothing() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    for prefix in ["/x", "/chat/v1", "/applications", "/docs", "/%78", "/x%2Fy", "/."] {
        let attempts = [
            api.post(format!("{prefix}/applications")).json(&json!({"name": "prefixed"})),
            api.post(format!("{prefix}{application}/chats")),
            api.post(format!("{prefix}{chat}/messages")).json(&json!({"body": "prefixed"})),
        ];
        for answer in together(attempts).await {
            assert!([404, 405].contains(&answer.status), "{answer:?}");
        }
    }
    // No number was used.
    assert_eq!(api.create_chat(&application).await, format!("{application}/chats/2"));
    assert_eq!(api.create_message(&chat, "first").await, format!("{chat}/messages/1"));
}

#[tokio::test]
async fn a_text_that_matches_everywhere_is_found_once_and_whole() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let texts = ["e".repeat(65_535), "ee ".repeat(21_845), "e\u{202e}\u{1}".repeat(13_107)];
    for text in &texts {
        api.create_message(&chat, text).await;
    }
    for keyword in ["e", "ee", "eeeeeeee"] {
        let expected = texts.iter().filter(|text| text.contains(keyword)).count();
        api.until_found(&chat, keyword, expected).await;
        for hit in api.search(&chat, keyword).await {
            assert!(texts.iter().any(|text| hit["body"] == **text), "{keyword} found another text");
        }
    }
}
