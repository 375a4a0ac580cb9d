//! Best match first (a whole word before a part of one), ties by number; pages keep that order.

use tests::{Api, numbers};

use super::MARK;
use crate::contract::shared::{MANY_MESSAGES, long_chat};

#[tokio::test]
async fn a_whole_word_comes_before_a_part_of_one_and_ties_go_by_number() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let texts = [
        "cartography",
        "my cart",
        "discarted",
        "cart cart cart",
        "two carts, one CART",
        "Descartes",
    ];
    let marked: Vec<String> = texts.iter().map(|text| format!("{text} {MARK}")).collect();
    let marked: Vec<&str> = marked.iter().map(String::as_str).collect();
    api.create_messages_in_order(&chat, &marked).await;
    api.until_found(&chat, &MARK.to_string(), texts.len()).await;
    assert_eq!(numbers(&api.search(&chat, "cart").await), [2, 4, 5, 1, 3, 6]);
    // No word clause, no better match: by number alone.
    assert_eq!(numbers(&api.search(&chat, &format!(" {MARK}")).await), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn following_a_search_to_its_end_yields_every_match_once_in_order() {
    let api = Api::new();
    let chat = long_chat(&api).await;
    let search = format!("{chat}/messages/search?keyword=lorem");
    let whole = numbers(&api.search(chat, "lorem").await);
    assert_eq!(whole.len(), MANY_MESSAGES);
    // Every third text holds the word itself; the texts got their numbers in any order.
    let words = MANY_MESSAGES.div_ceil(3);
    assert!(whole[..words].is_sorted() && whole[words..].is_sorted(), "{whole:?}");

    for limit in [10, 34, 50] {
        let pages = api.pages(&format!("{search}&limit={limit}")).await;
        let found: Vec<u64> = pages.iter().flat_map(|page| numbers(&page.list())).collect();
        assert_eq!(found, whole, "by {limit}");
        assert_eq!(pages.len(), whole.len().div_ceil(limit));
    }
}

#[tokio::test]
async fn the_next_link_of_a_search_keeps_its_keyword_and_limit() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    api.create_messages_in_order(&chat, &["a+b & c=é one", "a+b & c=é two"]).await;
    api.until_found(&chat, "a+b & c=É", 2).await;
    let keyword = tests::encode("a+b & c=É");
    let first = api.get(format!("{chat}/messages/search?keyword={keyword}&limit=1")).await;
    let next = first.next_query().unwrap();
    let names: Vec<&str> = next.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["cursor", "keyword", "limit"]);
    assert_eq!(next[1].1, "a+b & c=É");
    assert_eq!(next[2].1, "1");
    let pages = api.pages(&format!("{chat}/messages/search/?keyword={keyword}&limit=1")).await;
    assert_eq!(pages.len(), 2);
}
