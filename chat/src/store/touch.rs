//! Moving `updated_at` of chats and applications forward, never back.

use std::time::Instant;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

use super::{
    Store, StoreError,
    attributes::{expression_names, integer, time},
    error::is_transaction_conflict,
    keys::{self, Item, REVISION, UPDATED_AT},
    retry::Backoff,
};
use crate::{
    model::{AccessToken, ChatNumber, Timestamp},
    telemetry::met_conflict,
};

const OPERATION: &str = "UpdateItem";

impl Store {
    /// Moves a chat's `updated_at` to `time` unless it is there or later already. A missing chat
    /// is no error. Conflicts are retried until the deadline.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn touch_chat(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        time: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        self.touch(keys::chat(token, chat), time, None, deadline).await
    }

    /// Moves an application's `updated_at`, as [`Self::touch_chat`] does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn touch_application(
        &self,
        token: &AccessToken,
        time: Timestamp,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        self.touch(keys::application(token), time, Some(REVISION), deadline).await
    }

    async fn touch(
        &self,
        key: Item,
        to: Timestamp,
        revision: Option<&'static str>,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let mut backoff = Backoff::until(deadline);
        loop {
            let mut update = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .update_expression("SET #updated_at = :to")
                .condition_expression("#updated_at < :to")
                .set_expression_attribute_names(Some(expression_names([UPDATED_AT])))
                .expression_attribute_values(":to", time(to));
            if let Some(revision) = revision {
                update = update
                    .update_expression("SET #updated_at = :to ADD #revision :one")
                    .expression_attribute_names("#revision", revision)
                    .expression_attribute_values(":one", integer(1));
            }
            let Err(error) = update.send().await else { return Ok(()) };
            if let Some(UpdateItemError::ConditionalCheckFailedException(_)) =
                error.as_service_error()
            {
                return Ok(());
            }
            if !is_transaction_conflict(&error) {
                return Err(StoreError::of_call(OPERATION, error));
            }
            met_conflict();
            if !backoff.wait().await {
                return Err(StoreError::Contended { operation: OPERATION });
            }
        }
    }
}
