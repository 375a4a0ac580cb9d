//! `limit`: 1 to 100, default 50.

use tests::{Api, together};

use super::lists;
use crate::contract::shared::{long_chat, wide_application};

#[tokio::test]
async fn a_limit_out_of_range_or_not_a_number_answers_400() {
    let api = Api::new();
    for list in lists(&api).await {
        let wrong = ["0", "101", "-1", "1.5", "1e1", "ten", "", "%20", "NaN", "4294967297"];
        let asked = wrong.map(|limit| api.get(format!("{list}limit={limit}")));
        for answer in together(asked).await {
            let detail = answer.problem(400);
            assert!(detail.contains("limit") && detail.contains("100"), "{detail}");
        }
        let absurd = "9".repeat(1_000);
        api.get(format!("{list}limit={absurd}")).await.problem(400);
    }
}

#[tokio::test]
async fn a_limit_of_1_and_of_100_is_accepted_everywhere() {
    let api = Api::new();
    for list in lists(&api).await {
        for limit in [1, 100] {
            let page = api.get(format!("{list}limit={limit}")).await.list();
            assert!((1..=limit).contains(&page.len()), "{list}");
        }
    }
}

#[tokio::test]
async fn a_page_holds_as_many_items_as_its_limit() {
    let api = Api::new();
    let chat = long_chat(&api).await;
    for list in [format!("{chat}/messages?"), format!("{chat}/messages/search?keyword=lorem&")] {
        for limit in [1, 2, 49, 51, 100] {
            let page = api.get(format!("{list}limit={limit}")).await.list();
            assert_eq!(page.len(), limit, "{list}");
        }
    }
}

#[tokio::test]
async fn a_page_holds_50_items_by_default() {
    let api = Api::new();
    let chat = long_chat(&api).await;
    let application = wide_application(&api).await;
    for list in [
        format!("{chat}/messages"),
        format!("{chat}/messages/search?keyword=lorem"),
        format!("{application}/chats"),
    ] {
        assert_eq!(api.get(&list).await.list().len(), 50, "{list}");
    }
}
