//! `after`, `before` and `order` of chats and messages.

use tests::{Api, numbers, together};

use super::lists;
use crate::contract::shared::{MANY_CHATS, MANY_MESSAGES, long_chat, wide_application};

/// The numbers on one page of a list.
async fn page(api: &Api, list: &str, query: &str) -> Vec<u64> {
    numbers(&api.get(format!("{list}?{query}")).await.list())
}

/// The two kinds of list that have numbers, and how many items each holds.
async fn numbered_lists(api: &Api) -> [(String, u64); 2] {
    [
        (format!("{}/messages", long_chat(api).await), MANY_MESSAGES as u64),
        (format!("{}/chats", wide_application(api).await), MANY_CHATS),
    ]
}

#[tokio::test]
async fn after_and_before_are_exclusive_bounds() {
    let api = Api::new();
    for (list, last) in numbered_lists(&api).await {
        let cases = [
            ("after=0&before=4".to_owned(), vec![1, 2, 3]),
            ("after=3&before=7".to_owned(), vec![4, 5, 6]),
            ("before=3".to_owned(), vec![1, 2]),
            ("after=9&limit=2".to_owned(), vec![10, 11]),
            (format!("after={}", last - 2), vec![last - 1, last]),
            (format!("after={}&before={}", last - 1, last + 5), vec![last]),
        ];
        for (query, expected) in cases {
            assert_eq!(page(&api, &list, &query).await, expected, "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn the_bounds_hold_whatever_the_order() {
    let api = Api::new();
    for (list, last) in numbered_lists(&api).await {
        let cases = [
            ("order=desc&after=3&before=7".to_owned(), vec![6, 5, 4]),
            ("order=desc&before=3".to_owned(), vec![2, 1]),
            (format!("order=desc&after={}", last - 2), vec![last, last - 1]),
            ("order=desc&limit=2&after=3&before=7".to_owned(), vec![6, 5]),
        ];
        for (query, expected) in cases {
            assert_eq!(page(&api, &list, &query).await, expected, "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn order_names_the_end_at_which_the_page_begins() {
    let api = Api::new();
    for (list, last) in numbered_lists(&api).await {
        assert_eq!(page(&api, &list, "limit=3").await, [1, 2, 3]);
        assert_eq!(page(&api, &list, "limit=3&order=asc").await, [1, 2, 3]);
        assert_eq!(page(&api, &list, "limit=3&order=desc").await, [last, last - 1, last - 2]);
    }
}

#[tokio::test]
async fn a_range_with_nothing_in_it_is_an_empty_array() {
    let api = Api::new();
    for (list, last) in numbered_lists(&api).await {
        for query in [
            "before=0".to_owned(),
            "before=1".to_owned(),
            format!("after={last}"),
            "after=5&before=6".to_owned(),
            "after=5&before=5".to_owned(),
            "after=9&before=2".to_owned(),
            "after=9&before=2&order=desc".to_owned(),
            "after=9999999999".to_owned(),
        ] {
            assert_eq!(page(&api, &list, &query).await, [] as [u64; 0], "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn a_bound_that_is_not_a_number_from_0_answers_400() {
    let api = Api::new();
    let [_, chats, messages, _] = lists(&api).await;
    for list in [chats, messages] {
        for bound in ["after", "before"] {
            let wrong = ["-1", "1.5", "1e1", "one", "", "%20", "0x1"];
            for answer in together(wrong.map(|it| api.get(format!("{list}{bound}={it}")))).await {
                assert!(answer.problem(400).contains(bound), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_absurd_bound_is_refused_or_beyond_every_number() {
    let api = Api::new();
    let [_, chats, messages, _] = lists(&api).await;
    for list in [chats, messages] {
        for digits in [11, 19, 20, 40, 1_000] {
            let answer = api.get(format!("{list}after={}", "9".repeat(digits))).await;
            match answer.status {
                200 => assert!(answer.list().is_empty(), "{answer:?}"),
                _ => assert!(answer.problem(400).contains("after"), "{answer:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_order_other_than_asc_and_desc_answers_400() {
    let api = Api::new();
    let [_, chats, messages, _] = lists(&api).await;
    for list in [chats, messages] {
        for order in ["", "up", "ASC", "Desc", "asc%20", "1"] {
            let answer = api.get(format!("{list}order={order}")).await;
            let detail = answer.problem(400);
            assert!(["order", "asc", "desc"].iter().all(|it| detail.contains(it)), "{detail}");
        }
    }
}
