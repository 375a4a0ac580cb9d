//! Use cases that join the store, the queue and the HTTP module. Each is one function, called by
//! whichever Lambda function a gateway sends its request to.

mod create_chat;
mod create_message;

pub use create_chat::create_chat;
pub use create_message::create_message;
