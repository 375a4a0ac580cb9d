//! Each defect, planted by hand: found, mended where it can be, and gone then.

use std::time::Duration;

use ::chatctl::{Report as _, Verification, verify};
use chat::{
    model::{Message, MessageBody, MessageReference},
    search::{Document, DocumentPlace, Generation},
};
use tests::{new_token, together};
use tokio::time::timeout;

use super::operator::{Operator, at_once, chat_number, mending, message_number, soon};

/// The kinds of what is found, once for each.
fn kinds(found: &Verification) -> Vec<&str> {
    found.findings.iter().map(|judged| judged.finding.kind()).collect()
}

/// Checks that exactly this is found, that it is mended, and that nothing is left then.
async fn is_found_and_mended(operator: &Operator, expected: &[&str]) {
    let found = verify(&operator.engines, &at_once()).await.unwrap();
    assert_eq!(kinds(&found), expected, "{}", found.text());
    assert!(found.is_amiss());
    let mended = verify(&operator.engines, &mending()).await.unwrap();
    assert_eq!(
        (mended.mended, mended.differences),
        (expected.len() as u64, 0),
        "{}",
        mended.text()
    );
    is_in_order(operator).await;
}

async fn is_in_order(operator: &Operator) {
    let found = verify(&operator.engines, &at_once()).await.unwrap();
    assert_eq!(kinds(&found), [""; 0], "{}", found.text());
    assert!(!found.is_amiss());
}

#[tokio::test]
async fn a_stack_in_order_has_no_differences() {
    let operator = Operator::with(&[3, 0, 2]).await;
    let found = verify(&operator.engines, &at_once()).await.unwrap();
    let counts = (found.applications, found.chats, found.messages, found.documents);
    assert_eq!(counts, (1, 3, 5, 5), "{}", found.text());
    is_in_order(&operator).await;
    operator.remove().await;
}

async fn remove_document(operator: &Operator, chat: u64, number: u64) {
    let reference = MessageReference { chat: chat_number(chat), number: message_number(number) };
    let place = DocumentPlace::of(&operator.token, reference);
    let current = Generation::Current;
    let found = operator.search().documents(current, &[place]).await.unwrap();
    let found: Vec<_> = found.into_iter().flatten().collect();
    assert_eq!(operator.search().remove(current, &found).await.unwrap(), [true]);
}

