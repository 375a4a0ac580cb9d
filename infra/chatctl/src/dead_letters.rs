//! `dlq`: jobs that were given up. Looking at them hides each from others for a minute at most, and
//! gives it back at once when the look is over.

use std::collections::BTreeMap;

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName as Attribute,
};
use chat::{
    jobs::{self, MAX_REFERENCES, Task, UnreadableJob},
    model::{AccessToken, ChatNumber, MessageNumber, MessageReference, Timestamp},
    search::{DocumentPlace, EngineError, Generation},
};
use serde::Serialize;

use crate::{
    engines::Engines,
    failure::Failure,
    progress::Progress,
    report::{Report, add, counted},
};

/// How long a message that was received is hidden from others, should this process end early.
const HIDDEN_SECONDS: i32 = 60;
/// A queue has given all that it has when it gave nothing so often. SQS asks only some of its
/// servers at a time where the wait is short.
const EMPTY_ANSWERS: u32 = 2;
const WAIT_SECONDS: i32 = 1;
/// Most messages that an answer of SQS, or a request to it, holds.
const BATCH: usize = 10;

/// A dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// The message's id.
    pub id: String,
    /// Why the worker gave it up; null where the queue did, after too many deliveries.
    pub reason: Option<String>,
    /// What it asks for; null where that cannot be read.
    pub job: Option<Job>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// How often it was received, looks at it included.
    pub received: u32,
    /// How long its body is.
    pub bytes: usize,
}

/// What a job says of itself, without texts and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// `create_chat`, `create_message` or `index_messages`.
    pub kind: &'static str,
    /// The digest of the application's token.
    pub application: String,
    /// The chat; null for messages of several.
    pub chat: Option<u64>,
    /// The message; null for a chat, or for several messages.
    pub message: Option<u64>,
    /// How many messages it is about.
    pub messages: usize,
    /// How often it was put off.
    pub attempt: u32,
}

/// What `dlq list` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetters {
    /// The oldest first.
    pub dead_letters: Vec<Letter>,
}

/// What `dlq explain` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The dead letter.
    #[serde(flatten)]
    pub letter: Letter,
    /// Whether its application has a row; null where the job cannot be read.
    pub application_exists: Option<bool>,
    /// Whether all rows that it is about are there.
    pub rows_written: Option<bool>,
    /// Whether all documents that it is about are what their rows say; null where the engine is
    /// away.
    pub documents_written: Option<bool>,
    /// What sending it to the worker again would come to.
    pub advice: &'static str,
}

/// What `dlq redrive` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// Dead letters that are jobs again.
    pub redriven: u64,
    /// Dead letters that were given up only after this command began, and stay.
    pub left: u64,
}

struct Received {
    letter: Letter,
    job: Result<jobs::Job, UnreadableJob>,
    body: String,
    receipt: String,
}

/// Lists dead letters, at most so many.
///
/// # Errors
/// [`Failure`].
pub async fn list(engines: &Engines, limit: usize) -> Result<DeadLetters, Failure> {
    let found = look(engines, limit, |_| true).await?;
    let mut dead_letters: Vec<Letter> = found.into_iter().map(|found| found.letter).collect();
    dead_letters.sort_by(|one, other| (one.sent_at, &one.id).cmp(&(other.sent_at, &other.id)));
    Ok(DeadLetters { dead_letters })
}

/// Says all about one dead letter: the job, what the stack holds of it today, and what a redrive
/// would come to.
///
/// # Errors
/// [`Failure`].
pub async fn explain(engines: &Engines, id: &str) -> Result<Explained, Failure> {
    let mut found = look(engines, usize::MAX, |letter| letter.id.starts_with(id)).await?;
    let (Some(found), 0) = (found.pop(), found.len()) else {
        return Err(match found.len() {
            0 => Failure::NoDeadLetter(id.to_owned()),
            more => Failure::ManyDeadLetters(more + 1),
        });
    };
    let job = match &found.job {
        Ok(job) => job,
        Err(error) => {
            let advice = match error {
                UnreadableJob::Malformed(_) => BROKEN,
                UnreadableJob::Newer(_) => NEWER,
            };
            return Ok(Explained {
                letter: found.letter,
                application_exists: None,
                rows_written: None,
                documents_written: None,
                advice,
            });
        }
    };
    let token = job.task.access_token();
    let exists = engines.store.application(token).await?.is_some();
    let (rows, documents) = written(engines, &job.task).await?;
    Ok(Explained {
        letter: found.letter,
        application_exists: Some(exists),
        rows_written: Some(rows),
        documents_written: documents,
        advice: advice(exists, rows, documents, matches!(job.task, Task::IndexMessages(_))),
    })
}

