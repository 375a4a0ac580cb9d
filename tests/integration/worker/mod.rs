//! The worker on real engines: jobs in, rows, counts, documents and hand-overs out.

mod dead_letters;
mod edits;
mod metrics;
mod outages;
mod panics;
mod recursion;
mod rows;
mod setup;
mod upgrade;