#[tokio::test]
async fn a_message_without_a_document_is_found_and_mended() {
    let operator = Operator::with(&[3]).await;
    // A removed document leaves its version behind for a minute, in the way of its own return.
    remove_document(&operator, 1, 2).await;
    is_found_and_mended(&operator, &["missing_document"]).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_document_of_a_former_text_is_found_and_mended() {
    let operator = Operator::with(&[3]).await;
    operator.edit(1, 2, "a pear").await;
    is_found_and_mended(&operator, &["stale_document"]).await;
    operator.search().refresh(Generation::Current).await.unwrap();
    assert_eq!(operator.find(1, "pear").await.unwrap(), [2]);
    assert_eq!(operator.find(1, "apple").await.unwrap(), [1, 3]);
    operator.remove().await;
}

#[tokio::test]
async fn a_document_that_is_ahead_of_its_row_is_found_and_mended() {
    let operator = Operator::with(&[2]).await;
    let job = operator.edit(1, 1, "a pear").await;
    operator.done(&[job]).await;
    // As after the table was set back to an earlier time.
    let partition = format!("CHAT#{}#1", operator.token.as_str());
    operator.set(partition, "MESSAGE#0000000001", "revision", 1).await;
    is_found_and_mended(&operator, &["ahead_document"]).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_document_that_says_something_else_at_its_revision_is_found_and_mended() {
    let operator = Operator::with(&[3]).await;
    let body = MessageBody::new("another text".to_owned()).unwrap();
    let message = Message { body, ..operator.message(1, 2).await };
    let document = Document { token: &operator.token, chat: chat_number(1), message: &message };
    operator.search().rewrite(Generation::Current, &[document]).await.unwrap();
    is_found_and_mended(&operator, &["stale_document"]).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_document_of_no_message_or_no_application_is_found_and_removed() {
    let operator = Operator::with(&[3]).await;
    let other = new_token();
    let message = Message { number: message_number(4), ..operator.message(1, 2).await };
    let documents = [&operator.token, &other].map(|token| Document {
        token,
        chat: chat_number(1),
        message: &message,
    });
    operator.search().index(&documents, soon()).await;
    is_found_and_mended(&operator, &["surplus_document", "surplus_document"]).await;
    operator.remove().await;
}

#[tokio::test]
async fn an_index_that_is_gone_is_made_anew_from_the_rows() {
    let operator = Operator::with(&[3]).await;
    for index in operator.search().indexes().await.unwrap().current {
        operator.search().delete_index(&index).await.unwrap();
    }
    is_found_and_mended(&operator, &["missing_document"; 3]).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_wrong_count_of_a_chat_is_found_and_mended() {
    let operator = Operator::with(&[3, 1]).await;
    let partition = format!("APP#{}", operator.token.as_str());
    for count in [0, 2, 7] {
        operator.set(partition.clone(), "CHAT#0000000001", "message_count", count).await;
        is_found_and_mended(&operator, &["wrong_count"]).await;
        assert_eq!(operator.message_count(1).await, 3);
    }
    operator.remove().await;
}

#[tokio::test]
async fn a_wrong_count_of_an_application_is_found_and_mended_and_changes_its_revision() {
    let operator = Operator::with(&[1, 1]).await;
    let before = operator.store().application(&operator.token).await.unwrap().unwrap();
    operator.set(format!("APP#{}", operator.token.as_str()), "APPLICATION", "chat_count", 9).await;
    is_found_and_mended(&operator, &["wrong_count"]).await;
    let after = operator.store().application(&operator.token).await.unwrap().unwrap();
    assert_eq!((after.chat_count, after.revision), (2, before.revision + 1));
    operator.remove().await;
}

#[tokio::test]
async fn rows_beyond_their_counter_are_found_and_the_counter_is_raised() {
    let operator = Operator::with(&[3, 1]).await;
    let token = operator.token.as_str();
    operator.set(format!("NUMBERS#{token}#1"), "NUMBERS", "last_number", 1).await;
    operator.set(format!("NUMBERS#{token}"), "NUMBERS", "last_number", 1).await;
    is_found_and_mended(&operator, &["beyond_counter", "beyond_counter"]).await;
    assert_eq!(operator.skip(1).await, 4, "no number of a row is given again");
    operator.new_chat(3).await;
    operator.remove().await;
}

#[tokio::test]
async fn a_gap_is_found_and_stays_and_may_be_allowed() {
    let operator = Operator::with(&[2]).await;
    assert_eq!(operator.skip(1).await, 3);
    operator.say(1, 1).await;
    for options in [at_once(), mending()] {
        let found = verify(&operator.engines, &options).await.unwrap();
        assert_eq!(kinds(&found), ["gap"], "{}", found.text());
        assert!(found.text().contains("no row for 3\n"), "{}", found.text());
        assert!(found.is_amiss());
        let options = ::chatctl::cli::VerifyOptions { allow_gaps: true, ..options };
        assert!(!verify(&operator.engines, &options).await.unwrap().is_amiss());
    }
    operator.remove().await;
}

#[tokio::test]
async fn one_application_is_verified_without_the_others() {
    let operator = Operator::with(&[2]).await;
    operator.edit(1, 1, "a pear").await;
    let other = tests::new_application(operator.store()).await.access_token;
    for (named, expected) in [
        (operator.token.as_str().to_owned(), 1),
        (operator.token.digest().to_string(), 1),
        (other.as_str().to_owned(), 0),
    ] {
        let options = ::chatctl::cli::VerifyOptions { application: Some(named), ..at_once() };
        let found = verify(&operator.engines, &options).await.unwrap();
        assert_eq!(found.differences, expected, "{}", found.text());
        assert_eq!(found.applications, 1);
    }
    operator.remove().await;
}

#[tokio::test]
async fn what_is_under_way_is_no_difference_when_it_has_settled() {
    let operator = Operator::with(&[1]).await;
    let (_, job) = operator.job(1, "on its way").await;
    let options = ::chatctl::cli::VerifyOptions { settle: Duration::from_secs(30), ..at_once() };
    let begun = std::time::Instant::now();
    let late = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        operator.done(&[job]).await;
    };
    let (found, ()) = tokio::join!(verify(&operator.engines, &options), late);
    let found = found.unwrap();
    assert_eq!(found.differences, 0, "{}", found.text());
    assert!(begun.elapsed() < Duration::from_secs(20), "it waits no longer than it must");
    operator.remove().await;
}

/// The count is off by some while workers raise it; the repair must neither lose nor add any.
#[tokio::test]
async fn a_count_that_is_mended_while_messages_are_written_is_right_in_the_end() {
    let operator = Operator::with(&[5]).await;
    for wrong in [0, 90] {
        let partition = format!("APP#{}", operator.token.as_str());
        operator.set(partition, "CHAT#0000000001", "message_count", wrong).await;
        let writing = async {
            let writers = (0..4).map(async |_| operator.say(1, 15).await);
            together(writers).await;
        };
        let options = ::chatctl::cli::VerifyOptions { settle: Duration::from_secs(2), ..mending() };
        let mends = async {
            let both = together([
                verify(&operator.engines, &options),
                verify(&operator.engines, &options),
            ]);
            both.await.into_iter().for_each(|found| drop(found.unwrap()));
        };
        tokio::join!(writing, mends);
        is_in_order_but(&operator).await;
    }
    assert_eq!(operator.message_count(1).await, 125);
    operator.remove().await;
}

/// Two operators at once, in a chat that was written all the time, may leave one more pass to do.
async fn is_in_order_but(operator: &Operator) {
    let found = verify(&operator.engines, &mending()).await.unwrap();
    assert_eq!(found.differences, 0, "{}", found.text());
    is_in_order(operator).await;
}

#[tokio::test]
async fn a_repair_that_was_cut_off_anywhere_is_done_by_the_next() {
    let operator = Operator::with(&[4, 4]).await;
    for number in 1..=4 {
        operator.edit(1, number, "a pear").await;
        operator.edit(2, number, "a plum").await;
    }
    let partition = format!("APP#{}", operator.token.as_str());
    operator.set(partition.clone(), "CHAT#0000000001", "message_count", 1).await;
    operator.set(partition, "APPLICATION", "chat_count", 1).await;
    for millis in [5, 20, 40, 60, 80, 120] {
        let _ = timeout(Duration::from_millis(millis), verify(&operator.engines, &mending())).await;
    }
    let found = verify(&operator.engines, &mending()).await.unwrap();
    assert_eq!(found.differences, 0, "{}", found.text());
    is_in_order(&operator).await;
    operator.remove().await;
}
