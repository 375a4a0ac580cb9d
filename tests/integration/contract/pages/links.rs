//! `Link: <…>; rel="next"`: where there is more, the next page's address as a query-only reference.

use tests::{Answer, Api, Query, numbers};

use crate::contract::shared::{MANY_CHATS, MANY_MESSAGES, long_chat, small, wide_application};

fn query(pairs: &[(&str, &str)]) -> Query {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The numbers on all pages of a list; each page but the last is full.
#[track_caller]
fn all_numbers(pages: &[Answer], limit: usize) -> Vec<u64> {
    let lists: Vec<_> = pages.iter().map(Answer::list).collect();
    let (last, full) = lists.split_last().unwrap();
    assert!(full.iter().all(|page| page.len() == limit), "a page before the last is not full");
    assert!(!last.is_empty() || full.is_empty(), "a page led to an empty one");
    lists.iter().flat_map(|list| numbers(list)).collect()
}

#[tokio::test]
async fn the_next_link_is_a_query_that_can_be_read() {
    let api = Api::new();
    let list = format!("{}/messages", long_chat(&api).await);
    let first = api.get(&list).await;
    assert_eq!(first.header("link"), Some(r#"<?after=50&limit=50>; rel="next""#));

    let cases: [(&str, &[(&str, &str)]); 4] = [
        ("limit=7", &[("after", "7"), ("limit", "7")]),
        ("after=5&limit=7", &[("after", "12"), ("limit", "7")]),
        ("before=40&limit=7", &[("after", "7"), ("before", "40"), ("limit", "7")]),
        ("limit=3&x=1", &[("after", "3"), ("limit", "3")]),
    ];
    for (asked, expected) in cases {
        let next = api.get(format!("{list}?{asked}")).await.next_query();
        let unordered: Query = next
            .unwrap()
            .into_iter()
            .filter(|(name, value)| (name.as_str(), value.as_str()) != ("order", "asc"))
            .collect();
        assert_eq!(unordered, query(expected), "{asked}");
    }

    let cases: [(&str, &[(&str, &str)]); 2] = [
        ("order=desc&limit=3", &[("before", "101"), ("limit", "3"), ("order", "desc")]),
        (
            "order=desc&limit=2&after=4&before=90",
            &[("after", "4"), ("before", "88"), ("limit", "2"), ("order", "desc")],
        ),
    ];
    for (asked, expected) in cases {
        let next = api.get(format!("{list}?{asked}")).await.next_query();
        assert_eq!(next, Some(query(expected)), "{asked}");
    }
}

#[tokio::test]
async fn the_last_page_has_no_link() {
    let api = Api::new();
    let small = small(&api).await;
    let chat = long_chat(&api).await;
    for target in [
        format!("{}/chats", small.application),
        format!("{}/messages", small.chat),
        format!("{}/messages?limit=1", small.chat),
        format!("{}/messages?limit=1&order=desc", small.chat),
        format!("{}/messages/search?keyword=small&limit=1", small.chat),
        format!("{}/messages/search?keyword=nothing", small.chat),
        // Full to the last item that there is, and full to the bound.
        format!("{chat}/messages?limit=3&after=100"),
        format!("{chat}/messages?limit=3&order=desc&before=4"),
        format!("{chat}/messages?limit=5&after=10&before=16"),
        format!("{chat}/messages?limit=5&after=10&before=16&order=desc"),
        format!("{chat}/messages?before=1"),
    ] {
        let answer = api.get(&target).await;
        answer.list();
        assert_eq!(answer.header("link"), None, "{target}");
    }
}

#[tokio::test]
async fn following_the_messages_to_their_end_yields_every_one_once() {
    let api = Api::new();
    let list = format!("{}/messages", long_chat(&api).await);
    let ascending: Vec<u64> = (1..=MANY_MESSAGES as u64).collect();
    let descending: Vec<u64> = (1..=MANY_MESSAGES as u64).rev().collect();
    for limit in [10, 50, 100] {
        let pages = api.pages(&format!("{list}?limit={limit}")).await;
        assert_eq!(all_numbers(&pages, limit), ascending);
        let pages = api.pages(&format!("{list}?limit={limit}&order=desc")).await;
        assert_eq!(all_numbers(&pages, limit), descending);
    }
    assert_eq!(all_numbers(&api.pages(&list).await, 50), ascending);
    // The address of the list may end in a slash as well.
    assert_eq!(all_numbers(&api.pages(&format!("{list}/")).await, 50), ascending);
}

#[tokio::test]
async fn following_a_range_to_its_end_yields_every_item_in_it_once() {
    let api = Api::new();
    let list = format!("{}/messages", long_chat(&api).await);
    let ascending: Vec<u64> = (21..=39).collect();
    let descending: Vec<u64> = (21..=39).rev().collect();
    let range = format!("{list}?after=20&before=40");
    for limit in [4, 19] {
        let pages = api.pages(&format!("{range}&limit={limit}")).await;
        assert_eq!(all_numbers(&pages, limit), ascending);
        let pages = api.pages(&format!("{range}&limit={limit}&order=desc")).await;
        assert_eq!(all_numbers(&pages, limit), descending);
    }
}

#[tokio::test]
async fn following_the_chats_to_their_end_yields_every_one_once() {
    let api = Api::new();
    let list = format!("{}/chats", wide_application(&api).await);
    let ascending: Vec<u64> = (1..=MANY_CHATS).collect();
    let descending: Vec<u64> = (1..=MANY_CHATS).rev().collect();
    assert_eq!(all_numbers(&api.pages(&list).await, 50), ascending);
    let pages = api.pages(&format!("{list}?limit=20")).await;
    assert_eq!(all_numbers(&pages, 20), ascending);
    let pages = api.pages(&format!("{list}?limit=20&order=desc")).await;
    assert_eq!(all_numbers(&pages, 20), descending);
}
