//! What can go wrong with the store, sorted by what a caller can do about it.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

/// A failed call to the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No answer, a throttle or a fault of the engine, after the SDK's retries: whether the call
    /// landed is unknown. Trying again later helps.
    #[error("the store did not take {operation}")]
    Unavailable {
        /// The API call.
        operation: &'static str,
        /// What the SDK said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Other writers of the same rows were faster until time ran out; nothing was written.
    #[error("{operation} met conflicting writes until its time ran out")]
    Contended {
        /// The API call.
        operation: &'static str,
    },
    /// The engine says that the call can never succeed, and changed nothing.
    #[error("the store refused {operation}")]
    Refused {
        /// The API call.
        operation: &'static str,
        /// What the engine said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An item lacks an attribute or has one of another type.
    #[error("an item has no valid {attribute}")]
    Malformed {
        /// The attribute's name.
        attribute: &'static str,
    },
}

impl StoreError {
    /// Sorts a failed call: only what the engine calls invalid can never succeed. A missing
    /// table or permission is a deployment's fault, which its operator mends.
    pub(super) fn of_call<E, R>(operation: &'static str, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let refused = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code)
            .is_some_and(|code| code == "ValidationException");
        let source = error.into();
        if refused {
            Self::Refused { operation, source }
        } else {
            Self::Unavailable { operation, source }
        }
    }
}

/// Whether a call failed for a write that conflicts with a transaction under way: it changed
/// nothing and may be repeated. The SDK does not do so by itself.
pub(super) fn is_transaction_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| code == "TransactionConflictException")
}
