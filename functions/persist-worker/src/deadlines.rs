//! How an invocation's time is shared out.

use std::time::{Duration, Instant, SystemTime};

/// What an invocation has where nobody says (a local invoke): the function's timeout.
const INVOCATION: Duration = Duration::from_secs(30);
/// Left for the queue when the search engine's calls end: one send with its retries.
const FOR_QUEUE: Duration = Duration::from_secs(5);
/// Left for the search engine and the queue when the store's calls end.
const FOR_SEARCH_AND_QUEUE: Duration = Duration::from_secs(15);

/// When each part of the work must end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadlines {
    /// Retries of store calls that met conflicts.
    pub(crate) store: Instant,
    /// Calls of the search engine.
    pub(crate) search: Instant,
}

impl Deadlines {
    /// Shares out the time up to the moment at which Lambda ends the invocation.
    pub(crate) fn until(invocation_ends: SystemTime) -> Self {
        let left = invocation_ends
            .duration_since(SystemTime::now())
            .ok()
            .filter(|left| *left <= INVOCATION)
            .unwrap_or(INVOCATION);
        let now = Instant::now();
        Self {
            store: now + left.saturating_sub(FOR_SEARCH_AND_QUEUE),
            search: now + left.saturating_sub(FOR_QUEUE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_engine_leaves_time_for_the_queue_and_the_store_for_both() {
        let ends = SystemTime::now() + Duration::from_secs(20);
        let deadlines = Deadlines::until(ends);
        let now = Instant::now();
        assert!(deadlines.store <= now + Duration::from_secs(5));
        assert!(deadlines.search <= now + Duration::from_secs(15));
        assert!(deadlines.search > deadlines.store);
    }

    #[test]
    fn an_invocation_whose_end_is_unknown_has_the_functions_timeout() {
        for ends in [SystemTime::UNIX_EPOCH, SystemTime::now() + Duration::from_hours(1)] {
            assert!(Deadlines::until(ends).search > Instant::now() + Duration::from_secs(20));
        }
    }
}
