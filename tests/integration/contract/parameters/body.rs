//! `body`: 1 to 65,535 bytes of UTF-8, every character kept as sent.

use serde_json::json;
use tests::{Api, together};

use crate::contract::shared::small;

const LONGEST: usize = 65_535;

#[tokio::test]
async fn every_character_of_a_body_is_kept_as_sent() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let control: String = (0..=0x1f_u8).chain([0x7f]).map(char::from).collect();
    let texts = [
        "x".to_owned(),
        " ".to_owned(),
        "\0".to_owned(),
        control,
        "\u{80}\u{85}\u{9f}\u{2028}\u{2029}\u{feff}".to_owned(),
        "\u{fffd}\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}".to_owned(),
        "\u{e000}\u{f8ff}\u{f0000}".to_owned(),
        "  leading, trailing \r\n\t ".to_owned(),
        r#"{"body": "\u0041 \\ / \" "} %41 + &amp; <b>"#.to_owned(),
        "e\u{301} and \u{e9}, \u{212b} and \u{c5}".to_owned(), // not normalised
        "👩‍👩‍👧 🇪🇬 مرحبا \u{202e}rtl".to_owned(),
    ];
    let answers = together(texts.iter().map(|text| api.send_message(&chat, text))).await;
    for (text, answer) in texts.iter().zip(answers) {
        answer.expect(201);
        assert_eq!(api.read(&answer.location()).await["body"], *text);
    }
}

#[tokio::test]
async fn every_character_of_an_edit_is_kept_as_sent() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "first").await;
    api.read(&message).await;
    for text in ["\0\u{1}\u{7f}", "\u{fffe}\u{ffff}", " \r\n ", "e\u{301}"] {
        let edited = api.put(&message).json(&json!({"body": text})).await;
        assert_eq!(edited.json(200)["body"], text);
        assert_eq!(api.get(&message).await.json(200)["body"], text);
    }
}

#[tokio::test]
async fn a_body_holds_up_to_65535_bytes() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    for character in ["a", "漢", "\u{1}", "\"", "\\", "\u{ffff}"] {
        let text = character.repeat(LONGEST / character.len());
        assert_eq!(text.len(), LONGEST);
        let answer = api.send_message(&chat, &text).await;
        answer.expect(201);
        let written = api.read(&answer.location()).await;
        assert!(written["body"] == *text, "{character:?} was not kept");
    }
}

#[tokio::test]
async fn an_edit_holds_up_to_65535_bytes() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "first").await;
    api.read(&message).await;
    let text = "🦀".repeat(LONGEST / 4) + "abc";
    assert_eq!(text.len(), LONGEST);
    let edited = api.put(&message).json(&json!({"body": text})).await.json(200);
    assert!(edited["body"] == *text, "not kept");
    let form = format!("body={}", "+".repeat(LONGEST));
    let edited = api.put(&message).form(form).await.json(200);
    assert!(edited["body"] == *" ".repeat(LONGEST), "not kept");
}

#[tokio::test]
async fn a_body_of_more_than_65535_bytes_answers_413() {
    let api = Api::new();
    let small = small(&api).await;
    for text in ["a".repeat(LONGEST + 1), "🦀".repeat(16_384), "x".repeat(1_000_000)] {
        for call in [api.post(format!("{}/messages", small.chat)), api.put(&small.message)] {
            let answer = call.json(&json!({"body": text})).await;
            let detail = answer.problem(413);
            let says = detail.contains("body") && detail.replace(',', "").contains("65535");
            assert!(says, "{detail}");
        }
    }
    let form = format!("body={}", "a".repeat(LONGEST + 1));
    api.post(format!("{}/messages", small.chat)).form(form).await.problem(413);
}

#[tokio::test]
async fn a_body_that_is_missing_null_empty_or_no_string_answers_400() {
    let api = Api::new();
    let small = small(&api).await;
    let messages = format!("{}/messages", small.chat);
    let wrong = [
        json!({}),
        json!({"Body": "x"}),
        json!({"body": null}),
        json!({"body": ""}),
        json!({"body": 7}),
        json!({"body": 1.5e300}),
        json!({"body": false}),
        json!({"body": ["x"]}),
        json!({"body": {"body": "x"}}),
    ];
    for object in wrong {
        for verb in ["PUT", "PATCH"] {
            let answer = api.call(verb, &small.message).json(&object).await;
            assert!(answer.problem(400).contains("body"), "{answer:?}");
        }
        let answer = api.post(&messages).json(&object).await;
        assert!(answer.problem(400).contains("body"), "{answer:?}");
    }
    for query in ["", "?", "?body=", "?body", "?name=x"] {
        let answer = api.post(format!("{messages}{query}")).await;
        assert!(answer.problem(400).contains("body"), "{answer:?}");
    }
    api.post(&messages).form("body=").await.problem(400);
}
