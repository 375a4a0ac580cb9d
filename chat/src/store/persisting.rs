//! Rows of chats and messages, each written once and counted by the transaction that wrote it.
//!
//! Writing is idempotent by number and independent of order: a row found already there is left
//! as it is and not counted again, and a message that finds no chat makes it first.

use std::time::Instant;

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        Put, ReturnValuesOnConditionCheckFailure as ReturnOnFailure, TransactWriteItem, Update,
    },
};
use thiserror::Error;

use super::{
    Store, StoreError,
    attributes::{expression_names, integer, read_time, text, time},
    keys::{
        self, BODY, CHAT_COUNT, CREATED_AT, Item, LAST_REQUEST, MESSAGE_COUNT, PARTITION_KEY,
        REVISION, UPDATED_AT,
    },
    numbering::NO_REQUEST,
    retry::Backoff,
};
use crate::{
    model::{AccessToken, ChatNumber, MessageBody, MessageNumber, Timestamp},
    telemetry::met_conflict,
};

const OPERATION: &str = "TransactWriteItems";
/// A transaction holds at most 100 actions, one of which counts:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const MAX_PUTS: usize = 99;
/// A transaction's items hold at most 4 MB; the rest is room for keys and other attributes.
const MAX_BODY_BYTES: usize = 3_500_000;

/// A chat to be written, as its job says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewChat {
    /// Its number.
    pub number: ChatNumber,
    /// When its creation was accepted.
    pub created_at: Timestamp,
}

/// A message to be written, as its job says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its number.
    pub number: MessageNumber,
    /// Its text.
    pub body: MessageBody,
    /// When its creation was accepted.
    pub created_at: Timestamp,
}

/// Why rows were not written.
#[derive(Debug, Error)]
pub enum PersistError {
    /// The application does not exist, and never will.
    #[error("there is no such application")]
    NoApplication,
    /// The store failed; some rows may have been written, each with its count.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a row that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOutcome {
    /// This call wrote it.
    Written,
    /// It was there already, as it was to be written or as an edit has changed it since.
    AlreadyThere,
    /// Another row stands under its number, accepted at another time or with another text; it stays.
    Mismatch,
}

/// What became of messages of one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistedMessages {
    /// Each message's row, in their order.
    pub rows: Vec<RowOutcome>,
    /// What the chat's `updated_at` is known to have reached; a touch up to it changes nothing.
    pub chat_updated_at: Option<Timestamp>,
}

/// Rows that are to be written, and what became of each.
pub(super) struct NewRows<'a, T> {
    /// Those that are still to be put, with their places in `outcomes`.
    pending: Vec<(usize, &'a T)>,
    outcomes: Vec<RowOutcome>,
    /// The transaction moves the `updated_at` of the row that counts to this time as well.
    touch: Option<Timestamp>,
    /// What that `updated_at` is known to have reached.
    updated_at: Option<Timestamp>,
}

/// How a round of puts with their count ended.
pub(super) enum Round {
    /// No put is pending.
    Finished,
    /// The row that counts is missing.
    NothingCounts,
}

/// Why an action of a transaction was cancelled.
#[derive(Debug, Clone, PartialEq)]
enum CancelReason {
    /// Its condition did not hold for this item; `None` where there is no item.
    ConditionFailed(Option<Item>),
    /// It was cancelled for another action's sake, or met a conflict or a throttle.
    TryAgain,
    /// It can never succeed.
    Invalid,
}

impl<'a, T> NewRows<'a, T> {
    pub(super) fn of(rows: impl IntoIterator<Item = &'a T>) -> Self {
        let pending: Vec<(usize, &T)> = rows.into_iter().enumerate().collect();
        let outcomes = vec![RowOutcome::Written; pending.len()];
        Self { pending, outcomes, touch: None, updated_at: None }
    }

