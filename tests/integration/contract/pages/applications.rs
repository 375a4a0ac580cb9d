//! The list of applications: oldest first, page by page.

use std::collections::HashSet;

use serde_json::Value;
use tests::{Api, assert_application, eventually, together};

fn tokens(applications: &[Value]) -> Vec<String> {
    let token = |it: &Value| it["access_token"].as_str().unwrap_or_default().to_owned();
    applications.iter().map(token).collect()
}

#[tokio::test]
async fn following_the_applications_to_their_end_yields_every_one_once_and_the_oldest_first() {
    let api = Api::new();
    let mut created = Vec::new();
    for _ in 0..3 {
        let path = api.create_application().await;
        created.push(api.get(path).await.json(200));
    }
    let created = tokens(&created);
    let attempt = || async {
        let all = api.follow("/applications?limit=100").await;
        let found: HashSet<String> = tokens(&all).into_iter().collect();
        assert_eq!(found.len(), all.len(), "an application is listed twice");
        if created.iter().all(|token| found.contains(token)) { Ok(all) } else { Err(all.len()) }
    };
    let all = eventually("the new applications are listed", attempt).await;
    all.iter().for_each(assert_application);
    let times: Vec<&str> = all.iter().filter_map(|it| it["created_at"].as_str()).collect();
    assert!(times.is_sorted(), "not the oldest first");
    let mine: Vec<String> =
        tokens(&all).into_iter().filter(|token| created.contains(token)).collect();
    assert_eq!(mine, created);
}

#[tokio::test]
async fn a_page_of_applications_holds_50_by_default_and_smaller_pages_show_the_same() {
    let api = Api::new();
    let enough = || async {
        let listed = api.get("/applications?limit=100").await.list().len();
        if listed > 50 { Ok(()) } else { Err(listed) }
    };
    let listed = api.get("/applications?limit=100").await.list().len();
    together((listed..51).map(|_| api.create_application())).await;
    eventually("more applications than a page holds are listed", enough).await;

    let page = api.get("/applications").await;
    let by_default = tokens(&page.list());
    assert_eq!(by_default.len(), 50);
    assert!(page.header("link").is_some(), "{page:?}");

    let mut by_sevens = Vec::new();
    let mut target = "/applications?limit=7".to_owned();
    while by_sevens.len() < 21 {
        let page = api.get(&target).await;
        by_sevens.extend(tokens(&page.list()));
        let query = tests::next_link(&page).unwrap();
        assert!(query.contains("cursor=") && query.contains("limit=7"), "{query}");
        target = format!("/applications{query}");
    }
    assert_eq!(by_sevens, by_default[..21]);
}
