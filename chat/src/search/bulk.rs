//! How documents are written: the lines of bulk requests, none of them too large, and what became
//! of each document.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{engine::Refusal, error::EngineError, literal};
use crate::model::{AccessToken, ChatNumber, Message, Revision, Timestamp};

/// Largest bulk request, in bytes: small managed domains take 10 MiB.
pub(super) const BULK_MAX_BYTES: usize = 5_000_000;

/// A message as it is to be found.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Whose it is.
    pub token: &'a AccessToken,
    /// Its chat.
    pub chat: ChatNumber,
    /// Its text, times and revision.
    pub message: &'a Message,
}

/// What became of a document.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It can be found within a second, or a newer revision was there already.
    Indexed,
    /// It was not taken at present: to be handed over and tried again.
    Later(Arc<EngineError>),
    /// It will never be taken.
    Refused(Arc<EngineError>),
}

impl Outcome {
    /// The outcome of writes of one document to two indexes. What may pass goes first: trying again
    /// settles both.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (later @ Self::Later(_), _) | (_, later @ Self::Later(_)) => later,
            (refused @ Self::Refused(_), _) | (_, refused @ Self::Refused(_)) => refused,
            (Self::Indexed, Self::Indexed) => Self::Indexed,
        }
    }
}

/// What stands for a chat in the engine: the routing, and the value that searches filter on.
pub(super) fn chat_key(token: &AccessToken, chat: ChatNumber) -> String {
    format!("{}-{chat}", token.digest())
}

/// Where a document goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The alias that is searched.
    Current,
    /// The index that is being rebuilt, if there is one.
    Next,
}

/// One line pair of a bulk request.
#[derive(Debug)]
pub(super) struct Item {
    /// Position of its document.
    pub(super) document: usize,
    pub(super) target: Target,
    lines: Vec<u8>,
}

impl Item {
    pub(super) fn new(
        position: usize,
        document: &Document<'_>,
        target: Target,
        alias: &str,
    ) -> Result<Self, serde_json::Error> {
        let chat = chat_key(document.token, document.chat);
        let message = document.message;
        let action = Action {
            index: Index {
                index: alias,
                id: &format!("{chat}-{}", message.number),
                routing: &chat,
                version: message.revision,
                version_type: "external",
                require_alias: true,
            },
        };
        let source = Source {
            chat: &chat,
            number: message.number.get(),
            body: &literal::encode(message.body.as_str()),
            created_at: message.created_at,
            updated_at: message.updated_at,
        };
        let mut lines = serde_json::to_vec(&action)?;
        lines.push(b'\n');
        serde_json::to_writer(&mut lines, &source)?;
        lines.push(b'\n');
        Ok(Self { document: position, target, lines })
    }
}

#[derive(Serialize)]
struct Action<'a> {
    index: Index<'a>,
}

#[derive(Serialize)]
struct Index<'a> {
    #[serde(rename = "_index")]
    index: &'a str,
    #[serde(rename = "_id")]
    id: &'a str,
    routing: &'a str,
    version: Revision,
    version_type: &'static str,
    require_alias: bool,
}

#[derive(Serialize)]
struct Source<'a> {
    chat: &'a str,
    number: u64,
    body: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Splits items, in their order, into requests of at most so many bytes (or a single item).
pub(super) fn split(items: Vec<Item>, max_bytes: usize) -> Vec<Vec<Item>> {
    let mut requests: Vec<Vec<Item>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        match requests.last_mut() {
            Some(request) if bytes + item.lines.len() <= max_bytes => {
                bytes += item.lines.len();
                request.push(item);
            }
            _ => {
                bytes = item.lines.len();
                requests.push(vec![item]);
            }
        }
    }
    requests
}

/// The body of a request.
pub(super) fn body(items: &[Item]) -> Vec<u8> {
    items.iter().flat_map(|item| item.lines.iter().copied()).collect()
}

/// What became of one item.
#[derive(Debug, Clone)]
pub(super) enum ItemOutcome {
    Done(Outcome),
    /// The searched alias does not exist.
    NoAlias(Arc<EngineError>),
}

/// Reads an answer: one outcome for each item, in their order.
pub(super) fn read(answer: &[u8], items: &[Item]) -> Result<Vec<ItemOutcome>, EngineError> {
    let answer: Answer = serde_json::from_slice(answer)?;
    if answer.items.len() != items.len() {
        return Err(EngineError::Unreadable { line: 0, column: 0 });
    }
    let results = answer.items.into_iter().map(|result| result.index);
    Ok(results.zip(items).map(|(result, item)| result.into_outcome(item.target)).collect())
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<ItemResult>,
}

#[derive(Deserialize)]
struct ItemResult {
    index: IndexResult,
}

#[derive(Deserialize)]
struct IndexResult {
    status: u16,
    #[serde(default)]
    error: Refusal,
}

impl IndexResult {
    fn into_outcome(self, target: Target) -> ItemOutcome {
        let Self { status, error } = self;
        let missing = error.kind() == "index_not_found_exception";
        let error = || Arc::new(error.into_error(status));
        match status {
            // 409: the same or a newer revision is there.
            200 | 201 | 409 => ItemOutcome::Done(Outcome::Indexed),
            404 if missing && target == Target::Next => ItemOutcome::Done(Outcome::Indexed),
            404 if missing => ItemOutcome::NoAlias(error()),
            400..=428 | 430..=499 => ItemOutcome::Done(Outcome::Refused(error())),
            _ => ItemOutcome::Done(Outcome::Later(error())),
        }
    }
}

/// Puts the outcomes of items together, document by document.
#[derive(Debug, Default)]
pub(super) struct Outcomes(HashMap<usize, Outcome>);

impl Outcomes {
    pub(super) fn add(&mut self, document: usize, outcome: Outcome) {
        let outcome = match self.0.remove(&document) {
            Some(known) => known.and(outcome),
            None => outcome,
        };
        self.0.insert(document, outcome);
    }

    /// One outcome for each of so many documents, in their order.
    pub(super) fn into_vec(mut self, documents: usize) -> Vec<Outcome> {
        (0..documents)
            .map(|document| self.0.remove(&document).unwrap_or(Outcome::Indexed))
            .collect()
    }
}
