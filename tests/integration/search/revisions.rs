//! A revision never replaces a newer one, whatever the order in which they arrive.

use chat::search::Outcome;
use serde_json::json;

use super::room::{Room, assert_indexed, message};

#[tokio::test]
async fn an_older_revision_never_replaces_a_newer_one_and_counts_as_written() {
    let room = Room::shared().await;
    let chat = room.chat();
    for (revision, text) in [(2, "second"), (1, "first"), (5, "fifth"), (4, "fourth"), (5, "other")]
    {
        assert_indexed(&chat.write(&[message(1, text, revision)]).await);
    }
    let hits = chat.hits("f", 10).await;
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].message, message(1, "fifth", 5));
    assert_eq!(chat.find("second").await, [0_u64; 0]);
    assert_eq!(chat.find("other").await, [0_u64; 0]);
}

#[tokio::test]
async fn a_repeated_batch_is_success_and_changes_nothing() {
    let room = Room::shared().await;
    let chat = room.chat();
    let batch = [message(1, "one", 1), message(2, "two", 3), message(2, "older", 2)];
    for _ in 0..3 {
        assert_indexed(&chat.write(&batch).await);
        assert_eq!(chat.find("o").await, [1, 2]);
        assert_eq!(chat.find("older").await, [0_u64; 0]);
    }
}

#[tokio::test]
async fn each_document_of_a_batch_has_its_own_outcome_and_a_refusal_says_why() {
    let room = Room::own();
    // Takes short bodies only: a keyword of over 32,766 bytes is more than Lucene indexes.
    let odd = json!({
        "aliases": { room.alias.as_str(): {} },
        "mappings": { "properties": { "body": { "type": "keyword" } } },
    });
    room.engine.done("PUT", &format!("/{}-2", room.alias), &odd).await;
    let chat = room.chat();
    assert_indexed(&chat.write(&[message(3, "newer", 2)]).await);
    let outcomes = chat
        .write(&[
            message(1, "short", 1),
            message(2, &format!("secret {}", "x".repeat(40_000)), 1),
            message(3, "older", 1),
            message(4, "short", 1),
        ])
        .await;
    let [Outcome::Indexed, Outcome::Refused(reason), Outcome::Known, Outcome::Indexed] =
        outcomes.as_slice()
    else {
        panic!("{outcomes:?}");
    };
    let reason = reason.to_string();
    assert!(reason.contains("400 illegal_argument_exception"), "{reason}");
    assert!(!reason.contains("secret") && !reason.contains(chat.token.as_str()), "{reason}");
    let count = room.engine.done("GET", &format!("/{}/_count", room.alias), &json!({})).await;
    assert_eq!(count["count"], 3);
    room.engine.done("DELETE", &format!("/{}-2", room.alias), &json!(null)).await;
}
