//! What a job says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{
    AccessToken, ChatNumber, MessageBody, MessageNumber, MessageReference, Timestamp,
};

/// Most messages that one job may ask to be indexed: what one `BatchGetItem` reads.
pub const MAX_REFERENCES: usize = 100;
/// The longest delay of a message in SQS:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html>
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// How often a body that this release cannot read is put off: for 14 days in all, as long as a
/// message of the queue lives. Each time it is sent again it would live anew.
pub const MAX_UNREAD_ATTEMPTS: u32 = 1_353;

/// A task and how often it was put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// 0 at first; 1 more each time it is sent again because a part of the system was away.
    pub attempt: u32,
    /// The request that asked for it, as the log knows it; none where several did.
    pub request_id: Option<String>,
    /// What is to be done.
    pub task: Task,
}

/// What is to be done. Each can be done again without harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Write a chat's row.
    CreateChat(CreateChat),
    /// Write a message's row and make it searchable.
    CreateMessage(CreateMessage),
    /// Make messages searchable as their rows are by then.
    IndexMessages(IndexMessages),
}

/// A chat whose number was assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateChat {
    /// Its application.
    pub access_token: AccessToken,
    /// Its number.
    pub number: ChatNumber,
    /// When its creation was accepted.
    pub created_at: Timestamp,
}

/// A message whose number was assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateMessage {
    /// Its application.
    pub access_token: AccessToken,
    /// Its chat.
    pub chat_number: ChatNumber,
    /// When the chat's creation was accepted, so that the chat's row can be written first.
    pub chat_created_at: Timestamp,
    /// Its number.
    pub number: MessageNumber,
    /// Its text.
    pub body: MessageBody,
    /// When its creation was accepted.
    pub created_at: Timestamp,
}

/// Messages of one application whose documents may be older than their rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexMessages {
    /// Their application.
    pub access_token: AccessToken,
    /// At most [`MAX_REFERENCES`].
    pub messages: Vec<MessageReference>,
    /// Whether an edit asks for it: then their chats and their application are touched too.
    pub edited: bool,
}

impl Job {
    /// A job that was never put off.
    pub fn new(task: Task) -> Self {
        Self { attempt: 0, request_id: None, task }
    }

    /// The job with the request that asks for it.
    #[must_use]
    pub fn asked_by(self, request_id: &str) -> Self {
        Self { request_id: Some(request_id.to_owned()), ..self }
    }

    /// The job as it is sent again when a part of the system is away.
    #[must_use]
    pub fn put_off(self) -> Self {
        Self { attempt: self.attempt.saturating_add(1), ..self }
    }

    /// How long it waits in the queue: doubling with each attempt, up to 15 minutes.
    pub fn delay(&self) -> Duration {
        retry_delay(self.attempt)
    }
}

/// How long what was put off so often waits in the queue.
pub(super) fn retry_delay(attempt: u32) -> Duration {
    match attempt {
        0 => Duration::ZERO,
        attempt => Duration::from_secs(1)
            .saturating_mul(2_u32.saturating_pow(attempt - 1))
            .min(LONGEST_DELAY),
    }
}

impl Task {
    /// Its kind, as jobs and log lines spell it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CreateChat(_) => "create_chat",
            Self::CreateMessage(_) => "create_message",
            Self::IndexMessages(_) => "index_messages",
        }
    }

    /// The number of what it creates.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::CreateChat(task) => Some(task.number.get()),
            Self::CreateMessage(task) => Some(task.number.get()),
            Self::IndexMessages(_) => None,
        }
    }

    /// The tenant that it is done for.
    pub fn access_token(&self) -> &AccessToken {
        match self {
            Self::CreateChat(task) => &task.access_token,
            Self::CreateMessage(task) => &task.access_token,
            Self::IndexMessages(task) => &task.access_token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_up_to_15_minutes() {
        let task = Task::IndexMessages(IndexMessages {
            access_token: AccessToken::generate().unwrap(),
            messages: Vec::new(),
            edited: false,
        });
        let mut job = Job::new(task);
        let mut delays = Vec::new();
        for _ in 0..13 {
            delays.push(job.delay().as_secs());
            job = job.put_off();
        }
        assert_eq!(delays, [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(Job { attempt: u32::MAX, ..job }.put_off().delay(), LONGEST_DELAY);
    }

    #[test]
    fn what_cannot_be_read_is_put_off_for_14_days() {
        let waits = |attempts| (1..=attempts).map(retry_delay).sum::<Duration>();
        let retention = Duration::from_hours(14 * 24);
        assert!(waits(MAX_UNREAD_ATTEMPTS) >= retention);
        assert!(waits(MAX_UNREAD_ATTEMPTS - 1) < retention);
    }
}
