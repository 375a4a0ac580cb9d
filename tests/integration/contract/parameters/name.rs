//! `name`: 1 to 80 characters, one of them visible, and none a control character.

use serde_json::json;
use tests::Api;

#[tokio::test]
async fn a_name_holds_up_to_80_characters_however_many_bytes_they_take() {
    let api = Api::new();
    let path = api.create_application().await;
    for character in ["a", "é", "漢", "🦀", "\u{301}"] {
        let name = character.repeat(80);
        let created = api.post("/applications").json(&json!({"name": name})).await;
        assert_eq!(created.json(201)["name"], name);
        let renamed = api.put(&path).json(&json!({"name": name})).await;
        assert_eq!(renamed.json(200)["name"], name);
    }
    let shortest = api.post("/applications").json(&json!({"name": "x"})).await;
    assert_eq!(shortest.json(201)["name"], "x");
}

#[tokio::test]
async fn a_name_of_more_than_80_characters_answers_400() {
    let api = Api::new();
    let path = api.create_application().await;
    for name in ["a".repeat(81), "🦀".repeat(81), "a".repeat(70_000)] {
        for call in [api.post("/applications"), api.put(&path)] {
            let answer = call.json(&json!({"name": name})).await;
            let detail = answer.problem(400);
            assert!(detail.contains("name") && detail.contains("80"), "{detail}");
        }
    }
}

#[tokio::test]
async fn a_name_of_only_white_space_answers_400() {
    let api = Api::new();
    for name in [" ", "\t\r\n", "\u{a0}", "\u{2003}\u{3000}", "\u{85}\u{2028}"] {
        let answer = api.post("/applications").json(&json!({"name": name})).await;
        assert!(answer.problem(400).contains("name"), "{answer:?}");
    }
    api.post("/applications?name=+++").await.problem(400);
}

#[tokio::test]
async fn a_name_with_a_control_character_or_nothing_visible_answers_400() {
    let api = Api::new();
    let path = api.create_application().await;
    let names = [
        "a\nb",
        "\0a",
        "a\u{7f}",
        "a\u{85}b",
        "\u{1b}[31mred",
        "\u{200b}",
        "\u{feff}\u{200d}",
        "\u{3164}",
        "\u{2800}",
        "\u{fe0f}",
        "\u{202e}",
        "\u{ad}",
    ];
    for name in names {
        for call in [api.post("/applications"), api.put(&path)] {
            let answer = call.json(&json!({"name": name})).await;
            assert!(answer.problem(400).contains("name"), "{name:?}");
        }
    }
    for name in ["a\u{200d}b", "\u{202e}abc", "👩\u{200d}👩", " é "] {
        api.post("/applications").json(&json!({"name": name})).await.expect(201);
    }
}

#[tokio::test]
async fn a_name_that_is_missing_null_empty_or_no_string_answers_400() {
    let api = Api::new();
    let path = api.create_application().await;
    let wrong = [
        json!({}),
        json!({"Name": "x"}),
        json!({"name": null}),
        json!({"name": ""}),
        json!({"name": 7}),
        json!({"name": true}),
        json!({"name": ["x"]}),
        json!({"name": {"name": "x"}}),
    ];
    for object in wrong {
        for call in [api.post("/applications"), api.put(&path), api.call("PATCH", &path)] {
            let answer = call.json(&object).await;
            assert!(answer.problem(400).contains("name"), "{answer:?}");
        }
    }
    for target in ["/applications", "/applications?name=", "/applications?name", "/applications?"] {
        assert!(api.post(target).await.problem(400).contains("name"));
    }
    api.post("/applications").form("name=").await.problem(400);
}

#[tokio::test]
async fn a_refused_name_leaves_the_application_as_it_was() {
    let api = Api::new();
    let path = api.create_application().await;
    let before = api.get(&path).await.json(200);
    api.put(&path).json(&json!({"name": ""})).await.problem(400);
    api.put(&path).typed("text/plain", "x").await.problem(415);
    assert_eq!(api.get(&path).await.json(200), before);
}