    /// Leaves out what was found already there; `reasons` are those of the pending puts.
    fn leave_out(&mut self, reasons: Vec<CancelReason>, row: impl Fn(&T) -> Item) {
        let mut reasons = reasons.into_iter();
        let outcomes = &mut self.outcomes;
        self.pending.retain(|&(place, new)| {
            let Some(CancelReason::ConditionFailed(found)) = reasons.next() else { return true };
            let same = found.is_none_or(|found| is_same_creation(&found, &row(new)));
            if let Some(outcome) = outcomes.get_mut(place) {
                *outcome = if same { RowOutcome::AlreadyThere } else { RowOutcome::Mismatch };
            }
            false
        });
    }
}

impl Store {
    /// Writes the rows of chats that have none yet and adds them to their application's count; says
    /// of each what became of it, in their order. Numbers must be distinct. Conflicts are retried
    /// until the deadline.
    ///
    /// # Errors
    /// [`PersistError`].
    pub async fn persist_chats(
        &self,
        token: &AccessToken,
        chats: &[NewChat],
        deadline: Instant,
    ) -> Result<Vec<RowOutcome>, PersistError> {
        let mut outcomes = Vec::with_capacity(chats.len());
        for part in chats.chunks(MAX_PUTS) {
            let row = |chat: &NewChat| chat_row(token, *chat);
            let count = |count, _| self.count_chats(token, count);
            let mut rows = NewRows::of(part);
            if let Round::NothingCounts =
                self.put_and_count(&mut rows, row, count, deadline).await?
            {
                return Err(PersistError::NoApplication);
            }
            outcomes.append(&mut rows.outcomes);
        }
        Ok(outcomes)
    }

    /// Writes the rows of one chat's messages that have none yet and adds them to its count; says of
    /// each what became of it. Makes the chat's row, and counts it, where it is missing. Numbers must
    /// be distinct. Conflicts are retried until the deadline.
    ///
    /// The transaction of a single message moves the chat's `updated_at` as well, which spares a
    /// write. That of several does not: a chat that has several messages in a batch is written by
    /// several workers at once, and the transaction of one that is late would be paid twice
    /// (docs/decisions/0013-a-chats-time-moves-with-its-count.md).
    ///
    /// # Errors
    /// [`PersistError`].
    pub async fn persist_messages(
        &self,
        token: &AccessToken,
        chat: NewChat,
        messages: &[NewMessage],
        deadline: Instant,
    ) -> Result<PersistedMessages, PersistError> {
        let mut rows = Vec::with_capacity(messages.len());
        let mut chat_updated_at = None;
        for part in parts(messages) {
            let row = |message: &NewMessage| message_row(token, chat.number, message);
            let count = |count, touch| self.count_messages(token, chat.number, count, touch);
            let mut new = NewRows::of(part);
            if let [single] = messages {
                new.touch = Some(single.created_at);
            }
            while let Round::NothingCounts =
                self.put_and_count(&mut new, row, count, deadline).await?
            {
                self.persist_chats(token, &[chat], deadline).await?;
            }
            chat_updated_at = chat_updated_at.max(new.updated_at);
            rows.append(&mut new.outcomes);
        }
        Ok(PersistedMessages { rows, chat_updated_at })
    }

    /// Puts a row for each of these and their count in one transaction, until no put is refused:
    /// one whose row is found already there is left out, and the count lowered by it. `count` makes
    /// the action that counts so many, and moves `updated_at` where it is given a time.
    pub(super) async fn put_and_count<T>(
        &self,
        new: &mut NewRows<'_, T>,
        row: impl Fn(&T) -> Item,
        count: impl Fn(usize, Option<Timestamp>) -> Result<TransactWriteItem, StoreError>,
        deadline: Instant,
    ) -> Result<Round, StoreError> {
        let mut backoff = Backoff::until(deadline);
        while !new.pending.is_empty() {
            let counted = new.pending.len();
            let mut actions = Vec::with_capacity(counted + 1);
            for (_, each) in &new.pending {
                actions.push(self.put_row(row(each))?);
            }
            actions.push(count(counted, new.touch)?);
            let Some(mut reasons) = self.transact(actions).await? else {
                new.updated_at = new.updated_at.max(new.touch);
                return Ok(Round::Finished);
            };
            let of_count = (reasons.len() > counted).then(|| reasons.pop()).flatten();
            new.leave_out(reasons, &row);
            match of_count {
                Some(CancelReason::ConditionFailed(None)) if !new.pending.is_empty() => {
                    return Ok(Round::NothingCounts);
                }
                Some(CancelReason::ConditionFailed(Some(later))) => {
                    new.updated_at = Some(read_time(&later, UPDATED_AT)?);
                    new.touch = None;
                }
                _ if new.pending.len() == counted => {
                    met_conflict();
                    if !backoff.wait().await {
                        return Err(StoreError::Contended { operation: OPERATION });
                    }
                }
                _ => {}
            }
        }
        Ok(Round::Finished)
    }

