//! Records of idempotency keys: who creates under a key, and which number came of it.
//!
//! A record lives for 24 hours, judged by its own time, since DynamoDB deletes expired items late.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{
        delete_item::DeleteItemError,
        put_item::{PutItemError, builders::PutItemFluentBuilder},
        update_item::UpdateItemError,
    },
    types::ReturnValuesOnConditionCheckFailure,
};
use base16ct::lower;
use sha2::{Digest as _, Sha256};

use super::{
    Assigned, Store, StoreError,
    attributes::{expression_names, integer, read_integer, read_text, read_time, text, time},
    keys::{
        self, CHAT_CREATED_AT, CREATED_AT, DIGEST, EXPIRES_AT, Item, NUMBER, OWNER, PARTITION_KEY,
        TAKEN_AT,
    },
};
use crate::model::{AccessToken, ChatNumber, Timestamp};

const LIFETIME_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// A creation under way for longer has died: its function ended after 10 s.
const TAKE_OVER_AFTER_MILLIS: i64 = 60_000;

/// What a key is unique in: an application's chats, or a chat's messages.
#[derive(Clone, Copy)]
pub struct KeyScope<'a> {
    /// The application.
    pub token: &'a AccessToken,
    /// The chat whose message is created; none where a chat is.
    pub chat: Option<ChatNumber>,
    /// The client's key.
    pub key: &'a str,
}

/// What is told apart under one key: SHA-256 of a payload as it was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadDigest(String);

impl PayloadDigest {
    /// The digest of a payload; of nothing where the creation has none.
    pub fn of(payload: &str) -> Self {
        Self(lower::encode_string(&Sha256::digest(payload)))
    }

    /// Whether a record is of this payload.
    pub(super) fn is_of(&self, record: &Item) -> Result<bool, StoreError> {
        Ok(read_text(record, DIGEST)? == self.0)
    }
}

/// What a record says to a creation under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim<N> {
    /// The key is this creation's: go on.
    Mine,
    /// A number was given: answer it again.
    Answered(Assigned<N>),
    /// The key was used with another payload.
    OtherPayload,
    /// Another creation under the key has not ended yet.
    UnderWay,
}

impl Store {
    /// Claims a key for the creation that `owner` names, or says what became of it before.
    ///
    /// # Errors
    /// [`StoreError`]; the key may be claimed all the same.
    pub async fn claim_key<N: TryFrom<u64>>(
        &self,
        scope: &KeyScope<'_>,
        digest: &PayloadDigest,
        owner: &str,
        now: Timestamp,
    ) -> Result<Claim<N>, StoreError> {
        let put = self.put_unexpired(keys::idempotency(scope), digest, owner, now);
        let Some(record) = refused_by(put.send().await)? else { return Ok(Claim::Mine) };
        let seen = match judge(&record, digest, owner, now)? {
            Verdict::Is(claim) => return Ok(claim),
            Verdict::Died { taken_at } => taken_at,
        };

        let take_over = self
            .put_record(keys::idempotency(scope), digest, owner, now)
            .condition_expression("#taken_at = :seen AND attribute_not_exists(#number)")
            .set_expression_attribute_names(Some(expression_names([TAKEN_AT, NUMBER])))
            .expression_attribute_values(":seen", time(seen));
        match refused_by(take_over.send().await)? {
            None => Ok(Claim::Mine),
            // A retry of the call that did land finds its own record.
            Some(record) if read_text(&record, OWNER)? == owner => Ok(Claim::Mine),
            Some(_) => Ok(Claim::UnderWay),
        }
    }

