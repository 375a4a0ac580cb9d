//! `name` and `body` may come in the query string, in a JSON object or in a form.

use serde_json::json;
use tests::{Api, encode};

use super::{object, writes};

/// Every kind of character that one of the three encodings treats specially.
const HARD: &str = r#"a+b & c=d; 100% "é" \ 漢字 🦀 {x} #1 ?"#;

#[tokio::test]
async fn a_text_may_come_in_the_query_string() {
    let api = Api::new();
    for write in writes(&api).await {
        let query = format!("{}={}", write.parameter, encode(HARD));
        let answer = write.call_with_query(&api, &query).await;
        assert_eq!(write.written(&api, &answer).await, HARD);
    }
}

#[tokio::test]
async fn a_text_may_come_in_a_json_object() {
    let api = Api::new();
    for write in writes(&api).await {
        let answer = write.call(&api).json(&object(&write, HARD)).await;
        assert_eq!(write.written(&api, &answer).await, HARD);
    }
}

#[tokio::test]
async fn a_text_may_come_in_a_form() {
    let api = Api::new();
    for write in writes(&api).await {
        let form = format!("{}={}", write.parameter, encode(HARD));
        let answer = write.call(&api).form(form).await;
        assert_eq!(write.written(&api, &answer).await, HARD);
    }
}

#[tokio::test]
async fn a_plus_in_a_query_string_or_form_is_a_space_and_in_json_a_plus() {
    let api = Api::new();
    for write in writes(&api).await {
        let encoded = format!("{}=1+%2B+1", write.parameter);
        let query = write.call_with_query(&api, &encoded).await;
        assert_eq!(write.written(&api, &query).await, "1 + 1");
        let form = write.call(&api).form(encoded).await;
        assert_eq!(write.written(&api, &form).await, "1 + 1");
        let json = write.call(&api).json(&object(&write, "1+%2B+1")).await;
        assert_eq!(write.written(&api, &json).await, "1+%2B+1");
    }
}

#[tokio::test]
async fn bytes_that_need_no_encoding_may_stand_as_they_are() {
    let api = Api::new();
    for write in writes(&api).await {
        // UTF-8 as it is, and an `=` within a value.
        let form = format!("{}=é=漢", write.parameter);
        let answer = write.call(&api).form(form).await;
        assert_eq!(write.written(&api, &answer).await, "é=漢");
    }
}

#[tokio::test]
async fn a_json_string_may_be_written_with_escapes() {
    let api = Api::new();
    for write in writes(&api).await {
        let escaped = format!(r#"{{"{}":"\u00e9\ud83e\udd80\/\u0022"}}"#, write.parameter);
        let answer = write.call(&api).typed("application/json", escaped).await;
        assert_eq!(write.written(&api, &answer).await, "é🦀/\"");
    }
}

#[tokio::test]
async fn unknown_parameters_and_members_are_ignored() {
    let api = Api::new();
    for write in writes(&api).await {
        let known = write.parameter;
        let query = write.call_with_query(&api, &format!("x=1&{known}=query&y&limit=0")).await;
        assert_eq!(write.written(&api, &query).await, "query");
        let form = write.call(&api).form(format!("x=1&{known}=form&{known}s=2")).await;
        assert_eq!(write.written(&api, &form).await, "form");
        let object = json!({"x": [1, {"y": null}], known: "json", "number": 7, "access_token": 0});
        let json = write.call(&api).json(&object).await;
        assert_eq!(write.written(&api, &json).await, "json");
    }
}

#[tokio::test]
async fn unknown_parameters_of_a_list_are_ignored() {
    let api = Api::new();
    let small = super::small(&api).await;
    for target in [
        format!("{}/chats?cursor=!&keyword=&x=1", small.application),
        format!("{}/messages?cursor=!&keyword=&x=1", small.chat),
        format!("{}/messages/search?keyword=small&after=!&order=!&x=1", small.chat),
    ] {
        assert_eq!(api.get(target).await.list().len(), 1);
    }
    api.get("/applications?after=!&before=!&order=!&x=1").await.list();
}

#[tokio::test]
async fn a_body_on_a_route_that_takes_none_is_not_read() {
    let api = Api::new();
    let chats = format!("{}/chats", api.create_application().await);
    let bodies: [(&str, &[u8]); 5] = [
        ("application/json", b"{broken"),
        ("application/json", br#"{"number": 7, "number": 8}"#),
        ("application/x-www-form-urlencoded", b"%zz=1&%zz=2"),
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("text/plain", b"hello"),
    ];
    for (number, (content_type, body)) in (1..).zip(bodies) {
        let answer = api.post(&chats).typed(content_type, body).await;
        assert_eq!(answer.json(201)["number"], number);
    }
}