    /// Makes one transaction: `None` where it was written, otherwise a reason for each action.
    async fn transact(
        &self,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Option<Vec<CancelReason>>, StoreError> {
        let outcome =
            self.client.transact_write_items().set_transact_items(Some(actions)).send().await;
        let Err(error) = outcome else { return Ok(None) };
        let reasons: Vec<CancelReason> = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
                .cancellation_reasons()
                .iter()
                .map(|reason| classify(reason.code(), reason.item()))
                .collect(),
            _ => Vec::new(),
        };
        if reasons.is_empty() {
            return Err(StoreError::of_call(OPERATION, error));
        }
        if reasons.contains(&CancelReason::Invalid) {
            return Err(StoreError::Refused { operation: OPERATION, source: error.into() });
        }
        Ok(Some(reasons))
    }

    fn put_row(&self, row: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnOnFailure::AllOld)
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn count_chats(
        &self,
        token: &AccessToken,
        count: usize,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::application(token)))
            .update_expression("ADD #chat_count :count, #revision :one")
            .condition_expression("attribute_exists(#pk)")
            .set_expression_attribute_names(Some(expression_names([
                PARTITION_KEY,
                CHAT_COUNT,
                REVISION,
            ])))
            .expression_attribute_values(":count", integer(count as u64))
            .expression_attribute_values(":one", integer(1))
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Adds to a chat's count and, where a time is given, moves its `updated_at` there; refused
    /// where that is later already.
    pub(super) fn count_messages(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        count: usize,
        touch: Option<Timestamp>,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::chat(token, chat)))
            .set_expression_attribute_names(Some(expression_names([PARTITION_KEY, MESSAGE_COUNT])))
            .expression_attribute_values(":count", integer(count as u64))
            .return_values_on_condition_check_failure(ReturnOnFailure::AllOld);
        let update = match touch {
            None => update
                .update_expression("ADD #message_count :count")
                .condition_expression("attribute_exists(#pk)"),
            Some(to) => update
                .update_expression("SET #updated_at = :to ADD #message_count :count")
                .condition_expression("attribute_exists(#pk) AND #updated_at <= :to")
                .expression_attribute_names(format!("#{UPDATED_AT}"), UPDATED_AT)
                .expression_attribute_values(":to", time(to)),
        };
        Ok(TransactWriteItem::builder().update(update.build().map_err(incomplete)?).build())
    }
}

/// Whether the row that stands was written by the creation that the new one is of. An edit leaves
/// the time of acceptance; the text can be compared only where there was none.
fn is_same_creation(found: &Item, new: &Item) -> bool {
    let is_unedited = found.get(REVISION) == Some(&integer(1));
    found.get(CREATED_AT) == new.get(CREATED_AT)
        && (!is_unedited || found.get(BODY) == new.get(BODY))
}

/// Splits messages into what one transaction takes; nothing is dropped, order is kept.
fn parts(messages: &[NewMessage]) -> Vec<&[NewMessage]> {
    let mut parts = Vec::new();
    let mut rest = messages;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fitting = rest
            .iter()
            .take(MAX_PUTS)
            .take_while(|message| {
                bytes += message.body.as_str().len();
                bytes <= MAX_BODY_BYTES
            })
            .count();
        let (part, left) = rest.split_at(fitting);
        parts.push(part);
        rest = left;
    }
    parts
}

fn classify(code: Option<&str>, item: Option<&Item>) -> CancelReason {
    match code {
        Some("ConditionalCheckFailed") => {
            CancelReason::ConditionFailed(item.filter(|item| !item.is_empty()).cloned())
        }
        Some("ValidationError" | "ItemCollectionSizeLimitExceeded") => CancelReason::Invalid,
        _ => CancelReason::TryAgain,
    }
}

