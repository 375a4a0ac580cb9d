//! The event that Lambda's SQS source sends, and the answer that it reads.

use serde::{Deserialize, Serialize};

/// A batch of queue messages.
#[derive(Debug, Clone, Deserialize)]
pub struct SqsEvent {
    /// The messages, in no particular order.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// One queue message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Names the message in the answer.
    pub message_id: String,
    /// A job, or what pretends to be one.
    pub body: String,
    /// What stands beside the body.
    #[serde(default)]
    pub message_attributes: MessageAttributes,
}

/// The attributes of a queue message that the worker itself has sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct MessageAttributes {
    /// How often a body that no job could be read from was put off.
    #[serde(default)]
    pub attempt: Option<MessageAttribute>,
}

/// One attribute.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageAttribute {
    /// Its value, of a number too.
    pub string_value: Option<String>,
}

impl Record {
    /// A message as it was first sent.
    pub fn new(message_id: String, body: String) -> Self {
        Self { message_id, body, message_attributes: MessageAttributes::default() }
    }

    /// How often the message was put off without being read; 0 for one that never was.
    pub(crate) fn attempt(&self) -> u32 {
        let attempt = self.message_attributes.attempt.as_ref();
        attempt.and_then(|it| it.string_value.as_deref()?.parse().ok()).unwrap_or(0)
    }
}

/// Which messages of a batch are to be delivered again; all others are done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// The messages that failed.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A message that is to be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// The message's id.
    pub item_identifier: String,
}
