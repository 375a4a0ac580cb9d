//! `/applications` and `/applications/{access_token}`.

use std::collections::HashSet;

use serde_json::json;
use tests::{Api, assert_application, eventually, together};

#[tokio::test]
async fn creating_an_application_answers_201_with_the_application_and_its_location() {
    let api = Api::new();
    let answer = api.post("/applications").json(&json!({"name": "Zoo"})).await;
    let application = answer.json(201);
    assert_application(&application);
    assert_eq!(application["name"], "Zoo");
    assert_eq!(application["chat_count"], 0);
    assert_eq!(application["created_at"], application["updated_at"]);
    let token = application["access_token"].as_str().unwrap();
    assert_eq!(answer.header("location"), Some(format!("applications/{token}").as_str()));
    assert_eq!(api.get(answer.location()).await.json(200), application);
}

#[tokio::test]
async fn an_access_token_is_24_base58_characters_and_given_once() {
    let api = Api::new();
    let created = together((0..20).map(|_| api.create_application())).await;
    for application in &created {
        assert_application(&api.get(application).await.json(200));
    }
    let distinct: HashSet<&String> = created.iter().collect();
    assert_eq!(distinct.len(), created.len());
}

#[tokio::test]
async fn an_application_is_renamed_with_put_and_with_patch() {
    let api = Api::new();
    let path = api.create_application().await;
    let before = api.get(&path).await.json(200);
    for verb in ["PUT", "PATCH"] {
        let renamed = api.call(verb, &path).json(&json!({"name": verb})).await.json(200);
        assert_application(&renamed);
        assert_eq!(renamed["name"], verb);
        for kept in ["access_token", "created_at", "chat_count"] {
            assert_eq!(renamed[kept], before[kept], "{kept}");
        }
        assert_eq!(api.get(&path).await.json(200), renamed);
    }
}

#[tokio::test]
async fn the_list_of_applications_shows_each_as_it_is_read_alone() {
    let api = Api::new();
    let path = api.create_application().await;
    let application = api.get(&path).await.json(200);
    let attempt = || async {
        let all = api.follow("/applications?limit=100").await;
        let listed = all.into_iter().find(|it| it["access_token"] == application["access_token"]);
        listed.ok_or("not listed")
    };
    let listed = eventually("the new application is listed", attempt).await;
    assert_application(&listed);
    assert_eq!(listed, application);
}
