//! The domain: what an application, a chat and a message are, and the values that name and fill
//! them. Knows no AWS and no HTTP; each value is checked once, where it is made.

mod entities;
mod keyword;
mod numbers;
mod texts;
mod timestamp;
mod token;

pub use entities::{Application, Chat, Message, MessageReference, Revision};
pub use keyword::{InvalidKeyword, KEYWORD_MAX_CHARS, Keyword};
pub use numbers::{ChatNumber, InvalidNumber, MessageNumber};
pub use texts::{
    APPLICATION_NAME_MAX_CHARS, ApplicationName, InvalidApplicationName, InvalidMessageBody,
    MESSAGE_BODY_MAX_BYTES, MessageBody,
};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use token::{AccessToken, InvalidAccessToken, InvalidTenantDigest, TenantDigest};
