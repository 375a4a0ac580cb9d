//! The HTTP contract, sentence by sentence, on the deployed stack at `BASE_URL`.

mod abuse;
mod access;
mod concurrent_edits;
mod errors;
mod idempotency;
mod numbers;
mod pages;
mod parameters;
mod routes;
mod search;
mod shared;
mod times;
