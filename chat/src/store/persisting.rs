//! Rows of chats and messages, each written once and counted by the transaction that wrote it.
//!
//! Writing is idempotent by number and independent of order: a row found already there is left
//! as it is and not counted again, and a message that finds no chat makes it first.

use std::time::Instant;

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{Put, TransactWriteItem, Update},
};
use thiserror::Error;

use super::{
    Store, StoreError,
    attributes::{expression_names, integer, text, time},
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

/// How a round of puts with their count ended.
pub(super) enum Round<'a, T> {
    Written,
    /// The row that counts is missing; these puts are still to be made.
    NothingCounts(Vec<&'a T>),
}

/// What became of one action of a cancelled transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Its condition did not hold.
    ConditionFailed,
    /// It was cancelled for another action's sake, or met a conflict or a throttle.
    TryAgain,
    /// It can never succeed.
    Invalid,
}

impl Store {
    /// Writes the rows of chats that have none yet and adds them to their application's count.
    /// Numbers must be distinct. Conflicts are retried until the deadline.
    ///
    /// # Errors
    /// [`PersistError`].
    pub async fn persist_chats(
        &self,
        token: &AccessToken,
        chats: &[NewChat],
        deadline: Instant,
    ) -> Result<(), PersistError> {
        for part in chats.chunks(MAX_PUTS) {
            let row = |chat: &NewChat| chat_row(token, *chat);
            let count = |count| self.count_chats(token, count);
            let chats = part.iter().collect();
            let round = self.put_and_count(chats, row, count, deadline).await?;
            if let Round::NothingCounts(_) = round {
                return Err(PersistError::NoApplication);
            }
        }
        Ok(())
    }

    /// Writes the rows of one chat's messages that have none yet and adds them to its count;
    /// makes the chat's row, and counts it, where it is missing. Numbers must be distinct.
    /// Conflicts are retried until the deadline.
    ///
    /// # Errors
    /// [`PersistError`].
    pub async fn persist_messages(
        &self,
        token: &AccessToken,
        chat: NewChat,
        messages: &[NewMessage],
        deadline: Instant,
    ) -> Result<(), PersistError> {
        for part in parts(messages) {
            let row = |message: &NewMessage| message_row(token, chat.number, message);
            let count = |count| self.count_messages(token, chat.number, count);
            let mut messages = part.iter().collect();
            while let Round::NothingCounts(left) =
                self.put_and_count(messages, row, count, deadline).await?
            {
                self.persist_chats(token, &[chat], deadline).await?;
                messages = left;
            }
        }
        Ok(())
    }

    /// Puts a row for each of these and their count in one transaction, until no put is refused:
    /// one whose row is found already there is left out, and the count lowered by it.
    pub(super) async fn put_and_count<'a, T>(
        &self,
        mut new: Vec<&'a T>,
        row: impl Fn(&T) -> Item,
        count: impl Fn(usize) -> Result<TransactWriteItem, StoreError>,
        deadline: Instant,
    ) -> Result<Round<'a, T>, StoreError> {
        let mut backoff = Backoff::until(deadline);
        while !new.is_empty() {
            let mut actions = Vec::with_capacity(new.len() + 1);
            for each in &new {
                actions.push(self.put_row(row(each))?);
            }
            actions.push(count(new.len())?);
            let Some(verdicts) = self.transact(actions).await? else {
                return Ok(Round::Written);
            };
            let wanted = new.len();
            let nothing_counts = verdicts.get(wanted) == Some(&Verdict::ConditionFailed);
            let mut of_puts = verdicts.into_iter();
            new.retain(|_| of_puts.next() != Some(Verdict::ConditionFailed));
            if nothing_counts && !new.is_empty() {
                return Ok(Round::NothingCounts(new));
            }
            if new.len() == wanted {
                met_conflict();
                if !backoff.wait().await {
                    return Err(StoreError::Contended { operation: OPERATION });
                }
            }
        }
        Ok(Round::Written)
    }

    /// Makes one transaction: `None` where it was written, otherwise a verdict for each action.
    async fn transact(
        &self,
        actions: Vec<TransactWriteItem>,
    ) -> Result<Option<Vec<Verdict>>, StoreError> {
        let outcome =
            self.client.transact_write_items().set_transact_items(Some(actions)).send().await;
        let Err(error) = outcome else { return Ok(None) };
        let verdicts: Vec<Verdict> = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
                .cancellation_reasons()
                .iter()
                .map(|reason| verdict(reason.code()))
                .collect(),
            _ => Vec::new(),
        };
        if verdicts.is_empty() {
            return Err(StoreError::of_call(OPERATION, error));
        }
        if verdicts.contains(&Verdict::Invalid) {
            return Err(StoreError::Refused { operation: OPERATION, source: error.into() });
        }
        Ok(Some(verdicts))
    }

    fn put_row(&self, row: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(pk)")
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

    pub(super) fn count_messages(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        count: usize,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::chat(token, chat)))
            .update_expression("ADD #message_count :count")
            .condition_expression("attribute_exists(#pk)")
            .set_expression_attribute_names(Some(expression_names([PARTITION_KEY, MESSAGE_COUNT])))
            .expression_attribute_values(":count", integer(count as u64))
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
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

fn verdict(code: Option<&str>) -> Verdict {
    match code {
        Some("ConditionalCheckFailed") => Verdict::ConditionFailed,
        Some("ValidationError" | "ItemCollectionSizeLimitExceeded") => Verdict::Invalid,
        _ => Verdict::TryAgain,
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
        assert_eq!(verdict(Some("ConditionalCheckFailed")), Verdict::ConditionFailed);
        for code in [None, Some("None"), Some("TransactionConflict"), Some("ThrottlingError")] {
            assert_eq!(verdict(code), Verdict::TryAgain, "{code:?}");
        }
        assert_eq!(verdict(Some("ValidationError")), Verdict::Invalid);
    }
}
