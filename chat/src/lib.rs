//! What the functions of lambda-chat share: the model, and the rooms that store it, queue jobs
//! about it, make it searchable and speak HTTP about it.

pub mod clients;
pub mod config;
pub mod jobs;
pub mod model;
pub mod store;
