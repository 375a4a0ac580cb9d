//! Integration tests, on the deployed stack and on its engines.
#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what serves a test fails it by panicking"
)]

mod admin_key;
mod calls;
mod chatctl;
mod contract;
mod local_invokes;
mod process;
mod queue;
mod readiness;
mod readme;
mod roles;
mod search;
mod store;
mod traces;
mod worker;
