//! Edits: a text of one row is replaced under the condition that the row is still as it was read.

use std::time::Duration;

use aws_sdk_dynamodb::{
    config::{Builder, retry::RetryConfig},
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};

use super::{
    Store, StoreError,
    attributes::{expression_names, integer, read_integer, read_text, text, time},
    error::is_transaction_conflict,
    keys::{Item, LAST_REQUEST, REVISION, UPDATED_AT},
    retry::Backoff,
};
use crate::{
    model::{Revision, Timestamp},
    telemetry::met_conflict,
};

/// Between a call whose answer was lost and the next try.
const PAUSE: Duration = Duration::from_millis(50);

/// One edit, which may take several tries.
#[derive(Debug, Clone, Copy)]
pub struct Edit<'a> {
    /// Names this invocation and no other.
    pub request_id: &'a str,
    /// When the edit was accepted.
    pub accepted_at: Timestamp,
}

/// How a conditional edit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt<T> {
    /// The row holds the edit.
    Done(T),
    /// The row was written by others since it was read; it does not hold the edit.
    Outdated,
    /// The row was written several times since it was read, and an answer was lost: the edit may
    /// be among those writes, and repeating it could undo a later one.
    Unknown,
}

impl<T> Attempt<T> {
    pub(super) fn try_map<U, E>(
        self,
        convert: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Attempt<U>, E> {
        Ok(match self {
            Self::Done(value) => Attempt::Done(convert(value)?),
            Self::Outdated => Attempt::Outdated,
            Self::Unknown => Attempt::Unknown,
        })
    }
}

impl Store {
    /// Sets one text of a row that is at revision `read`, and tells lost answers from refusals:
    /// the SDK's own retries are off here, since they would hide that an answer was lost.
    pub(super) async fn edit(
        &self,
        key: Item,
        attribute: &'static str,
        value: &str,
        updated_at: Timestamp,
        read: Revision,
        edit: &Edit<'_>,
    ) -> Result<Attempt<Item>, StoreError> {
        let mut answer_lost = false;
        let mut backoff = Backoff::of_one_call();
        loop {
            let outcome = self
                .client
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .update_expression(format!(
                    "SET #{attribute} = :value, #updated_at = :now, #last_request = :request \
                     ADD #revision :one"
                ))
                .condition_expression("#revision = :read")
                .set_expression_attribute_names(Some(expression_names([
                    attribute,
                    UPDATED_AT,
                    LAST_REQUEST,
                    REVISION,
                ])))
                .expression_attribute_values(":value", text(value))
                .expression_attribute_values(":now", time(updated_at))
                .expression_attribute_values(":request", text(edit.request_id))
                .expression_attribute_values(":one", integer(1))
                .expression_attribute_values(":read", integer(read))
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                )
                .customize()
                .config_override(Builder::new().retry_config(RetryConfig::disabled()))
                .send()
                .await;
            let error = match outcome {
                Ok(answer) => return Ok(Attempt::Done(answer.attributes.unwrap_or_default())),
                Err(error) => error,
            };
            if let Some(UpdateItemError::ConditionalCheckFailedException(refusal)) =
                error.as_service_error()
            {
                return match &refusal.item {
                    Some(row) => judge(row, read, edit.request_id, answer_lost),
                    None => Ok(Attempt::Outdated),
                };
            }
            let conflict = is_transaction_conflict(&error);
            answer_lost |= !conflict;
            if conflict {
                met_conflict();
            }
            let failure = StoreError::of_call("UpdateItem", error);
            if matches!(failure, StoreError::Refused { .. }) {
                return Err(failure);
            }
            let time_left = backoff.wait().await;
            match (time_left, conflict) {
                (true, true) => {}
                (true, false) => tokio::time::sleep(PAUSE).await,
                (false, true) if !answer_lost => {
                    return Err(StoreError::Contended { operation: "UpdateItem" });
                }
                (false, _) => return Err(failure),
            }
        }
    }
}

/// What a row that is no longer as it was read says of an edit.
fn judge(
    row: &Item,
    read: Revision,
    request_id: &str,
    answer_lost: bool,
) -> Result<Attempt<Item>, StoreError> {
    if read_text(row, LAST_REQUEST)? == request_id {
        return Ok(Attempt::Done(row.clone()));
    }
    // A single write since then, by somebody else, leaves no room for ours.
    let written_once = read_integer(row, REVISION)? == read + 1;
    Ok(if answer_lost && !written_once { Attempt::Unknown } else { Attempt::Outdated })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(revision: u64, last_request: &str) -> Item {
        Item::from([
            (REVISION.to_owned(), integer(revision)),
            (LAST_REQUEST.to_owned(), text(last_request)),
        ])
    }

    #[test]
    fn a_row_tells_whether_an_edit_is_in_it() {
        let judged = |revision, request, lost| judge(&row(revision, request), 3, "mine", lost);
        assert!(matches!(judged(4, "mine", true), Ok(Attempt::Done(_))));
        assert!(matches!(judged(9, "mine", true), Ok(Attempt::Done(_))), "counts came after");
        assert_eq!(judged(4, "other", true).unwrap(), Attempt::Outdated, "one write, not ours");
        assert_eq!(judged(5, "other", true).unwrap(), Attempt::Unknown, "ours may be replaced");
        assert_eq!(judged(5, "other", false).unwrap(), Attempt::Outdated, "ours was refused");
    }
}
