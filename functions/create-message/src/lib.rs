//! `POST …/messages`: assigns a message's number and queues its job.

mod handler;

pub use handler::CreateMessage;