pub(super) fn incomplete(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Refused { operation: OPERATION, source: error.into() }
}

fn chat_row(token: &AccessToken, chat: NewChat) -> Item {
    let mut row = keys::chat(token, chat.number);
    row.extend([
        (CREATED_AT.to_owned(), time(chat.created_at)),
        (UPDATED_AT.to_owned(), time(chat.created_at)),
        (MESSAGE_COUNT.to_owned(), integer(0)),
    ]);
    row
}

fn message_row(token: &AccessToken, chat: ChatNumber, message: &NewMessage) -> Item {
    let mut row = keys::message(token, chat, message.number);
    row.extend([
        (BODY.to_owned(), text(message.body.as_str())),
        (CREATED_AT.to_owned(), time(message.created_at)),
        (UPDATED_AT.to_owned(), time(message.created_at)),
        (REVISION.to_owned(), integer(1)),
        (LAST_REQUEST.to_owned(), text(NO_REQUEST)),
    ]);
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(count: u64, bytes: usize) -> Vec<NewMessage> {
        (1..=count)
            .map(|number| NewMessage {
                number: MessageNumber::try_from(number).unwrap(),
                body: MessageBody::new("x".repeat(bytes)).unwrap(),
                created_at: Timestamp::now(),
            })
            .collect()
    }

    fn chat() -> ChatNumber {
        ChatNumber::try_from(1).unwrap()
    }

    fn sizes(messages: &[NewMessage]) -> Vec<usize> {
        parts(messages).iter().map(|part| part.len()).collect()
    }

    #[test]
    fn a_transaction_takes_at_most_99_rows_and_4_megabytes_and_no_row_is_dropped() {
        assert_eq!(sizes(&[]), [0; 0]);
        assert_eq!(sizes(&messages(10, 1)), [10]);
        assert_eq!(sizes(&messages(250, 1)), [99, 99, 52]);
        let large = messages(100, 65_535);
        assert_eq!(sizes(&large), [53, 47]);
        assert_eq!(parts(&large).concat(), large);
    }

    #[test]
    fn a_cancelled_transaction_says_what_became_of_each_action() {
        let item = message_row(&AccessToken::generate().unwrap(), chat(), &messages(1, 1)[0]);
        let failed = Some("ConditionalCheckFailed");
        let found = CancelReason::ConditionFailed(Some(item.clone()));
        assert_eq!(classify(failed, Some(&item)), found);
        assert_eq!(classify(failed, None), CancelReason::ConditionFailed(None));
        assert_eq!(classify(failed, Some(&Item::new())), CancelReason::ConditionFailed(None));
        for code in [None, Some("None"), Some("TransactionConflict"), Some("ThrottlingError")] {
            assert_eq!(classify(code, None), CancelReason::TryAgain, "{code:?}");
        }
        assert_eq!(classify(Some("ValidationError"), None), CancelReason::Invalid);
    }

    #[test]
    fn a_row_is_of_the_same_creation_by_its_time_and_by_its_text_until_it_is_edited() {
        let token = AccessToken::generate().unwrap();
        let message = &messages(1, 1)[0];
        let row = |message: &NewMessage| message_row(&token, chat(), message);
        let body = MessageBody::new("other".to_owned()).unwrap();
        let other_text = row(&NewMessage { body, ..message.clone() });
        let created_at = message.created_at.plus_millis(1);
        let other_time = row(&NewMessage { created_at, ..message.clone() });
        let mut edited = other_text.clone();
        edited.insert(REVISION.to_owned(), integer(2));
        for (found, same) in
            [(row(message), true), (other_text, false), (other_time, false), (edited, true)]
        {
            assert_eq!(is_same_creation(&found, &row(message)), same, "{found:?}");
        }
        let chats = [0, 0, 1].map(|millis| {
            let created_at = message.created_at.plus_millis(millis);
            chat_row(&token, NewChat { number: chat(), created_at })
        });
        assert!(is_same_creation(&chats[0], &chats[1]) && !is_same_creation(&chats[0], &chats[2]));
    }
}
