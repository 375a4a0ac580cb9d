//! Numbers from atomic counters: one conditional `UpdateItem` each, which takes the place of a
//! distributed lock. A retry of a call that did land reads its own number back and burns none.

use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use thiserror::Error;

use super::{
    Store, StoreError,
    attributes::{self, integer, read_last_number, read_text, read_time, time},
    keys::{self, CREATED_AT, Item, LAST_NUMBER, LAST_REQUEST, PARTITION_KEY},
};
use crate::model::{AccessToken, ChatNumber, MessageNumber, Timestamp};

/// `last_request` of a counter that gave no number yet; no request has this id.
pub(super) const NO_REQUEST: &str = "none";

/// Why no number was assigned.
#[derive(Debug, Error)]
pub enum NumberingError {
    /// The application or chat does not exist; nothing was changed.
    #[error("nothing is numbered there")]
    NoSuchParent,
    /// Every number of at most 10 digits was given.
    #[error("all numbers are used")]
    Exhausted,
    /// The counter could not be reached or read; a number may have been used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A number given to a chat or a message, and the times that its job carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned<N> {
    /// The number.
    pub number: N,
    /// When the creation was accepted.
    pub created_at: Timestamp,
    /// When the creation of the message's chat was accepted; of a chat, its own.
    pub chat_created_at: Timestamp,
}

impl Store {
    /// Gives the next chat number of an application to what was accepted at `created_at`.
    /// `request_id` names this invocation and no other: the same id gives the same number.
    ///
    /// # Errors
    /// [`NumberingError`].
    pub async fn assign_chat_number(
        &self,
        token: &AccessToken,
        request_id: &str,
        created_at: Timestamp,
    ) -> Result<Assigned<ChatNumber>, NumberingError> {
        let counter = self.next_number(keys::chat_numbers(token), request_id).await?;
        let number = ChatNumber::try_from(read_last_number(&counter)?)
            .map_err(|_| NumberingError::Exhausted)?;
        Ok(Assigned { number, created_at, chat_created_at: created_at })
    }

    /// Gives the next message number of a chat, as [`Self::assign_chat_number`] does.
    ///
    /// # Errors
    /// [`NumberingError`].
    pub async fn assign_message_number(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        request_id: &str,
        created_at: Timestamp,
    ) -> Result<Assigned<MessageNumber>, NumberingError> {
        let counter = self.next_number(keys::message_numbers(token, chat), request_id).await?;
        let number = MessageNumber::try_from(read_last_number(&counter)?)
            .map_err(|_| NumberingError::Exhausted)?;
        Ok(Assigned { number, created_at, chat_created_at: read_time(&counter, CREATED_AT)? })
    }

    /// Makes a chat's message counter unless it is there, so that messages are accepted from
    /// the moment the chat's creation is answered.
    ///
    /// # Errors
    /// [`StoreError`]; the counter may be there all the same.
    pub async fn put_message_counter(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        created_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut counter = counter(keys::message_numbers(token, chat));
        counter.insert(CREATED_AT.to_owned(), time(created_at));
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(counter))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::of_call("PutItem", error)),
            },
        }
    }

    /// The counter after this request took a number from it.
    async fn next_number(&self, key: Item, request_id: &str) -> Result<Item, NumberingError> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression("ADD #last_number :one SET #last_request = :request")
            .condition_expression("attribute_exists(#pk) AND #last_request <> :request")
            .set_expression_attribute_names(Some(attributes::expression_names([
                PARTITION_KEY,
                LAST_NUMBER,
                LAST_REQUEST,
            ])))
            .expression_attribute_values(":one", integer(1))
            .expression_attribute_values(":request", attributes::text(request_id))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(answer) => Ok(answer.attributes.unwrap_or_default()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    match &refusal.item {
                        None => Err(NumberingError::NoSuchParent),
                        Some(counter) if read_text(counter, LAST_REQUEST)? == request_id => {
                            Ok(counter.clone())
                        }
                        Some(_) => Err(StoreError::Malformed { attribute: LAST_REQUEST }.into()),
                    }
                }
                _ => Err(StoreError::of_call("UpdateItem", error).into()),
            },
        }
    }
}

/// A counter that gave no number yet.
pub(super) fn counter(key: Item) -> Item {
    let mut counter = key;
    counter.insert(LAST_NUMBER.to_owned(), integer(0));
    counter.insert(LAST_REQUEST.to_owned(), attributes::text(NO_REQUEST));
    counter
}
