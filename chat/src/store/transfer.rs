//! Rows written as they were elsewhere: what an import needs. Like the worker's writes these are
//! idempotent by number, and a count is raised by the transaction that writes what it counts; only
//! times, revisions and counters come from outside.

use std::time::Instant;

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};

use super::{
    PersistError, Store, StoreError, applications,
    attributes::{expression_names, integer, text, time},
    keys::{
        self, BODY, CHAT_COUNT, CREATED_AT, Item, LAST_NUMBER, LAST_REQUEST, MESSAGE_COUNT,
        PARTITION_KEY, REVISION, UPDATED_AT,
    },
    numbering::{self, NO_REQUEST},
    persisting::{NewRows, Round, incomplete},
};
use crate::model::{AccessToken, Application, Chat, ChatNumber, Message};

/// As many of the longest bodies stay under the 4 MB of a transaction.
const MAX_MESSAGES: usize = 50;
const MAX_CHATS: usize = 99;

impl Store {
    /// Writes an application that has no chats yet, at its revision, with a counter of chats that
    /// has given `last_number`; false where its row or its counter is there already.
    ///
    /// # Errors
    /// [`StoreError`]; it may be written all the same.
    pub async fn import_application(
        &self,
        application: &Application,
        last_number: u64,
    ) -> Result<bool, StoreError> {
        let empty = Application { chat_count: 0, ..application.clone() };
        let mut counter = numbering::counter(keys::chat_numbers(&application.access_token));
        counter.insert(LAST_NUMBER.to_owned(), integer(last_number));
        self.put_application(applications::row(&empty, NO_REQUEST), counter).await
    }

    /// Writes the rows of chats that have none yet, without messages, and adds them to their
    /// application's count; its revision stays. Numbers must be distinct.
    ///
    /// # Errors
    /// [`PersistError`].
    pub async fn import_chats(
        &self,
        token: &AccessToken,
        chats: &[Chat],
        deadline: Instant,
    ) -> Result<(), PersistError> {
        for part in chats.chunks(MAX_CHATS) {
            let row = |chat: &Chat| chat_row(token, chat);
            let count = |count, _| self.count_imported_chats(token, count);
            let mut rows = NewRows::of(part);
            if let Round::NothingCounts =
                self.put_and_count(&mut rows, row, count, deadline).await?
            {
                return Err(PersistError::NoApplication);
            }
        }
        Ok(())
    }

    /// Writes the rows of one chat's messages that have none yet, at their revisions, and adds them
    /// to its count. The chat's row must be there. Numbers must be distinct.
    ///
    /// # Errors
    /// [`PersistError`], also where the chat has no row.
    pub async fn import_messages(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        messages: &[Message],
        deadline: Instant,
    ) -> Result<(), PersistError> {
        for part in messages.chunks(MAX_MESSAGES) {
            let row = |message: &Message| message_row(token, chat, message);
            let count = |count, touch| self.count_messages(token, chat, count, touch);
            let mut rows = NewRows::of(part);
            if let Round::NothingCounts =
                self.put_and_count(&mut rows, row, count, deadline).await?
            {
                return Err(PersistError::NoApplication);
            }
        }
        Ok(())
    }

    fn count_imported_chats(
        &self,
        token: &AccessToken,
        count: usize,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::application(token)))
            .update_expression("ADD #chat_count :count")
            .condition_expression("attribute_exists(#pk)")
            .set_expression_attribute_names(Some(expression_names([PARTITION_KEY, CHAT_COUNT])))
            .expression_attribute_values(":count", integer(count as u64))
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

fn chat_row(token: &AccessToken, chat: &Chat) -> Item {
    let mut row = keys::chat(token, chat.number);
    row.extend([
        (CREATED_AT.to_owned(), time(chat.created_at)),
        (UPDATED_AT.to_owned(), time(chat.updated_at)),
        (MESSAGE_COUNT.to_owned(), integer(0)),
    ]);
    row
}

fn message_row(token: &AccessToken, chat: ChatNumber, message: &Message) -> Item {
    let mut row = keys::message(token, chat, message.number);
    row.extend([
        (BODY.to_owned(), text(message.body.as_str())),
        (CREATED_AT.to_owned(), time(message.created_at)),
        (UPDATED_AT.to_owned(), time(message.updated_at)),
        (REVISION.to_owned(), integer(message.revision)),
        (LAST_REQUEST.to_owned(), text(NO_REQUEST)),
    ]);
    row
}