const BROKEN: &str = "no release reads it: a redrive would bring it back";
const NEWER: &str = "a newer release wrote it: deploy that one, then redrive it";
const ORPHAN: &str = "its application does not exist: a redrive would bring it back";
const DONE: &str = "all that it asks for is there: a redrive does no harm and takes it away";
const NO_ROW: &str = "some rows that it is to index are not there: they are indexed when written";
const OPEN: &str = "something that it asks for is not there: redrive it when its reason is gone";

/// What a redrive would come to.
fn advice(exists: bool, rows: bool, documents: Option<bool>, indexes: bool) -> &'static str {
    match (exists, rows, documents) {
        (false, ..) => ORPHAN,
        (true, true, Some(true)) => DONE,
        (true, false, _) if indexes => NO_ROW,
        _ => OPEN,
    }
}

/// Whether the rows and the documents that a task asks for are there.
async fn written(engines: &Engines, task: &Task) -> Result<(bool, Option<bool>), Failure> {
    let token = task.access_token();
    let references = match task {
        Task::CreateChat(task) => {
            let row = engines.store.chat(token, task.number).await?;
            // A chat has no document: its row is all.
            return Ok((row.is_some(), Some(row.is_some())));
        }
        Task::CreateMessage(task) => {
            vec![MessageReference { chat: task.chat_number, number: task.number }]
        }
        Task::IndexMessages(task) => task.messages.clone(),
    };
    let mut rows = BTreeMap::new();
    for part in references.chunks(MAX_REFERENCES) {
        for (chat, message) in engines.store.messages(token, part).await? {
            let reference = MessageReference { chat, number: message.number };
            rows.insert(reference, message.revision);
        }
    }
    let all = references.iter().all(|reference| rows.contains_key(reference));
    let documents = documents_written(engines, token, &rows).await.ok();
    Ok((all, documents.map(|written| written && all)))
}

async fn documents_written(
    engines: &Engines,
    token: &AccessToken,
    rows: &BTreeMap<MessageReference, u64>,
) -> Result<bool, EngineError> {
    let places: Vec<DocumentPlace> =
        rows.keys().map(|&reference| DocumentPlace::of(token, reference)).collect();
    let found = engines.search.documents(Generation::Current, &places).await?;
    let is_there = |(found, revision): (Option<_>, &u64)| {
        found.is_some_and(|found: chat::search::IndexedDocument| found.version >= *revision)
    };
    Ok(found.into_iter().zip(rows.values()).all(is_there))
}

/// Sends dead letters to the worker again, all that were there when this began, or one. A job that
/// is sent twice, since this was interrupted in between, does no harm.
///
/// # Errors
/// [`Failure`]; what was sent by then stays sent.
pub async fn redrive(engines: &Engines, id: Option<&str>) -> Result<Redriven, Failure> {
    if let Some(id) = id {
        // All of it has been looked at before anything is sent.
        let found = look(engines, usize::MAX, |letter| letter.id.starts_with(id)).await?;
        match found.len() {
            0 => return Err(Failure::NoDeadLetter(id.to_owned())),
            1 => {}
            more => return Err(Failure::ManyDeadLetters(more)),
        }
    }
    let begun = Timestamp::now();
    let progress = Progress::counting("dead letters");
    let mut redriven = Redriven { redriven: 0, left: 0 };
    let mut receipts = BTreeMap::new();
    let mut empty = 0;
    while empty < EMPTY_ANSWERS {
        let received = receive(engines).await?;
        let before = (redriven.redriven, receipts.len());
        for found in received {
            let wanted = id.is_none_or(|id| found.letter.id.starts_with(id));
            // One that comes back at once, as it can never be done, is not sent forever.
            let is_new = found.letter.sent_at.is_some_and(|sent_at| sent_at > begun);
            if wanted && (id.is_some() || !is_new) {
                send(engines, &found).await?;
                delete(engines, &found.receipt).await?;
                redriven.redriven += 1;
                progress.add(1);
            } else {
                redriven.left += u64::from(wanted && !receipts.contains_key(&found.letter.id));
                receipts.insert(found.letter.id, found.receipt);
            }
        }
        if id.is_some() && redriven.redriven > 0 {
            break;
        }
        empty = if before == (redriven.redriven, receipts.len()) { empty + 1 } else { 0 };
    }
    release(engines, receipts.into_values().collect()).await?;
    Ok(redriven)
}

