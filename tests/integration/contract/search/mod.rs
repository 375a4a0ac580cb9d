//! Search: what a keyword finds, in which order, and page by page.

mod edits;
mod keywords;
mod order;
mod scope;
mod substrings;
mod words;

use serde_json::Value;
use tests::{Api, together};

/// Ends every text of a fixture: finding it in all of them says that all are searchable.
const MARK: char = '§';

/// Creates a chat with texts and waits until each can be found.
async fn chat_with(api: &Api, texts: &[&str]) -> String {
    let (_, chat) = api.create_application_and_chat().await;
    let bodies: Vec<String> = texts.iter().map(|text| format!("{text}{MARK}")).collect();
    api.create_messages(&chat, &bodies).await;
    api.until_found(&chat, &MARK.to_string(), texts.len()).await;
    chat
}

/// The texts that a keyword finds, sorted.
async fn texts_found(api: &Api, chat: &str, keyword: &str) -> Vec<String> {
    let text =
        |message: &Value| message["body"].as_str().unwrap().trim_end_matches(MARK).to_owned();
    let mut texts: Vec<String> = api.search(chat, keyword).await.iter().map(text).collect();
    texts.sort();
    texts
}

/// Checks, for each keyword, exactly which of a chat's texts it finds.
async fn assert_finds(api: &Api, chat: &str, cases: &[(&str, &[&str])]) {
    let found = together(cases.iter().map(|(keyword, _)| texts_found(api, chat, keyword))).await;
    for ((keyword, expected), found) in cases.iter().zip(found) {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{keyword:?}");
    }
}
