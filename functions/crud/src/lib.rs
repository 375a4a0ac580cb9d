//! Every route but the two creations: applications, chats and messages are read here, applications
//! created and renamed, messages edited and searched; and the pages, the OpenAPI document and health.

mod applications;
mod chats;
mod handler;
mod health;
mod messages;
mod pages;
mod preconditions;
mod search;

pub use handler::Crud;
pub use health::Readiness;