/// Receives all that there is, keeps what is wanted, and gives everything back.
async fn look(
    engines: &Engines,
    limit: usize,
    wanted: impl Fn(&Letter) -> bool,
) -> Result<Vec<Received>, Failure> {
    let progress = Progress::counting("dead letters");
    let mut receipts = BTreeMap::new();
    let mut found = Vec::new();
    let mut empty = 0;
    let outcome = loop {
        if empty >= EMPTY_ANSWERS || found.len() >= limit {
            break Ok(());
        }
        let received = match receive(engines).await {
            Ok(received) => received,
            Err(error) => break Err(error),
        };
        empty += 1;
        for message in received {
            let id = message.letter.id.clone();
            if receipts.insert(id, message.receipt.clone()).is_none() {
                empty = 0;
                progress.add(1);
                if found.len() < limit && wanted(&message.letter) {
                    found.push(message);
                }
            }
        }
    };
    release(engines, receipts.into_values().collect()).await?;
    outcome.map(|()| found)
}

async fn receive(engines: &Engines) -> Result<Vec<Received>, Failure> {
    let answer = engines
        .sqs
        .receive_message()
        .queue_url(&engines.dead_letters_url)
        .max_number_of_messages(i32::try_from(BATCH).unwrap_or(1))
        .visibility_timeout(HIDDEN_SECONDS)
        .wait_time_seconds(WAIT_SECONDS)
        .message_attribute_names("All")
        .message_system_attribute_names(Attribute::All)
        .send()
        .await
        .map_err(|error| Failure::of_call("ReceiveMessage", error))?;
    Ok(answer.messages.unwrap_or_default().into_iter().filter_map(read).collect())
}

fn read(message: Message) -> Option<Received> {
    let body = message.body.unwrap_or_default();
    let system = |name: &Attribute| message.attributes.as_ref()?.get(name);
    let sent_at = system(&Attribute::SentTimestamp)
        .and_then(|millis| millis.parse().ok())
        .and_then(|millis: i64| {
            Timestamp::parse("1970-01-01T00:00:00.000Z").ok().map(|epoch| epoch.plus_millis(millis))
        });
    let received = system(&Attribute::ApproximateReceiveCount);
    let received = received.and_then(|count| count.parse().ok()).unwrap_or(0);
    let reason = message.message_attributes.as_ref().and_then(|own| own.get("reason"));
    let reason = reason.and_then(|reason| reason.string_value.clone());
    let job = jobs::Job::from_body(&body);
    let letter = Letter {
        id: message.message_id?,
        reason,
        job: job.as_ref().ok().map(summary),
        sent_at,
        received,
        bytes: body.len(),
    };
    Some(Received { letter, job, body, receipt: message.receipt_handle? })
}

fn summary(job: &jobs::Job) -> Job {
    let (kind, chat, message, messages) = match &job.task {
        Task::CreateChat(task) => ("create_chat", Some(task.number), None, 0),
        Task::CreateMessage(task) => {
            ("create_message", Some(task.chat_number), Some(task.number), 1)
        }
        Task::IndexMessages(task) => {
            let one = match task.messages.as_slice() {
                [one] => Some(*one),
                _ => None,
            };
            let chat = one.map(|one| one.chat);
            ("index_messages", chat, one.map(|one| one.number), task.messages.len())
        }
    };
    Job {
        kind,
        application: job.task.access_token().digest().to_string(),
        chat: chat.map(ChatNumber::get),
        message: message.map(MessageNumber::get),
        messages,
        attempt: job.attempt,
    }
}

async fn send(engines: &Engines, found: &Received) -> Result<(), Failure> {
    let tenant = found.job.as_ref().ok().map(|job| job.task.access_token().digest().to_string());
    engines
        .sqs
        .send_message()
        .queue_url(&engines.jobs_url)
        .message_body(&found.body)
        .set_message_group_id(tenant)
        .send()
        .await
        .map_err(|error| Failure::of_call("SendMessage", error))?;
    Ok(())
}

async fn delete(engines: &Engines, receipt: &str) -> Result<(), Failure> {
    engines
        .sqs
        .delete_message()
        .queue_url(&engines.dead_letters_url)
        .receipt_handle(receipt)
        .send()
        .await
        .map_err(|error| Failure::of_call("DeleteMessage", error))?;
    Ok(())
}

