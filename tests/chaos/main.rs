//! The promises under faults. Each seed runs clients and workers against real engines, with a
//! fault layer in between that loses, delays, refuses and cuts calls and kills functions; then the
//! faults stop, the queue drains, and a final read of rows, counters and index is judged against
//! the recorded history.
//!
//! `CHAOS_SEEDS` (`7` or `1..200`) says which seeds run, `CHAOS_MINUTES` for how long at most.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what serves a test fails it by panicking, and a seed's outcome is for people to read"
)]

mod checks;
mod clients;
mod faults;
mod final_state;
mod history;
mod mistakes;
mod queue;
mod seeds;
mod world;

use std::time::Instant;

use futures_util::{StreamExt as _, stream};

/// Seeds that run at the same time: their calls mostly wait.
const AT_ONCE: usize = 4;

#[tokio::test]
async fn no_number_is_given_twice_nothing_accepted_is_lost_and_counts_equal_rows() {
    let (seeds, until) = seeds::from_environment(Instant::now());
    let mut outcomes = stream::iter(seeds)
        .take_while(|_| std::future::ready(Instant::now() < until))
        .map(|seed| async move { (seed, run(seed).await) })
        .buffer_unordered(AT_ONCE);
    let mut ran = 0;
    let mut broken = Vec::new();
    while let Some((seed, violations)) = outcomes.next().await {
        ran += 1;
        if !violations.is_empty() {
            broken.push(seed);
        }
    }
    println!("{ran} seeds ran, {} broke a promise: {broken:?}", broken.len());
    assert!(ran > 0, "no seed ran");
    assert!(broken.is_empty(), "seeds that broke a promise: {broken:?}");
}

/// Runs one seed and returns what it broke; keeps the history of one that broke something.
async fn run(seed: u64) -> Vec<String> {
    let world = world::World::new(seed).await;
    clients::run(&world).await;
    world.stop_faults().await;
    clients::retry_keyed_creations(&world).await;
    clients::retry_applications(&world).await;
    world.drain().await;
    let mistaken = mistakes::send(&world).await;
    world.drain().await;
    let state = final_state::read(&world).await;
    let violations = checks::judge(&world, &state, &mistaken);
    let history = world.history.report(seed, &world.trace(), &violations);
    if violations.is_empty() {
        println!("seed {seed}: {}", history.summary);
    } else {
        let path = history.keep();
        println!("seed {seed} broke {violations:#?}\nits history: {}", path.display());
    }
    violations
}
