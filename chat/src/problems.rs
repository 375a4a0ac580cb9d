//! What the engines' errors mean to a client: the one place that turns them into problems.

use crate::{
    http::Problem,
    jobs::QueueError,
    search::SearchError,
    store::{NumberingError, StoreError},
};

/// When a client should try again what failed because an engine was away or busy, in seconds.
const RETRY_AFTER_SECONDS: u32 = 1;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } | StoreError::Contended { .. } => {
                Self::unavailable(RETRY_AFTER_SECONDS, error)
            }
            StoreError::Refused { .. } | StoreError::Malformed { .. } => Self::internal(error),
        }
    }
}

impl From<NumberingError> for Problem {
    fn from(error: NumberingError) -> Self {
        match error {
            NumberingError::NoSuchParent => Self::not_found(),
            NumberingError::Exhausted => Self::internal(error),
            NumberingError::Store(error) => error.into(),
        }
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        Self::unavailable(RETRY_AFTER_SECONDS, error)
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        Self::unavailable(RETRY_AFTER_SECONDS, error)
    }
}
