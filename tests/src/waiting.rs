//! Waiting for a condition, never for a time; and many requests at once, but not too many.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep};

/// How long a condition may take to come true. An idle stack needs a few seconds; this leaves room
/// for a busy one.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Two polls of one condition lie this far apart.
const PAUSE: Duration = Duration::from_millis(150);

/// More requests than this at once only queue up inside a local stack.
const AT_ONCE: usize = 16;

/// Tries until an attempt succeeds and returns what it found.
///
/// # Panics
/// Where none has succeeded by the deadline, with what the last attempt said.
pub async fn eventually<T, E: Debug>(
    what: &str,
    mut attempt: impl AsyncFnMut() -> Result<T, E>,
) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match attempt().await {
            Ok(found) => return found,
            Err(last) if Instant::now() > deadline => {
                panic!("not within {DEADLINE:?}: {what}; last seen: {last:?}")
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Runs futures at the same time, a bounded number at once, and returns their outputs in order.
pub async fn together<F: IntoFuture>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let futures = futures.into_iter().map(IntoFuture::into_future);
    stream::iter(futures).buffered(AT_ONCE).collect().await
}
