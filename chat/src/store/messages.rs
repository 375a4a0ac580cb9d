//! Rows of messages: read, list and edit, and finding out why one is missing.

use std::ops::ControlFlow;

use super::{
    Attempt, Edit, Missing, NumberRange, Store, StoreError,
    attributes::{message_of, read_last_number, read_text},
    keys::{self, BODY, PARTITION_KEY},
};
use crate::model::{
    AccessToken, ChatNumber, Message, MessageBody, MessageNumber, MessageReference,
};

impl Store {
    /// Reads a message, strongly consistent; `None` where it has no row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn message(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        number: MessageNumber,
    ) -> Result<Option<Message>, StoreError> {
        self.read(keys::message(token, chat, number)).await?.map(message_of).transpose()
    }

    /// Reads the messages of a chat in a range; nothing where there is no chat.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_messages(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        range: &NumberRange,
    ) -> Result<Vec<Message>, StoreError> {
        let mut messages = Vec::new();
        let take = |message| {
            messages.push(message);
            ControlFlow::Continue(())
        };
        self.visit_messages(token, chat, range, take).await?;
        Ok(messages)
    }

    /// Hands over the messages of a chat in a range, until there are no more or the taker has
    /// enough: large texts take a call for each megabyte. Nothing where there is no chat.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn visit_messages(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        range: &NumberRange,
        mut take: impl FnMut(Message) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let partition = keys::chat_partition(token, chat);
        self.read_range(partition, keys::message_sort, range, |row| Ok(take(message_of(row)?)))
            .await
    }

    /// Reads messages of any chats of an application, at most 100, in any order; those without a
    /// row are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages(
        &self,
        token: &AccessToken,
        references: &[MessageReference],
    ) -> Result<Vec<(ChatNumber, Message)>, StoreError> {
        let keys = references
            .iter()
            .map(|reference| keys::message(token, reference.chat, reference.number))
            .collect();
        let rows = self.read_batch(keys).await?;
        rows.into_iter()
            .map(|row| {
                let chat = keys::chat_of(read_text(&row, PARTITION_KEY)?)
                    .ok_or(StoreError::Malformed { attribute: PARTITION_KEY })?;
                Ok((chat, message_of(row)?))
            })
            .collect()
    }

    /// Replaces a message's body, if its row is still at the revision that was read.
    ///
    /// # Errors
    /// [`StoreError`] of a call that surely changed nothing, or of one that may have.
    pub async fn edit_message(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        read: &Message,
        body: &MessageBody,
        edit: &Edit<'_>,
    ) -> Result<Attempt<Message>, StoreError> {
        let key = keys::message(token, chat, read.number);
        let updated_at = edit.accepted_at.max(read.updated_at);
        let attempt = self.edit(key, BODY, body.as_str(), updated_at, read.revision, edit).await?;
        attempt.try_map(message_of)
    }

    /// Says why a message has no row: its number was assigned, or it never was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn why_no_message(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        number: MessageNumber,
    ) -> Result<Missing, StoreError> {
        let counter = self.read(keys::message_numbers(token, chat)).await?;
        let last = counter.as_ref().map_or(Ok(0), read_last_number)?;
        Ok(Missing::of(number.get(), last))
    }
}
