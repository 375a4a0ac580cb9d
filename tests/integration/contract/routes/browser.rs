//! What a browser opens: the index, the console, the reference, and the OpenAPI document.

use serde_json::json;
use tests::{Answer, Api, openapi_document};

/// Each page by either form of its address.
const PAGES: [&str; 4] = ["/console", "/console/", "/docs", "/docs/"];

/// The files that a page refers to, as paths below the base.
async fn assets(api: &Api, page: &str) -> Vec<String> {
    let html = api.get(page).await;
    let root = if page.ends_with('/') { "../" } else { "" };
    let references = html.expect(200).text().split('"').filter(|text| text.contains("assets/"));
    references.map(|reference| format!("/{}", reference.strip_prefix(root).unwrap())).collect()
}

/// A gateway may add a `Vary` of its own.
#[track_caller]
fn assert_varies(answer: &Answer, name: &str) {
    let mut values = answer.headers.get_all("vary").iter();
    assert!(values.any(|value| value == name), "does not vary by {name}: {answer:?}");
}

#[track_caller]
fn assert_kept(answer: &Answer, caching: &str) {
    assert_eq!(answer.header("cache-control"), Some(caching), "{answer:?}");
    assert_varies(answer, "accept-encoding");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
}

#[tokio::test]
async fn the_index_leads_people_to_the_console_and_programs_to_everything() {
    let api = Api::new();
    for accept in ["*/*", "application/json", "text/html;q=0, */*"] {
        let index = api.get("/").header("accept", accept).await;
        let addresses = json!({
            "applications": "applications", "console": "console", "docs": "docs",
            "openapi": "openapi.json",
        });
        assert_eq!(index.json(200), addresses);
        assert_varies(&index, "accept");
    }
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let answer = api.get("/").header("accept", browser).await;
    answer.expect(303);
    assert_eq!(answer.location(), "/console");
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_in_the_repository() {
    let api = Api::new();
    for target in ["/openapi.json", "/openapi.json/"] {
        let served = api.get(target).await;
        assert_eq!(served.json(200), openapi_document());
        assert_kept(&served, "no-cache");
    }
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_only() {
    let api = Api::new();
    for page in PAGES {
        let answer = api.get(page).await;
        assert_kept(answer.expect(200), "no-cache");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{answer:?}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
        assert!(!policy.contains("unsafe"), "{answer:?}");
        assert!(!answer.text().contains("<script>"), "{answer:?}");
    }
}

#[tokio::test]
async fn what_a_page_is_made_of_is_kept_for_ever() {
    let api = Api::new();
    for page in PAGES {
        let assets = assets(&api, page).await;
        assert!(assets.len() > 2, "{page}");
        for asset in assets {
            let answer = api.get(&asset).await;
            assert_kept(answer.expect(200), "public, max-age=31536000, immutable");
            assert!(!answer.text().is_empty(), "{answer:?}");
        }
    }
    api.get("/assets/0123456789ab/console.js").await.never();
}

#[tokio::test]
async fn a_client_that_decompresses_gets_what_it_would_get_without() {
    let api = Api::new();
    for target in ["/console", "/docs", "/openapi.json"] {
        let plain = api.get(target).await;
        let gzip = api.get(target).header("accept-encoding", "br, gzip").await;
        assert_eq!(plain.header("content-encoding"), None);
        assert_eq!(gzip.expect(200).header("content-encoding"), Some("gzip"));
        assert_eq!(gzip.header("etag"), plain.header("etag"));
        assert!(gzip.body.starts_with(b"\x1f\x8b"), "{gzip:?}");
        assert!(gzip.body.len() < plain.body.len(), "{gzip:?}");
    }
}

#[tokio::test]
async fn a_client_that_has_the_page_is_told_so() {
    let api = Api::new();
    for target in ["/console", "/docs/", "/openapi.json"] {
        let first = api.get(target).await;
        let etag = first.header("etag").unwrap();
        for header in [etag, &format!("\"other\", {etag}"), etag.trim_start_matches("W/"), "*"] {
            let answer = api.get(target).header("if-none-match", header).await;
            assert!(answer.expect(304).body.is_empty());
            assert_eq!(answer.header("etag"), Some(etag));
        }
        api.get(target).header("if-none-match", "\"other\"").await.expect(200);
    }
}
