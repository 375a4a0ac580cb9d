//! Which seeds run, and for how long.

use std::{
    env,
    time::{Duration, Instant},
};

/// What runs where nobody says: enough to try every fault, in well under a minute.
const DEFAULT_SEEDS: &str = "1..16";

/// The seeds of `CHAOS_SEEDS`, and the end of `CHAOS_MINUTES`.
pub(crate) fn from_environment(now: Instant) -> (std::ops::RangeInclusive<u64>, Instant) {
    let text = env::var("CHAOS_SEEDS").unwrap_or_default();
    let text = if text.is_empty() { DEFAULT_SEEDS } else { &text };
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| {
        text.trim().parse().unwrap_or_else(|_| panic!("CHAOS_SEEDS is {text:?}: 7 or 1..200"))
    };
    let minutes: u64 = match env::var("CHAOS_MINUTES").unwrap_or_default().as_str() {
        "" => 24 * 60,
        text => text.parse().unwrap_or_else(|_| panic!("CHAOS_MINUTES is {text:?}: a number")),
    };
    (number(first)..=number(last), now + Duration::from_mins(minutes))
}
