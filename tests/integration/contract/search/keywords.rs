//! `keyword`: 1 to 256 characters.

use tests::{Api, encode};

use crate::contract::shared::small;

#[tokio::test]
async fn a_missing_or_empty_keyword_answers_400() {
    let api = Api::new();
    let search = format!("{}/messages/search", small(&api).await.chat);
    for query in ["", "?", "?keyword", "?keyword=", "?Keyword=x", "?limit=5"] {
        let answer = api.get(format!("{search}{query}")).await;
        assert!(answer.problem(400).contains("keyword"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_keyword_holds_up_to_256_characters_however_many_bytes_they_take() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let search = format!("{chat}/messages/search");
    for character in ["a", "é", "🦀", "*", "\\", "a "] {
        let count = 256 / character.chars().count();
        let keyword = character.repeat(count);
        api.create_message(&chat, &format!("x{keyword}x")).await;
        assert_eq!(api.until_found(&chat, &keyword, 1).await.len(), 1);
        let longer = encode(format!("{keyword}b"));
        let detail = api.get(format!("{search}?keyword={longer}")).await.problem(400);
        assert!(detail.contains("keyword") && detail.contains("256"), "{detail}");
    }
}

#[tokio::test]
async fn a_keyword_may_be_of_white_space() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    api.create_messages_in_order(&chat, &["two words", "oneword", "tab\tonly"]).await;
    api.until_found(&chat, "o", 3).await;
    for (keyword, number) in [("+", 1), ("%20", 1), ("%09", 3)] {
        let found = api.get(format!("{chat}/messages/search?keyword={keyword}")).await.list();
        assert_eq!(tests::numbers(&found), [number], "{keyword}");
    }
}

#[tokio::test]
async fn a_plus_in_a_keyword_is_a_space() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    api.create_messages_in_order(&chat, &["ax1 1yb", "ax1+1yb"]).await;
    api.until_found(&chat, "1y", 2).await;
    for (keyword, number) in [("x1+1y", 1), ("x1%201y", 1), ("x1%2B1y", 2)] {
        let found = api.get(format!("{chat}/messages/search?keyword={keyword}")).await.list();
        assert_eq!(tests::numbers(&found), [number], "{keyword}");
    }
}

#[tokio::test]
async fn no_keyword_gives_a_server_error() {
    let api = Api::new();
    let search = format!("{}/messages/search", small(&api).await.chat);
    for keyword in [
        "\u{ffff}",
        "\u{fffe}",
        "\u{10ffff}",
        "\u{f0000}",
        "\u{202e}",
        "\u{feff}",
        "\u{85}",
        "\0",
        "\\",
        "\\\\\\",
        "\"",
        "'",
        "{",
        "}",
        "[[",
        "((",
        "***",
        "???",
        "~",
        "^",
        "&&",
        "NOT",
        "_id",
    ] {
        assert!(api.get(format!("{search}?keyword={}", encode(keyword))).await.list().is_empty());
    }
}
