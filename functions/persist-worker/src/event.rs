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
