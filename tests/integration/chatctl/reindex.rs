//! The index built anew under the feet of writers, editors and searchers.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    time::{Duration, Instant},
};

use ::chatctl::{Failure, Reindexed, Report as _, cli::ReindexOptions, reindex, verify};
use serde_json::json;
use tests::together;
use tokio::time::timeout;

use super::operator::{Operator, at_once, rebuilding};
use crate::search::engine::Engine;

async fn is_in_order(operator: &Operator) {
    let found = verify(&operator.engines, &at_once()).await.unwrap();
    assert_eq!(found.differences, 0, "{}", found.text());
}

#[tokio::test]
async fn a_reindex_swaps_in_an_index_with_all_messages_and_deletes_the_old_one() {
    let operator = Operator::with(&[3, 2]).await;
    let before = operator.search().indexes().await.unwrap();
    let report = reindex(&operator.engines, &rebuilding()).await.unwrap();
    assert!(report.swapped && !report.resumed, "{}", report.text());
    assert_eq!((report.messages, report.documents, report.mended), (5, 5, 0), "{}", report.text());
    assert_eq!((&report.from, &report.deleted), (&before.current, &before.current));
    let after = operator.search().indexes().await.unwrap();
    assert_eq!(after.current, [report.to]);
    assert!(after.next.is_empty() && after.unused.is_empty(), "{after:?}");
    assert_eq!(operator.find(1, "apple").await.unwrap(), [1, 2, 3]);
    is_in_order(&operator).await;
    operator.remove().await;
}

#[tokio::test]
async fn the_old_index_is_kept_where_that_is_asked() {
    let operator = Operator::with(&[1]).await;
    let options = ReindexOptions { keep_old: true, ..rebuilding() };
    let report = reindex(&operator.engines, &options).await.unwrap();
    assert_eq!(operator.search().indexes().await.unwrap().unused, report.from);
    assert!(!operator.search().is_held(&report.from[0]).await.unwrap());
    assert_eq!(report.kept, report.from);
    let again = reindex(&operator.engines, &rebuilding()).await.unwrap();
    assert_eq!(again.deleted.len(), 2, "{}", again.text());
    operator.remove().await;
}

