//! Waiting between tries of a call that met a conflict, which the SDK does not repeat itself.

use std::time::{Duration, Instant};

/// The longest wait before the second repeat; the first is made at once. What a call met is over
/// within milliseconds, which the answer that told of it has taken already: longer waits would cost
/// a hot chat more of its throughput than the conflicts do.
const FIRST_WAIT: Duration = Duration::from_millis(1);
const GROWTH: f64 = 1.5;
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// How long an operation without a deadline of its caller may repeat calls: with the longest call
/// before it, it ends within the 10 s of an HTTP function.
const ONE_CALL: Duration = Duration::from_secs(3);

/// No wait, then growing ones with jitter, up to a deadline.
#[derive(Debug)]
pub struct Backoff {
    deadline: Instant,
    longest: Duration,
}

impl Backoff {
    /// Waits that end at the deadline.
    pub fn until(deadline: Instant) -> Self {
        Self { deadline, longest: Duration::ZERO }
    }

    pub(super) fn of_one_call() -> Self {
        Self::until(Instant::now() + ONE_CALL)
    }

    /// Waits before the next try; false, at once, where the deadline leaves no time for one.
    pub async fn wait(&mut self) -> bool {
        let wait = random_up_to(self.longest);
        if Instant::now() + wait >= self.deadline {
            return false;
        }
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        self.longest = self.longest.mul_f64(GROWTH).clamp(FIRST_WAIT, LONGEST_WAIT);
        true
    }
}

/// Full jitter, so that writers that met do not meet again. Without randomness it waits longest.
fn random_up_to(longest: Duration) -> Duration {
    let share = getrandom::u32().unwrap_or(u32::MAX);
    longest.mul_f64(f64::from(share) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_end_at_the_deadline() {
        let mut backoff = Backoff::until(Instant::now() + Duration::from_millis(60));
        let mut tries = 0;
        while backoff.wait().await {
            tries += 1;
        }
        assert!(tries >= 1, "a first try fits");
        assert!(!Backoff::until(Instant::now()).wait().await);
    }
}
