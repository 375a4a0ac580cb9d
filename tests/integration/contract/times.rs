//! Times: UTC with milliseconds; when a request was accepted; and what moves `updated_at`.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join;
use serde_json::{Value, json};
use tests::{Api, assert_time, together};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How far the clocks of the stack and of this machine may differ.
const SKEW: Duration = Duration::from_secs(2);

fn parsed(time: &Value) -> OffsetDateTime {
    assert_time(time);
    OffsetDateTime::parse(time.as_str().unwrap(), &Rfc3339).unwrap()
}

fn later<'a>(one: &'a Value, other: &'a Value) -> &'a Value {
    if one.as_str() >= other.as_str() { one } else { other }
}

#[tokio::test]
async fn created_at_is_when_the_request_was_accepted() {
    let api = Api::new();
    let before = OffsetDateTime::now_utc() - SKEW;
    let (application, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "hello").await;
    let after = OffsetDateTime::now_utc() + SKEW;
    let rows = [api.read(&application).await, api.read(&chat).await, api.read(&message).await];
    let times = rows.each_ref().map(|row| parsed(&row["created_at"]));
    assert!(before <= times[0] && times[2] <= after, "{before}, {times:?}, {after}");
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn a_chat_moves_its_application() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    let chat = api.read(&chat).await;
    assert_eq!(chat["updated_at"], chat["created_at"]);
    api.read_until(&application, |it| it["updated_at"] == chat["created_at"]).await;
}

#[tokio::test]
async fn a_message_moves_its_chat_and_its_application() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    let created_at = api.read(&chat).await["created_at"].clone();
    for text in ["first", "second"] {
        let message = api.create_message(&chat, text).await;
        let message = api.read(&message).await;
        for parent in [&chat, &application] {
            api.read_until(parent, |it| it["updated_at"] == message["created_at"]).await;
        }
    }
    assert_eq!(api.read(&chat).await["created_at"], created_at);
}

#[tokio::test]
async fn an_edit_moves_the_message_its_chat_and_its_application() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    let path = api.create_message(&chat, "first").await;
    let first = api.read(&path).await;
    let edited = api.put(&path).json(&json!({"body": "second"})).await.json(200);
    assert_eq!(edited["created_at"], first["created_at"]);
    assert!(parsed(&edited["updated_at"]) > parsed(&first["updated_at"]), "{first} → {edited}");
    for parent in [&chat, &application] {
        api.read_until(parent, |it| it["updated_at"] == edited["updated_at"]).await;
    }
}

#[tokio::test]
async fn an_application_is_moved_by_its_own_change() {
    let api = Api::new();
    let path = api.create_application().await;
    let before = api.get(&path).await.json(200);
    let after = api.put(&path).json(&json!({"name": "second"})).await.json(200);
    assert!(parsed(&after["updated_at"]) > parsed(&before["updated_at"]), "{before} → {after}");
    assert_eq!(after["created_at"], before["created_at"]);
}

#[tokio::test]
async fn one_chats_messages_leave_another_chat_as_it_was() {
    let api = Api::new();
    let (application, quiet) = api.create_application_and_chat().await;
    let before = api.read(&quiet).await;
    let busy = api.create_chat(&application).await;
    let message = api.create_message(&busy, "hello").await;
    let message = api.read(&message).await;
    api.read_until(&application, |it| it["updated_at"] == message["created_at"]).await;
    assert_eq!(api.read(&quiet).await, before);
}

#[tokio::test]
async fn updated_at_never_moves_back_and_ends_at_the_latest_message() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    api.read(&chat).await;
    let writing = together((0..24).map(|n| {
        let (api, chat) = (&api, &chat);
        async move { api.create_message(chat, &format!("text {n}")).await }
    }));
    let watching = async {
        let mut seen = [Value::Null, Value::Null];
        for _ in 0..15 {
            for (path, last) in [&chat, &application].into_iter().zip(&mut seen) {
                let now = api.read(path).await["updated_at"].clone();
                assert!(now.as_str() >= last.as_str(), "{path} moved back from {last} to {now}");
                *last = now;
            }
        }
    };
    let (created, ()) = join(writing, watching).await;
    assert_eq!(created.iter().collect::<HashSet<_>>().len(), 24);

    api.until_counted(&chat, created.len()).await;
    let messages = api.get(format!("{chat}/messages")).await.list();
    let latest = messages.iter().map(|it| &it["created_at"]).reduce(later).unwrap();
    for parent in [&chat, &application] {
        api.read_until(parent, |it| it["updated_at"] == *latest).await;
    }
}
