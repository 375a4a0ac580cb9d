//! `cursor`: what the server handed out; one that cannot be read is refused.

use tests::{Api, Query, together};

use super::lists;
use crate::contract::shared::long_chat;

#[tokio::test]
async fn a_cursor_that_cannot_be_read_answers_400() {
    let api = Api::new();
    let [applications, _, _, search] = lists(&api).await;
    let absurd = "A".repeat(4_000);
    let wrong = [
        "",
        "!",
        "abc",
        "%00",
        "%20",
        "%F0%9F%A6%80",
        "1",
        "-1",
        "null",
        "..",
        "W10",
        "W10%3D",
        "e30",
        "bnVsbA",
        "WzFd",
        "W251bGwsbnVsbF0",
        "WyJhIl0",
        &absurd,
    ];
    for list in [applications, search] {
        let asked = wrong.map(|cursor| api.get(format!("{list}cursor={cursor}")));
        for answer in together(asked).await {
            assert!(answer.problem(400).contains("cursor"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_cursor_cut_short_answers_400() {
    let api = Api::new();
    let search = format!("{}/messages/search?keyword=lorem&limit=1", long_chat(&api).await);
    for list in ["/applications?limit=1".to_owned(), search] {
        // The chat's application and another are there: the first page has a next one.
        api.create_application().await;
        let next: Query = api.get(&list).await.next_query().unwrap();
        let (_, cursor) = next.iter().find(|(name, _)| name == "cursor").unwrap();
        let cut = tests::encode(&cursor[..cursor.len() / 2]);
        api.get(format!("{list}&cursor={cut}")).await.problem(400);
    }
}
