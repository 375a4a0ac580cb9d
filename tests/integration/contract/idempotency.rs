//! Idempotent creation: the same key gives the first answer again.

use std::future::IntoFuture as _;

use futures_util::future::join_all;
use serde_json::json;
use tests::{Answer, Api, new_token};

const KEY: &str = "idempotency-key";

async fn send(api: &Api, chat: &str, key: &str, text: &str) -> Answer {
    api.post(format!("{chat}/messages")).header(KEY, key).json(&json!({"body": text})).await
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_again_and_uses_no_further_number() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    let first = send(&api, &chat, "a key", "once").await;
    first.problem(400);
    let first = send(&api, &chat, "a-key", "once").await;
    for _ in 0..2 {
        let again = send(&api, &chat, "a-key", "once").await;
        assert_eq!(again.json(201), first.json(201));
        assert_eq!(again.location(), first.location());
    }
    let next = api.send_message(&chat, "next").await;
    assert_eq!(next.json(201)["number"], 2);
    api.until_counted(&chat, 2).await;

    let create = || async { api.post(format!("{application}/chats")).header(KEY, "a-key").await };
    let second = create().await;
    assert_eq!(second.json(201)["number"], 2);
    assert_eq!(create().await.json(201), second.json(201));
    assert_eq!(api.post(format!("{application}/chats")).await.json(201)["number"], 3);
    api.read_until(&application, |it| it["chat_count"] == 3).await;
}

#[tokio::test]
async fn a_payload_is_compared_as_it_was_decoded() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    send(&api, &chat, "k", "a b").await.expect(201);
    let path = format!("{chat}/messages");
    let as_form = api.post(&path).header(KEY, "k").form("body=a+b").await;
    assert_eq!(as_form.json(201)["number"], 1);
    let in_query = api.post(format!("{path}?body=a%20b")).header(KEY, "k").await;
    assert_eq!(in_query.json(201)["number"], 1);
    let escaped =
        api.post(&path).header(KEY, "k").typed("application/json", r#"{"body":"a\u0020b"}"#);
    assert_eq!(escaped.await.json(201)["number"], 1);
}

#[tokio::test]
async fn another_payload_under_the_same_key_is_422() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    send(&api, &chat, "k", "one").await.expect(201);
    send(&api, &chat, "k", "two").await.problem(422);
    assert_eq!(send(&api, &chat, "k", "one").await.json(201)["number"], 1);
    assert_eq!(api.send_message(&chat, "next").await.json(201)["number"], 2);
}

#[tokio::test]
async fn a_key_is_of_its_application_or_chat_alone() {
    let api = Api::new();
    let (application, first) = api.create_application_and_chat().await;
    let second = api.create_chat(&application).await;
    send(&api, &first, "k", "one").await.expect(201);
    send(&api, &first, "l", "one").await.expect(201);
    assert_eq!(send(&api, &second, "k", "two").await.json(201)["number"], 1);
    let other = api.create_application().await;
    for application in [&application, &other] {
        api.post(format!("{application}/chats")).header(KEY, "k").await.expect(201);
    }
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_unused() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    send(&api, &chat, "k", "").await.problem(400);
    send(&api, &chat, "k", "fine").await.expect(201);
    let absent = format!("{application}/chats/2");
    send(&api, &absent, "k", "early").await.never();
    api.create_chat(&application).await;
    assert_eq!(send(&api, &absent, "k", "in time").await.json(201)["number"], 1);
}

#[tokio::test]
async fn a_key_is_1_to_255_visible_ascii_characters() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    for key in ["", "with space", "tab\tkey", &"k".repeat(256)] {
        send(&api, &chat, key, "text").await.problem(400);
    }
    for key in ["!", "~", "\"quoted\"", &"k".repeat(255)] {
        send(&api, &chat, key, "text").await.expect(201);
    }
}

#[tokio::test]
async fn of_many_at_once_under_one_key_one_creates_and_the_others_wait_or_get_its_answer() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let answers = join_all((0..12).map(|_| send(&api, &chat, "k", "text"))).await;
    let mut created = 0;
    for answer in &answers {
        if answer.status == 409 {
            answer.problem(409);
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        } else {
            assert_eq!(answer.json(201)["number"], 1);
            created += 1;
        }
    }
    assert!(created >= 1);
    assert_eq!(send(&api, &chat, "k", "text").await.json(201)["number"], 1);
    assert_eq!(api.send_message(&chat, "next").await.json(201)["number"], 2);
    api.until_counted(&chat, 2).await;
}

#[tokio::test]
async fn the_same_key_makes_one_application_and_gives_it_again() {
    let api = Api::new();
    let key = new_token();
    let create = |name: &'static str| {
        api.post("/applications").header(KEY, key.as_str()).json(&json!({"name": name}))
    };
    create("").await.problem(400);
    let answers = join_all((0..4).map(|_| create("Once").into_future())).await;
    let first = answers[0].json(201);
    for answer in &answers {
        assert_eq!(answer.json(201), first);
        assert_eq!(answer.location(), answers[0].location());
    }
    let application = answers[0].location();
    api.create_chat(&application).await;
    api.call("PATCH", &application).json(&json!({"name": "Renamed"})).await.expect(200);
    assert_eq!(create("Once").await.json(201), first, "the first answer, whatever came since");
    create("Twice").await.problem(422);
    for key in ["a key", "", &"k".repeat(256)] {
        api.post("/applications?name=x").header(KEY, key).await.problem(400);
    }
}
