//! The HTTP contract, sentence by sentence, on the deployed stack at `BASE_URL`.

mod access;
mod errors;
mod numbers;
mod pages;
mod parameters;
mod routes;
mod search;
mod shared;
mod times;