    /// Writes the number that was given into the record; false where the key is no longer `owner`'s.
    ///
    /// # Errors
    /// [`StoreError`]; the number may be written all the same.
    pub async fn record_number<N: Copy + Into<u64>>(
        &self,
        scope: &KeyScope<'_>,
        owner: &str,
        recorded: &Assigned<N>,
    ) -> Result<bool, StoreError> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::idempotency(scope)))
            .update_expression(
                "SET #number = :number, #created_at = :created_at, \
                 #chat_created_at = :chat_created_at",
            )
            .condition_expression("#owner = :owner")
            .set_expression_attribute_names(Some(expression_names([
                NUMBER,
                CREATED_AT,
                CHAT_CREATED_AT,
                OWNER,
            ])))
            .expression_attribute_values(":number", integer(recorded.number.into()))
            .expression_attribute_values(":created_at", time(recorded.created_at))
            .expression_attribute_values(":chat_created_at", time(recorded.chat_created_at))
            .expression_attribute_values(":owner", text(owner))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(StoreError::of_call("UpdateItem", error)),
            },
        }
    }

    /// Leaves a key unused again, if it is still `owner`'s.
    ///
    /// # Errors
    /// [`StoreError`]; the key may be free all the same.
    pub async fn release_key(&self, scope: &KeyScope<'_>, owner: &str) -> Result<(), StoreError> {
        let outcome = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::idempotency(scope)))
            .condition_expression("#owner = :owner")
            .set_expression_attribute_names(Some(expression_names([OWNER])))
            .expression_attribute_values(":owner", text(owner))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(StoreError::of_call("DeleteItem", error)),
            },
        }
    }

    /// Puts a record where there is none that has not expired.
    pub(super) fn put_unexpired(
        &self,
        record: Item,
        digest: &PayloadDigest,
        owner: &str,
        now: Timestamp,
    ) -> PutItemFluentBuilder {
        self.put_record(record, digest, owner, now)
            .condition_expression("attribute_not_exists(#pk) OR #expires_at <= :now")
            .set_expression_attribute_names(Some(expression_names([PARTITION_KEY, EXPIRES_AT])))
            .expression_attribute_values(":now", integer(seconds(now)))
    }

    /// `record` has its key, and what else the creation needs.
    fn put_record(
        &self,
        mut record: Item,
        digest: &PayloadDigest,
        owner: &str,
        now: Timestamp,
    ) -> PutItemFluentBuilder {
        record.extend([
            (DIGEST.to_owned(), text(&digest.0)),
            (OWNER.to_owned(), text(owner)),
            (TAKEN_AT.to_owned(), time(now)),
            // The next whole second, so that no record ends early.
            (EXPIRES_AT.to_owned(), integer(seconds(now.plus_millis(LIFETIME_MILLIS)) + 1)),
        ]);
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(record))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// The record that refused a conditional put; none where it was made.
pub(super) fn refused_by<T, R>(
    outcome: Result<T, SdkError<PutItemError, R>>,
) -> Result<Option<Item>, StoreError>
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Err(error) = outcome else { return Ok(None) };
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
            Ok(Some(refusal.item.clone().unwrap_or_default()))
        }
        _ => Err(StoreError::of_call("PutItem", error)),
    }
}

enum Verdict<N> {
    Is(Claim<N>),
    /// The creation that took the key then gave no number and is over.
    Died {
        taken_at: Timestamp,
    },
}

/// What a record that is not expired says, in the order in which it is asked.
fn judge<N: TryFrom<u64>>(
    record: &Item,
    digest: &PayloadDigest,
    owner: &str,
    now: Timestamp,
) -> Result<Verdict<N>, StoreError> {
    if read_text(record, OWNER)? == owner {
        return Ok(Verdict::Is(Claim::Mine));
    }
    if !digest.is_of(record)? {
        return Ok(Verdict::Is(Claim::OtherPayload));
    }
    if record.contains_key(NUMBER) {
        return Ok(Verdict::Is(Claim::Answered(Assigned {
            number: N::try_from(read_integer(record, NUMBER)?)
                .map_err(|_| StoreError::Malformed { attribute: NUMBER })?,
            created_at: read_time(record, CREATED_AT)?,
            chat_created_at: read_time(record, CHAT_CREATED_AT)?,
        })));
    }
    let taken_at = read_time(record, TAKEN_AT)?;
    if now < taken_at.plus_millis(TAKE_OVER_AFTER_MILLIS) {
        return Ok(Verdict::Is(Claim::UnderWay));
    }
    Ok(Verdict::Died { taken_at })
}

/// DynamoDB's time to live counts seconds.
fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.unix_seconds()).unwrap_or_default()
}