/// Gives messages back to whoever receives next.
async fn release(engines: &Engines, receipts: Vec<String>) -> Result<(), Failure> {
    for part in receipts.chunks(BATCH) {
        let mut entries = Vec::with_capacity(part.len());
        for (position, receipt) in part.iter().enumerate() {
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(position.to_string())
                .receipt_handle(receipt)
                .visibility_timeout(0)
                .build()
                .map_err(|error| Failure::of_call("ChangeMessageVisibilityBatch", error))?;
            entries.push(entry);
        }
        // One that is not given back comes back by itself within a minute.
        engines
            .sqs
            .change_message_visibility_batch()
            .queue_url(&engines.dead_letters_url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| Failure::of_call("ChangeMessageVisibilityBatch", error))?;
    }
    Ok(())
}

impl Letter {
    fn line(&self) -> String {
        let what = match &self.job {
            None => "no job".to_owned(),
            Some(Job { kind, application, chat, message, messages, attempt }) => {
                let mut what = format!("{kind} of {application}");
                match (chat, message) {
                    (Some(chat), Some(message)) => {
                        add(&mut what, format_args!(" chat {chat} message {message}"));
                    }
                    (Some(chat), None) => add(&mut what, format_args!(" chat {chat}")),
                    (None, _) => {
                        add(&mut what, format_args!(" {}", counted(*messages as u64, "message")));
                    }
                }
                if *attempt > 0 {
                    add(
                        &mut what,
                        format_args!(", put off {}", counted(u64::from(*attempt), "time")),
                    );
                }
                what
            }
        };
        let sent_at = self.sent_at.map_or_else(|| "?".to_owned(), |time| time.to_string());
        let reason = self.reason.as_deref().unwrap_or("delivered too often");
        format!(
            "{} {sent_at} {what}: {reason} (received {})\n",
            self.id,
            counted(u64::from(self.received), "time")
        )
    }
}

impl Report for DeadLetters {
    fn text(&self) -> String {
        let lines: String = self.dead_letters.iter().map(Letter::line).collect();
        lines + &format!("{}\n", counted(self.dead_letters.len() as u64, "dead letter"))
    }

    fn is_amiss(&self) -> bool {
        !self.dead_letters.is_empty()
    }
}

impl Report for Explained {
    fn text(&self) -> String {
        let yes = |known: Option<bool>| match known {
            None => "unknown",
            Some(true) => "yes",
            Some(false) => "no",
        };
        format!(
            "{}its application exists: {}; its rows are written: {}; its documents are: {}\n{}\n",
            self.letter.line(),
            yes(self.application_exists),
            yes(self.rows_written),
            yes(self.documents_written),
            self.advice
        )
    }

    fn is_amiss(&self) -> bool {
        false
    }
}

impl Report for Redriven {
    fn text(&self) -> String {
        let mut text = format!("redriven: {}\n", counted(self.redriven, "dead letter"));
        if self.left > 0 {
            add(
                &mut text,
                format_args!(
                    "left: {}, given up since this began\n",
                    counted(self.left, "dead letter")
                ),
            );
        }
        text
    }

    fn is_amiss(&self) -> bool {
        self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_follows_from_what_is_there() {
        for (exists, rows, documents, indexes, expected) in [
            (false, false, Some(false), false, ORPHAN),
            (true, true, Some(true), false, DONE),
            (true, true, Some(false), false, OPEN),
            (true, true, None, true, OPEN),
            (true, false, Some(true), false, OPEN),
            (true, false, Some(true), true, NO_ROW),
        ] {
            assert_eq!(advice(exists, rows, documents, indexes), expected);
        }
    }

    #[test]
    fn a_summary_holds_neither_token_nor_text() {
        let access_token = AccessToken::generate().unwrap();
        let job = jobs::Job::new(Task::CreateMessage(jobs::CreateMessage {
            access_token: access_token.clone(),
            chat_number: ChatNumber::try_from(2).unwrap(),
            chat_created_at: Timestamp::now(),
            number: MessageNumber::try_from(7).unwrap(),
            body: chat::model::MessageBody::new("secret".to_owned()).unwrap(),
            created_at: Timestamp::now(),
        }));
        let text = serde_json::to_string(&summary(&job)).unwrap();
        assert!(text.contains(r#""kind":"create_message""#) && text.contains(r#""message":7"#));
        assert!(!text.contains("secret") && !text.contains(access_token.as_str()), "{text}");
    }
}
