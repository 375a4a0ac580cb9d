//! Jobs as JSON in the bodies of queue messages.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Job, Task};

/// The form of the bodies that this release writes, and the newest that it reads.
const VERSION: u32 = 1;

/// Why a queue message's body is no job for this release.
#[derive(Debug, Error)]
pub enum UnreadableJob {
    /// No job of any release.
    #[error("not a job: {0}")]
    Malformed(String),
    /// A job of a newer release, which a newer worker will do.
    #[error("a job of version {0}, newer than this worker")]
    Newer(u32),
}

#[derive(Serialize)]
struct Outgoing<'a> {
    version: u32,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(flatten)]
    task: &'a Task,
}

/// What is read first, since it says how to read the rest.
#[derive(Deserialize)]
struct Envelope {
    version: u32,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default)]
    attempt: u32,
    request_id: Option<String>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

impl Job {
    /// The body of this job's queue message.
    pub fn to_body(&self) -> String {
        let Self { attempt, request_id, task } = self;
        let request_id = request_id.as_deref();
        let outgoing = Outgoing { version: VERSION, attempt: *attempt, request_id, task };
        // Serializing strings, numbers and lists into memory does not fail.
        let json = serde_json::to_string(&outgoing).unwrap_or_default();
        escape_for_queue(json)
    }

    /// Reads the body of a queue message.
    ///
    /// # Errors
    /// [`UnreadableJob`]; its text holds nothing of the body.
    pub fn from_body(body: &str) -> Result<Self, UnreadableJob> {
        let Envelope { version } = read(body)?;
        if version > VERSION {
            return Err(UnreadableJob::Newer(version));
        }
        // The text is read once for its kind and once for the rest: to read it into the tagged enum
        // would copy it all into an intermediate form.
        let Head { attempt, request_id, kind } = read(body)?;
        let task = match &*kind {
            "create_chat" => Task::CreateChat(read(body)?),
            "create_message" => Task::CreateMessage(read(body)?),
            "index_messages" => Task::IndexMessages(read(body)?),
            _ => return Err(UnreadableJob::Malformed("an unknown kind".to_owned())),
        };
        Ok(Self { attempt, request_id, task })
    }
}

/// SQS refuses U+FFFE and U+FFFF, which JSON leaves as they are; they can only stand within a
/// JSON string, where an escape means the same. Control characters are escaped by JSON already.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
fn escape_for_queue(json: String) -> String {
    if json.contains(['\u{fffe}', '\u{ffff}']) {
        json.replace('\u{fffe}', r"\ufffe").replace('\u{ffff}', r"\uffff")
    } else {
        json
    }
}

/// Says where and how a body is wrong, but never what stands there: serde's own texts may quote it.
fn read<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, UnreadableJob> {
    serde_json::from_str(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "broken JSON",
            serde_json::error::Category::Eof => "JSON that ends too early",
            serde_json::error::Category::Data => "a member is missing, unknown or of a wrong type",
        };
        UnreadableJob::Malformed(format!(
            "{what} at line {} column {}",
            error.line(),
            error.column()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        jobs::{CreateChat, CreateMessage, IndexMessages},
        model::{AccessToken, ChatNumber, MessageBody, MessageNumber, MessageReference, Timestamp},
    };

    fn message(body: &str) -> Job {
        Job::new(Task::CreateMessage(CreateMessage {
            access_token: AccessToken::parse("123456789ABCDEFGHJKLMNPQ").unwrap(),
            chat_number: ChatNumber::try_from(2).unwrap(),
            chat_created_at: Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap(),
            number: MessageNumber::try_from(7).unwrap(),
            body: MessageBody::new(body.to_owned()).unwrap(),
            created_at: Timestamp::parse("2022-08-09T22:17:53.000Z").unwrap(),
        }))
    }

    #[test]
    fn a_job_is_a_small_json_document_with_a_version_a_kind_and_an_attempt() {
        assert_eq!(
            message("hi").to_body(),
            r#"{"version":1,"attempt":0,"kind":"create_message","access_token":"123456789ABCDEFGHJKLMNPQ","chat_number":2,"chat_created_at":"2022-08-09T22:17:52.599Z","number":7,"body":"hi","created_at":"2022-08-09T22:17:53.000Z"}"#
        );
    }

    #[test]
    fn every_job_arrives_as_it_was_sent() {
        let access_token = AccessToken::generate().unwrap();
        let number = ChatNumber::try_from(9_999_999_999).unwrap();
        let chat =
            CreateChat { access_token: access_token.clone(), number, created_at: Timestamp::now() };
        let reference =
            MessageReference { chat: number, number: MessageNumber::try_from(1).unwrap() };
        let index = IndexMessages { access_token, messages: vec![reference; 100], edited: true };
        for job in [
            message("hi").asked_by("8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
            message("\0\u{1}\u{fffe}\u{ffff}\\\"🦀"),
            Job::new(Task::CreateChat(chat)).put_off(),
            Job::new(Task::IndexMessages(index)).put_off().put_off(),
        ] {
            assert_eq!(Job::from_body(&job.to_body()).unwrap(), job);
        }
    }

    #[test]
    fn a_body_of_65535_characters_that_need_escapes_fits_into_a_queue_message() {
        for text in ["\0".repeat(65_535), "\u{ffff}".repeat(21_845)] {
            let body = message(&text).to_body();
            assert!(body.len() < 1_048_576, "{} bytes", body.len());
            let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            assert!(body.chars().all(allowed));
        }
    }

    #[test]
    fn what_is_no_job_says_why_and_quotes_nothing() {
        for body in [
            "",
            "secret",
            "{",
            "[]",
            "{}",
            r#"{"version":1}"#,
            r#"{"version":1,"kind":"secret"}"#,
            r#"{"version":1,"kind":"create_chat","access_token":"secret","number":1}"#,
            &message("secret").to_body().replace(r#""number":7"#, r#""number":0"#),
        ] {
            let error = Job::from_body(body).unwrap_err();
            assert!(matches!(error, UnreadableJob::Malformed(_)), "{body}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_newer_version_is_told_from_a_broken_job() {
        let error = Job::from_body(r#"{"version":2,"kind":"fly"}"#).unwrap_err();
        assert!(matches!(error, UnreadableJob::Newer(2)));
    }
}
