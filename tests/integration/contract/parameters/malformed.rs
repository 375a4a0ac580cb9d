//! Broken JSON, invalid UTF-8, broken percent-encoding, and the same parameter twice: 400.

use tests::{Api, encode, together};

use super::refusals;

/// Byte sequences that are no UTF-8: a lone byte, an overlong form, a surrogate, a cut character.
const NO_UTF8: [&[u8]; 4] = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82"];

#[tokio::test]
async fn broken_json_answers_400() {
    let api = Api::new();
    for write in refusals(&api).await {
        let name = write.parameter;
        let broken = [
            "{".to_owned(),
            "}".to_owned(),
            "nonsense".to_owned(),
            format!(r#"{{"{name}":"x""#),
            format!(r#"{{"{name}":"x}}"#),
            format!(r#"{{"{name}":"x",}}"#),
            format!(r#"{{"{name}":"x"}} {{}}"#),
            format!(r#"{{"{name}":"x"}}x"#),
            format!("{{'{name}':'x'}}"),
            format!("{{{name}:\"x\"}}"),
            format!("{{\"{name}\":\"line\nbreak\"}}"),
            format!(r#"{{"{name}":"\x41"}}"#),
            format!(r#"{{"{name}":"\ud800"}}"#),
            format!(r#"{{"{name}":"\udc00\ud800"}}"#),
        ];
        let sent = broken.map(|json| write.call(&api).typed("application/json", json));
        for answer in together(sent).await {
            answer.problem(400);
        }
    }
}

#[tokio::test]
async fn json_that_is_no_object_answers_400() {
    let api = Api::new();
    for write in refusals(&api).await {
        for json in ["null", "true", "7", r#""x""#, "[]", r#"["name","body"]"#] {
            write.call(&api).typed("application/json", json).await.problem(400);
        }
    }
}

#[tokio::test]
async fn invalid_utf8_in_json_answers_400() {
    let api = Api::new();
    for write in refusals(&api).await {
        for bytes in NO_UTF8 {
            let around = format!(r#"{{"{}":"x"#, write.parameter);
            let json = [around.as_bytes(), bytes, br#""}"#].concat();
            write.call(&api).typed("application/json", json.clone()).await.problem(400);
            write.call(&api).untyped(json).await.problem(400);
        }
    }
}

#[tokio::test]
async fn invalid_utf8_in_a_form_answers_400() {
    let api = Api::new();
    for write in refusals(&api).await {
        for bytes in NO_UTF8 {
            let form = format!("{}=x", write.parameter);
            write.call(&api).form([form.as_bytes(), bytes].concat()).await.problem(400);
            write.call(&api).form(form + &encode(bytes)).await.problem(400);
        }
    }
}

#[tokio::test]
async fn invalid_utf8_in_the_query_answers_400() {
    let api = Api::new();
    let search = format!("{}/messages/search", super::small(&api).await.chat);
    for bytes in NO_UTF8 {
        let bytes = encode(bytes);
        for write in refusals(&api).await {
            let query = format!("{}=x{bytes}", write.parameter);
            write.call_with_query(&api, &query).await.problem(400);
        }
        api.get(format!("{search}?keyword=x{bytes}")).await.problem(400);
        api.get(format!("/applications?cursor={bytes}")).await.problem(400);
    }
}

#[tokio::test]
async fn broken_percent_encoding_answers_400() {
    let api = Api::new();
    let small = super::small(&api).await;
    for broken in ["%", "100%", "%4", "%zz", "%4g", "%%41", "%u0041"] {
        for write in refusals(&api).await {
            let pair = format!("{}={broken}", write.parameter);
            write.call_with_query(&api, &pair).await.problem(400);
            write.call(&api).form(pair).await.problem(400);
        }
        api.get(format!("{}/messages/search?keyword={broken}", small.chat)).await.problem(400);
        api.get(format!("{}/messages?limit={broken}", small.chat)).await.problem(400);
    }
}

#[tokio::test]
async fn the_same_parameter_twice_in_one_place_answers_400() {
    let api = Api::new();
    for write in refusals(&api).await {
        let name = write.parameter;
        let (first, rest) = name.split_at(1);
        let escaped = format!("%{:02X}{rest}", first.as_bytes()[0]);
        for pairs in [
            format!("{name}=x&{name}=y"),
            format!("{name}=x&{name}=x"),
            format!("{name}=x&other=1&{name}="),
            format!("{name}&{name}=x"),
            format!("{name}=x&{escaped}=y"),
        ] {
            write.call_with_query(&api, &pairs).await.problem(400);
            write.call(&api).form(pairs).await.problem(400);
        }
        let escaped = format!("\\u{:04x}{rest}", first.as_bytes()[0]);
        for json in [
            format!(r#"{{"{name}":"x","{name}":"y"}}"#),
            format!(r#"{{"{name}":"x","{name}":"x"}}"#),
            format!(r#"{{"{name}":null,"{name}":"x"}}"#),
            format!(r#"{{"{name}":"x","{escaped}":"y"}}"#),
        ] {
            write.call(&api).typed("application/json", json).await.problem(400);
        }
    }
}

#[tokio::test]
async fn the_same_parameter_of_a_list_twice_answers_400() {
    let api = Api::new();
    let small = super::small(&api).await;
    for target in [
        "/applications?limit=1&limit=1".to_owned(),
        format!("{}/chats?limit=1&limit=2", small.application),
        format!("{}/messages?after=1&after=2", small.chat),
        format!("{}/messages?before=1&before=1", small.chat),
        format!("{}/messages?order=asc&order=desc", small.chat),
        format!("{}/messages/search?keyword=a&keyword=b", small.chat),
        format!("{}/messages/search?keyword=a&limit=1&limit=1", small.chat),
    ] {
        api.get(target).await.problem(400);
    }
}
