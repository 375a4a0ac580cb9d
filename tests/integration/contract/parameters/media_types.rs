//! Content types: JSON and forms are read, JSON also where it is not called so; others are refused.

use tests::Api;

use super::{object, refusals, writes};

#[tokio::test]
async fn a_body_with_no_content_type_is_read_as_json() {
    let api = Api::new();
    for write in writes(&api).await {
        let answer = write.call(&api).untyped(object(&write, "a+b").to_string()).await;
        assert_eq!(write.written(&api, &answer).await, "a+b");
    }
}

#[tokio::test]
async fn a_form_with_no_content_type_is_broken_json() {
    let api = Api::new();
    for write in refusals(&api).await {
        let form = format!("{}=x", write.parameter);
        write.call(&api).untyped(form).await.problem(400);
    }
}

#[tokio::test]
async fn a_form_whose_text_begins_with_a_brace_is_read_as_json() {
    let api = Api::new();
    for write in writes(&api).await {
        // What a form would take apart, JSON keeps.
        let text = "1+1 & 100%zz = é";
        let answer = write.call(&api).form(object(&write, text).to_string()).await;
        assert_eq!(write.written(&api, &answer).await, text);
    }
}

#[tokio::test]
async fn json_is_read_behind_a_byte_order_mark_and_white_space() {
    let api = Api::new();
    for write in writes(&api).await {
        let text = "1+1 & 100%zz = é";
        let json = object(&write, text).to_string();
        for before in ["\u{feff}", "\u{feff}\r\n", " \t\r\n"] {
            let body = format!("{before}{json}");
            let answer = write.call(&api).typed("application/json", body.clone()).await;
            assert_eq!(write.written(&api, &answer).await, text);
            assert_eq!(write.written(&api, &write.call(&api).form(body.clone()).await).await, text);
            assert_eq!(write.written(&api, &write.call(&api).untyped(body).await).await, text);
        }
    }
}

#[tokio::test]
async fn an_encoded_body_answers_415_with_what_is_read() {
    let api = Api::new();
    for write in refusals(&api).await {
        for coding in ["gzip", "br", "deflate", "identity, gzip"] {
            let call = write.call(&api).header("content-encoding", coding);
            let answer = call.json(&object(&write, "x")).await;
            answer.problem(415);
            assert_eq!(answer.header("accept-encoding"), Some("identity"));
        }
    }
    for write in writes(&api).await {
        let call = write.call(&api).header("content-encoding", "identity");
        let answer = call.json(&object(&write, "plain")).await;
        assert_eq!(write.written(&api, &answer).await, "plain");
    }
}

#[tokio::test]
async fn invalid_utf_8_answers_400_whatever_its_content_type_says() {
    let api = Api::new();
    for write in refusals(&api).await {
        for content_type in [
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "application/x-www-form-urlencoded; charset=utf-8",
        ] {
            for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80"] {
                let (before, after) = (format!("{{\"{}\":\"a", write.parameter), b"\"}".as_slice());
                let body = [before.as_bytes(), bytes, after].concat();
                write.call(&api).typed(content_type, body).await.problem(400);
            }
        }
    }
}

#[tokio::test]
async fn a_form_that_begins_with_a_brace_but_is_no_json_is_refused() {
    let api = Api::new();
    for write in refusals(&api).await {
        let form = format!("{{{}=x", write.parameter);
        write.call(&api).form(form).await.problem(400);
    }
}

#[tokio::test]
async fn a_media_type_is_told_whatever_its_case_and_parameters() {
    let api = Api::new();
    for write in writes(&api).await {
        for json in ["application/json; charset=utf-8", "Application/JSON", "application/json;v=1"]
        {
            let answer = write.call(&api).typed(json, object(&write, "json").to_string()).await;
            assert_eq!(write.written(&api, &answer).await, "json", "{json}");
        }
        for form in [
            "application/x-www-form-urlencoded; charset=UTF-8",
            "APPLICATION/X-WWW-FORM-URLENCODED",
        ] {
            let answer = write.call(&api).typed(form, format!("{}=form", write.parameter)).await;
            assert_eq!(write.written(&api, &answer).await, "form", "{form}");
        }
    }
}

#[tokio::test]
async fn another_content_type_answers_415() {
    let api = Api::new();
    for write in refusals(&api).await {
        for other in [
            "text/plain",
            "text/json",
            "application/xml",
            "application/jsonp",
            "application/octet-stream",
            "multipart/form-data; boundary=x",
            "nonsense",
        ] {
            let answer = write.call(&api).typed(other, object(&write, "x").to_string()).await;
            answer.problem(415);
        }
    }
}
