//! Writing what was read elsewhere: rows with the numbers, times and revisions that they had.
//!
//! Each row is written once and counted by the transaction that writes it, so whatever is written
//! twice is there once. Counters come before rows: whoever creates something in the application
//! meanwhile gets a number that was not read.

use std::time::{Duration, Instant};

use chat::{
    jobs::{self, IndexMessages, MAX_REFERENCES, Queue, Task},
    model::{AccessToken, Application, Chat, ChatNumber, Message, MessageReference, Timestamp},
    search::{Document, Outcome},
    store::Parent,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{engines::Engines, failure::Failure};

/// Rows that are written together, and bytes of texts among them.
const BLOCK_ROWS: usize = 500;
const BLOCK_BYTES: usize = 4_000_000;
/// Chats whose messages are written at the same time.
const AT_ONCE: usize = 8;
/// How long one block may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// `last_request` of counters that an import made; no request has this id.
const REQUEST: &str = "chatctl-import";

/// Rows of one application that are written together.
#[derive(Debug)]
pub(crate) struct Block {
    token: AccessToken,
    counters: Vec<(ChatNumber, Timestamp, u64)>,
    chats: Vec<Chat>,
    messages: Vec<(ChatNumber, Vec<Message>)>,
    rows: usize,
    bytes: usize,
}

/// What became of the messages of a block, beside their rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unindexed {
    /// The worker will write their documents, since the engine did not take them at once.
    pub(crate) handed_over: u64,
    /// No index takes their documents.
    pub(crate) refused: u64,
}

impl std::ops::AddAssign for Unindexed {
    fn add_assign(&mut self, other: Self) {
        self.handed_over += other.handed_over;
        self.refused += other.refused;
    }
}

/// Writes an application's row and counter, unless they are there.
pub(crate) async fn begin(
    engines: &Engines,
    application: &Application,
    last_number: u64,
) -> Result<(), Failure> {
    let token = &application.access_token;
    if !engines.store.import_application(application, last_number).await? {
        let there = engines.store.application(token).await?;
        if there.is_none_or(|there| there.created_at != application.created_at) {
            return Err(Failure::OtherApplication);
        }
        let parent = Parent::Application(token);
        engines.store.raise_counter(parent, last_number, None, REQUEST).await?;
    }
    Ok(())
}

impl Block {
    pub(crate) fn new(token: AccessToken) -> Self {
        let (counters, chats, messages) = (Vec::new(), Vec::new(), Vec::new());
        Self { token, counters, chats, messages, rows: 0, bytes: 0 }
    }

    /// What is in the block, which is empty then.
    pub(crate) fn take(&mut self) -> Self {
        let token = self.token.clone();
        std::mem::replace(self, Self::new(token))
    }

    /// A chat that has given `last_number` to a message.
    pub(crate) fn add_chat(&mut self, chat: Chat, last_number: u64) {
        self.add_counter(chat.number, chat.created_at, last_number);
        self.chats.push(chat);
    }

    /// The same of a chat without a row.
    pub(crate) fn add_counter(&mut self, chat: ChatNumber, created_at: Timestamp, last: u64) {
        self.counters.push((chat, created_at, last));
        self.rows += 1;
    }

    pub(crate) fn add_message(&mut self, chat: ChatNumber, message: Message) {
        self.rows += 1;
        self.bytes += message.body.as_str().len();
        match self.messages.iter_mut().find(|(number, _)| *number == chat) {
            Some((_, messages)) => messages.push(message),
            None => self.messages.push((chat, vec![message])),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows >= BLOCK_ROWS || self.bytes >= BLOCK_BYTES
    }

    /// Rows of chats and messages in it.
    pub(crate) fn len(&self) -> usize {
        self.chats.len() + self.messages.iter().map(|(_, messages)| messages.len()).sum::<usize>()
    }

    /// Writes counters, then chats, then messages, then documents.
    pub(crate) async fn write(self, engines: &Engines) -> Result<Unindexed, Failure> {
        let Self { token, counters, chats, messages, .. } = self;
        let (store, token) = (&engines.store, &token);
        stream::iter(counters)
            .map(async |(chat, created_at, last_number)| {
                let parent = Parent::Chat(token, chat);
                store.raise_counter(parent, last_number, Some(created_at), REQUEST).await
            })
            .buffer_unordered(AT_ONCE)
            .try_for_each(async |_| Ok(()))
            .await?;
        let deadline = Instant::now() + PATIENCE;
        store.import_chats(token, &chats, deadline).await?;
        stream::iter(&messages)
            .map(async |(chat, messages)| {
                store.import_messages(token, *chat, messages, deadline).await
            })
            .buffer_unordered(AT_ONCE)
            .try_for_each(async |()| Ok(()))
            .await?;
        index(engines, token, &messages, deadline).await
    }
}

/// Makes messages searchable; what the engine does not take at once becomes the worker's job.
async fn index(
    engines: &Engines,
    token: &AccessToken,
    messages: &[(ChatNumber, Vec<Message>)],
    deadline: Instant,
) -> Result<Unindexed, Failure> {
    let documents: Vec<Document<'_>> = messages
        .iter()
        .flat_map(|(chat, messages)| {
            messages.iter().map(|message| Document { token, chat: *chat, message })
        })
        .collect();
    let mut unindexed = Unindexed::default();
    if documents.is_empty() {
        return Ok(unindexed);
    }
    let outcomes = engines.search.index(&documents, deadline).await;
    let mut later = Vec::new();
    for (document, outcome) in documents.iter().zip(outcomes) {
        match outcome {
            Outcome::Indexed | Outcome::Known => {}
            Outcome::Refused(_) => unindexed.refused += 1,
            Outcome::Later(_) => later
                .push(MessageReference { chat: document.chat, number: document.message.number }),
        }
    }
    let queue = Queue::new(engines.sqs.clone(), &engines.jobs_url);
    for part in later.chunks(MAX_REFERENCES) {
        let access_token = token.clone();
        let task = IndexMessages { access_token, messages: part.to_vec(), edited: false };
        queue.send(&jobs::Job::new(Task::IndexMessages(task))).await?;
        unindexed.handed_over += part.len() as u64;
    }
    Ok(unindexed)
}
