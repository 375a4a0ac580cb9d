//! `POST …/chats`: assigns a chat's number, makes the counter of its messages and queues its job.

mod handler;

pub use handler::CreateChat;
