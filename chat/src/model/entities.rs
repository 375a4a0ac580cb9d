//! Applications, chats and messages, as they are stored and answered.

use serde::{Deserialize, Serialize};

use super::{AccessToken, ApplicationName, ChatNumber, MessageBody, MessageNumber, Timestamp};

/// How often a row was written: 1 when created, 1 more with every write.
pub type Revision = u64;

/// A tenant: whoever holds its token reads and writes its chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Names the application and opens it.
    pub access_token: AccessToken,
    /// What people call it.
    pub name: ApplicationName,
    /// When its creation was accepted.
    pub created_at: Timestamp,
    /// The latest of its own change and of what was accepted in it.
    pub updated_at: Timestamp,
    /// Rows of chats, exactly.
    pub chat_count: u64,
    /// Rises with every change of what is shown.
    pub revision: Revision,
}

/// A numbered conversation of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// From 1 within its application.
    pub number: ChatNumber,
    /// When its creation was accepted.
    pub created_at: Timestamp,
    /// The latest of its creation and of what was accepted in it.
    pub updated_at: Timestamp,
    /// Rows of messages, exactly.
    pub message_count: u64,
}

/// A numbered text in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// From 1 within its chat.
    pub number: MessageNumber,
    /// The text as it was sent.
    pub body: MessageBody,
    /// When its creation was accepted.
    pub created_at: Timestamp,
    /// The latest of its creation and its last edit.
    pub updated_at: Timestamp,
    /// Rises with every edit; the version of its search document.
    pub revision: Revision,
}

/// Where a message stands within its application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MessageReference {
    /// Its chat's number.
    pub chat: ChatNumber,
    /// Its own number.
    pub number: MessageNumber,
}
