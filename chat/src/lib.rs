//! What the functions of lambda-chat share: the model, and the rooms that store it, queue jobs
//! about it, make it searchable and speak HTTP about it.

pub mod api;
pub mod clients;
pub mod config;
pub mod http;
pub mod idempotency;
pub mod jobs;
pub mod model;
mod problems;
pub mod search;
pub mod store;
pub mod telemetry;
