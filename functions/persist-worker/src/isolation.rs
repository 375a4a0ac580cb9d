//! Keeping a panic to the one item that causes it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

/// Why an item's work has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs one piece of work and tells a panic from a result. What a panic leaves half done is
/// idempotent by number, and nothing is shared but clients.
pub(crate) async fn isolated<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_from_a_result() {
        assert_eq!(isolated(async { 7 }).await, Ok(7));
        assert_eq!(isolated(async { panic!("on purpose") }).await, Err::<(), _>(Panicked));
    }
}
