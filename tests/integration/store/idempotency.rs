//! Records of idempotency keys.

use chat::{
    http::IdempotencyKey,
    idempotency::KeyedCreation,
    model::{AccessToken, ChatNumber, Timestamp},
    store::{Assigned, Claim, KeyScope, NumberingError, PayloadDigest, Store, StoreError},
};
use tests::{new_store, new_token, together};

use super::chat_number;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn scope<'a>(token: &'a AccessToken, key: &'a str) -> KeyScope<'a> {
    KeyScope { token, chat: None, key }
}

fn number(number: u64) -> Assigned<ChatNumber> {
    let created_at = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
    Assigned { number: chat_number(number), created_at, chat_created_at: created_at }
}

async fn claim(
    store: &Store,
    scope: &KeyScope<'_>,
    payload: &str,
    owner: &str,
    now: Timestamp,
) -> Claim<ChatNumber> {
    store.claim_key(scope, &PayloadDigest::of(payload), owner, now).await.unwrap()
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_again() {
    let store = new_store().await;
    let (token, now) = (new_token(), Timestamp::now());
    let scope = scope(&token, "key");
    assert_eq!(claim(&store, &scope, "text", "first", now).await, Claim::Mine);
    assert!(store.record_number(&scope, "first", &number(7)).await.unwrap());
    for owner in ["second", "third"] {
        let claim = claim(&store, &scope, "text", owner, now.plus_millis(DAY - 2000)).await;
        assert_eq!(claim, Claim::Answered(number(7)));
    }
}

#[tokio::test]
async fn another_payload_under_the_same_key_is_refused() {
    let store = new_store().await;
    let (token, now) = (new_token(), Timestamp::now());
    let scope = scope(&token, "key");
    claim(&store, &scope, "text", "first", now).await;
    assert_eq!(claim(&store, &scope, "other", "second", now).await, Claim::OtherPayload);
    store.record_number(&scope, "first", &number(7)).await.unwrap();
    assert_eq!(claim(&store, &scope, "other", "second", now).await, Claim::OtherPayload);
}

#[tokio::test]
async fn a_creation_under_way_holds_its_key_for_a_minute() {
    let store = new_store().await;
    let (token, now) = (new_token(), Timestamp::now());
    let scope = scope(&token, "key");
    claim(&store, &scope, "text", "first", now).await;
    assert_eq!(claim(&store, &scope, "text", "first", now).await, Claim::Mine, "a retry");
    let later = now.plus_millis(MINUTE - 1);
    assert_eq!(claim(&store, &scope, "text", "second", later).await, Claim::UnderWay);
    let later = now.plus_millis(MINUTE);
    assert_eq!(claim(&store, &scope, "text", "second", later).await, Claim::Mine);
    assert!(!store.record_number(&scope, "first", &number(1)).await.unwrap(), "taken over");
    assert!(store.record_number(&scope, "second", &number(2)).await.unwrap());
    assert_eq!(claim(&store, &scope, "text", "third", later).await, Claim::Answered(number(2)));
}

#[tokio::test]
async fn only_one_of_many_takes_over() {
    let store = new_store().await;
    let (token, now) = (new_token(), Timestamp::now());
    let scope = scope(&token, "key");
    claim(&store, &scope, "text", "dead", now).await;
    let later = now.plus_millis(2 * MINUTE);
    let owners: Vec<String> = (0..16).map(|owner| format!("owner {owner}")).collect();
    let claims =
        together(owners.iter().map(|owner| claim(&store, &scope, "text", owner, later))).await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Mine).count(), 1, "{claims:?}");
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::UnderWay).count(), 15);
}

#[tokio::test]
async fn a_key_is_forgotten_after_24_hours() {
    let store = new_store().await;
    let (token, now) = (new_token(), Timestamp::now());
    let scope = scope(&token, "key");
    claim(&store, &scope, "text", "first", now).await;
    store.record_number(&scope, "first", &number(7)).await.unwrap();
    let later = now.plus_millis(DAY + 2000);
    assert_eq!(claim(&store, &scope, "other", "second", later).await, Claim::Mine);
}

#[tokio::test]
async fn a_released_key_is_unused_and_only_its_owner_releases_it() {
    let store = new_store().await;
    let (token, now) = (new_token(), Timestamp::now());
    let scope = scope(&token, "key");
    claim(&store, &scope, "text", "first", now).await;
    store.release_key(&scope, "second").await.unwrap();
    assert_eq!(claim(&store, &scope, "text", "second", now).await, Claim::UnderWay);
    store.release_key(&scope, "first").await.unwrap();
    assert_eq!(claim(&store, &scope, "other", "second", now).await, Claim::Mine);
}

#[tokio::test]
async fn keys_of_other_applications_and_chats_are_others() {
    let store = new_store().await;
    let (token, other, now) = (new_token(), new_token(), Timestamp::now());
    for scope in [
        scope(&token, "key"),
        scope(&token, "key2"),
        scope(&other, "key"),
        KeyScope { chat: Some(chat_number(1)), ..scope(&token, "key") },
        KeyScope { chat: Some(chat_number(11)), ..scope(&token, "key") },
        KeyScope { chat: Some(chat_number(1)), ..scope(&token, "1#key") },
    ] {
        assert_eq!(claim(&store, &scope, "text", "owner", now).await, Claim::Mine);
        assert_eq!(claim(&store, &scope, "text", "other", now).await, Claim::UnderWay);
    }
}

#[tokio::test]
async fn a_creation_that_the_store_failed_leaves_its_key_to_the_next_try() {
    let store = new_store().await;
    let token = new_token();
    let key = IdempotencyKey::parse("key").unwrap();
    let creation = |request_id| KeyedCreation {
        token: &token,
        chat: None,
        key: &key,
        payload: "text",
        request_id,
    };
    let away = || NumberingError::from(StoreError::Contended { operation: "UpdateItem" });
    let failed = creation("first").number::<ChatNumber>(&store, async || Err(away())).await;
    assert_eq!(failed.unwrap_err().status(), 503);
    let assigned = creation("second").number(&store, async || Ok(number(8))).await;
    assert_eq!(assigned.unwrap().number, chat_number(8));
    let again = creation("third").number(&store, async || Ok(number(9))).await;
    assert_eq!(again.unwrap().number, chat_number(8));
}
