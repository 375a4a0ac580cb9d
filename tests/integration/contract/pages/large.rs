//! Pages of large rows: a page's JSON, counted as it stands escaped inside the function's answer,
//! stays under 5 MB, and the pages together still hold every message once.

use std::collections::HashSet;

use serde_json::Value;
use tests::{Answer, Api, numbers, together};

const LARGEST_PAGE: usize = 5_000_000;
const LARGEST_BODY: usize = 65_535;

/// What a page takes inside the function's answer, where its text is a JSON string.
fn escaped(page: &Answer) -> usize {
    serde_json::to_string(page.text()).unwrap().len()
}

/// Texts that all begin with one word and then repeat a character up to the largest size.
fn large_texts(count: usize, character: char) -> Vec<String> {
    let filled = |n| {
        let mut text = format!("large {n} ");
        text.extend(std::iter::repeat_n(character, LARGEST_BODY - text.len()));
        text
    };
    (0..count).map(filled).collect()
}

/// A chat with as many messages as the largest page may hold, half of quotes and half of control
/// characters, each as long as a message may be.
async fn chat_of_large_messages(api: &Api) -> (String, HashSet<String>) {
    let (_, chat) = api.create_application_and_chat().await;
    let mut texts = large_texts(50, '"');
    texts.extend(large_texts(50, '\u{1}'));
    // Few at once: a local stack takes its time with jobs of 400 KB.
    for part in texts.chunks(4) {
        for answer in together(part.iter().map(|text| api.send_message(&chat, text))).await {
            answer.expect(201);
        }
    }
    api.until_counted(&chat, texts.len()).await;
    (chat, texts.into_iter().collect())
}

/// Checks the size of each page and that the pages together hold each text once.
fn assert_complete(pages: &[Answer], texts: &HashSet<String>) -> Vec<u64> {
    for page in pages {
        let size = escaped(page);
        assert!(size < LARGEST_PAGE, "a page takes {size} bytes");
        assert!(!page.list().is_empty(), "an empty page");
    }
    let items: Vec<Value> = pages.iter().flat_map(Answer::list).collect();
    let shown: HashSet<String> =
        items.iter().filter_map(|it| it["body"].as_str()).map(str::to_owned).collect();
    assert!(shown == *texts, "a text is missing or was not kept");
    assert_eq!(items.len(), texts.len());
    numbers(&items)
}

#[tokio::test]
async fn a_page_of_large_messages_stays_under_5_mb_and_none_is_lost() {
    let api = Api::new();
    let (chat, texts) = chat_of_large_messages(&api).await;
    let ascending: Vec<u64> = (1..=100).collect();
    let descending: Vec<u64> = (1..=100).rev().collect();
    let pages = api.pages(&format!("{chat}/messages?limit=100")).await;
    assert_eq!(assert_complete(&pages, &texts), ascending);
    let pages = api.pages(&format!("{chat}/messages?limit=100&order=desc")).await;
    assert_eq!(assert_complete(&pages, &texts), descending);

    api.until_found(&chat, "large", texts.len()).await;
    let pages = api.pages(&format!("{chat}/messages/search?keyword=large&limit=100")).await;
    assert_eq!(assert_complete(&pages, &texts), ascending);
}
