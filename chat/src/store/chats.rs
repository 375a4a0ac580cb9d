//! Reading rows of chats, and finding out why one is missing.

use std::ops::ControlFlow;

use super::{
    Missing, NumberRange, Store, StoreError,
    attributes::{chat_of, read_last_number},
    keys,
};
use crate::model::{AccessToken, Chat, ChatNumber};

impl Store {
    /// Reads a chat, strongly consistent; `None` where it has no row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn chat(
        &self,
        token: &AccessToken,
        number: ChatNumber,
    ) -> Result<Option<Chat>, StoreError> {
        self.read(keys::chat(token, number)).await?.as_ref().map(chat_of).transpose()
    }

    /// Reads the chats of an application in a range; nothing where there is no application.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_chats(
        &self,
        token: &AccessToken,
        range: &NumberRange,
    ) -> Result<Vec<Chat>, StoreError> {
        let partition = keys::application_partition(token);
        let mut chats = Vec::new();
        self.read_range(partition, keys::chat_sort, range, |row| {
            chats.push(chat_of(&row)?);
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(chats)
    }

    /// Says why a chat has no row: its number was assigned, or it never was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn why_no_chat(
        &self,
        token: &AccessToken,
        number: ChatNumber,
    ) -> Result<Missing, StoreError> {
        let counter = self.read(keys::chat_numbers(token)).await?;
        let last = counter.as_ref().map_or(Ok(0), read_last_number)?;
        Ok(Missing::of(number.get(), last))
    }
}
