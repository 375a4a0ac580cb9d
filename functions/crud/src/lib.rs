//! Every route but the two creations: applications, chats and messages are read here, applications
//! created and renamed, messages edited and searched.

mod applications;
mod chats;
mod handler;
mod messages;
mod pages;
mod preconditions;
mod search;

pub use handler::Crud;