#[tokio::test]
async fn of_two_next_indexes_one_goes_since_the_engine_takes_no_document_for_both() {
    let operator = Operator::with(&[2]).await;
    let next = operator.search().create_next_index().await.unwrap();
    assert_eq!(operator.search().create_next_index().await.unwrap(), next, "no second one");
    let alias = format!("{}-next", next.strip_suffix("-2").unwrap());
    let slip = json!({ "aliases": { alias: {} } });
    Engine::new().done("PUT", &format!("/{next}0"), &slip).await;
    let report = reindex(&operator.engines, &rebuilding()).await.unwrap();
    assert!(report.swapped && report.resumed, "{}", report.text());
    assert_eq!(operator.search().indexes().await.unwrap().next, [""; 0]);
    is_in_order(&operator).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_reindex_mends_a_document_that_is_ahead_of_its_row() {
    let operator = Operator::with(&[2]).await;
    let job = operator.edit(1, 1, "a pear").await;
    operator.done(&[job]).await;
    let partition = format!("CHAT#{}#1", operator.token.as_str());
    operator.set(partition, "MESSAGE#0000000001", "revision", 1).await;
    let found = verify(&operator.engines, &at_once()).await.unwrap();
    assert_eq!(found.findings[0].finding.kind(), "ahead_document", "{}", found.text());
    reindex(&operator.engines, &rebuilding()).await.unwrap();
    is_in_order(&operator).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_reindex_where_there_is_no_index_makes_one() {
    let operator = Operator::with(&[3]).await;
    for index in operator.search().indexes().await.unwrap().current {
        operator.search().delete_index(&index).await.unwrap();
    }
    let report = reindex(&operator.engines, &rebuilding()).await.unwrap();
    assert!(report.swapped, "{}", report.text());
    is_in_order(&operator).await;
    operator.remove().await;
}

/// How many messages there are at first; a run by hand may ask for more.
fn messages() -> u64 {
    let asked = std::env::var("TEST_REINDEX_MESSAGES").ok();
    asked.and_then(|messages| messages.parse().ok()).unwrap_or(80)
}

/// Eight clients write and edit all the time. Each notes what a search found, and no later search
/// may miss any of it or fail.
#[tokio::test]
async fn a_reindex_while_others_write_edit_and_search_loses_nothing_and_no_search_misses_a_message()
{
    let operator = Operator::with(&[0; 4]).await;
    for chat in 1..=4 {
        operator.fill(chat, messages() / 4).await;
    }
    let ended = Cell::new(false);
    let written = Cell::new(0);
    let searches = Cell::new(0);
    let writing = async {
        let clients = (0_u64..8).map(async |client| {
            let chat = client % 4 + 1;
            let mut own: Vec<u64> = Vec::new();
            while !ended.get() {
                let (number, job) = operator.job(chat, "an apple, later").await;
                operator.done(&[job]).await;
                own.push(number);
                written.set(written.get() + 1);
                let edited = own[own.len() / 2];
                let job = operator.edit(chat, edited, "an apple and a pear").await;
                operator.done(&[job]).await;
            }
        });
        together(clients).await;
    };
    let searching = async {
        let seen: [RefCell<BTreeSet<u64>>; 4] = Default::default();
        while !ended.get() {
            for (chat, seen) in (1..).zip(&seen) {
                let found: BTreeSet<u64> =
                    operator.find(chat, "apple").await.unwrap().into_iter().collect();
                let missed: Vec<u64> = seen.borrow().difference(&found).copied().collect();
                assert!(missed.is_empty(), "chat {chat} misses {missed:?}");
                seen.replace(found);
                searches.set(searches.get() + 1);
            }
        }
    };
    let rebuilding = async {
        // A large index is built once, a small one often.
        for _ in 0..if messages() > 1_000 { 1 } else { 3 } {
            let report = reindex(&operator.engines, &rebuilding()).await.unwrap();
            assert!(report.swapped, "{}", report.text());
            eprint!("{}", report.text());
        }
        ended.set(true);
    };
    tokio::join!(writing, searching, rebuilding);
    eprintln!("{written:?} messages written, {searches:?} searches");
    assert!(written.get() > 20 && searches.get() >= 8, "{written:?} {searches:?}");
    is_in_order(&operator).await;
    operator.remove().await;
}

/// A reindex after one that was cut off, whose last call may reach the engine meanwhile.
async fn reindex_again(operator: &Operator, options: &ReindexOptions) -> Reindexed {
    match reindex(&operator.engines, options).await {
        Err(Failure::NotNext) => reindex(&operator.engines, options).await,
        ended => ended,
    }
    .unwrap()
}

#[tokio::test]
async fn a_reindex_that_was_cut_off_anywhere_goes_on_or_begins_anew() {
    let operator = Operator::with(&[15, 15]).await;
    let begun = Instant::now();
    reindex(&operator.engines, &rebuilding()).await.unwrap();
    let whole = begun.elapsed();
    for cut in 1..=8 {
        let cut_after = whole * cut / 9;
        let cut_off = timeout(cut_after, reindex(&operator.engines, &rebuilding())).await;
        operator.say(1, 1).await;
        assert!(operator.find(1, "apple").await.is_ok(), "a search after {cut_after:?}");
        if cut_off.is_err() && cut % 2 == 0 {
            let report = reindex_again(&operator, &rebuilding()).await;
            assert!(report.swapped, "{}", report.text());
            is_in_order(&operator).await;
        }
    }
    let options = ReindexOptions { afresh: true, ..rebuilding() };
    let report = reindex_again(&operator, &options).await;
    assert!(report.swapped && !report.resumed, "{}", report.text());
    let left = operator.search().indexes().await.unwrap();
    assert!(left.next.is_empty() && left.unused.is_empty(), "{left:?}");
    is_in_order(&operator).await;
    operator.remove().await;
}

#[tokio::test]
async fn an_index_that_a_killed_reindex_left_without_refresh_is_found_and_mended() {
    let operator = Operator::with(&[1]).await;
    let current = operator.search().indexes().await.unwrap().current;
    operator.search().hold(&current[0], true).await.unwrap();
    let found = verify(&operator.engines, &at_once()).await.unwrap();
    assert_eq!(found.findings[0].finding.kind(), "held_index", "{}", found.text());
    let mended = verify(&operator.engines, &super::operator::mending()).await.unwrap();
    assert_eq!((mended.mended, mended.differences), (1, 0), "{}", mended.text());
    assert!(!operator.search().is_held(&current[0]).await.unwrap());
    timeout(Duration::from_secs(5), is_in_order(&operator)).await.unwrap();
    operator.remove().await;
}
