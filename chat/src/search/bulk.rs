//! How documents are written: the lines of bulk requests, none of them too large, and what became
//! of each document.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{error::EngineError, index::next_alias, literal, refusal::Refusal};
use crate::model::{AccessToken, ChatNumber, Message, MessageNumber, Revision, Timestamp};

/// Largest bulk request, in bytes: small managed domains take 10 MiB.
pub(super) const BULK_MAX_BYTES: usize = 5_000_000;
/// What a document takes beside its text.
const SOURCE_BYTES: usize = 200;

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
    /// It can be found within a second.
    Indexed,
    /// It was there already, or a newer revision of it.
    Known,
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
            (Self::Indexed, _) | (_, Self::Indexed) => Self::Indexed,
            (Self::Known, Self::Known) => Self::Known,
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

/// One write of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// Position of its document.
    pub(super) document: usize,
    pub(super) target: Target,
}

/// A bulk request.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) items: Vec<Item>,
    pub(super) body: Vec<u8>,
}

/// The bulk requests that write items, in their order: each of at most so many bytes (or a single
/// item), and made when it is asked for, so that only one is held in memory.
pub(super) struct Batches<'a> {
    documents: &'a [Document<'a>],
    alias: &'a str,
    next_alias: String,
    max_bytes: usize,
    items: std::vec::IntoIter<Item>,
    /// The item that was too much for the last request.
    left_over: Option<Item>,
    /// The document that was written last, by its position: a document's items follow each other.
    form: Option<(usize, Form)>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(
        documents: &'a [Document<'a>],
        items: Vec<Item>,
        alias: &'a str,
        max_bytes: usize,
    ) -> Self {
        let next_alias = next_alias(alias);
        let items = items.into_iter();
        Self { documents, alias, next_alias, max_bytes, items, left_over: None, form: None }
    }

    fn write(&mut self, item: Item, body: &mut Vec<u8>) -> Option<()> {
        if self.form.as_ref().is_none_or(|(document, _)| *document != item.document) {
            self.form = Some((item.document, Form::of(self.documents.get(item.document)?)));
        }
        let (_, form) = self.form.as_ref()?;
        let alias = match item.target {
            Target::Current => self.alias,
            Target::Next => &self.next_alias,
        };
        form.write(alias, VersionType::External, body);
        Some(())
    }
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let mut batch = Batch { items: Vec::new(), body: Vec::new() };
        while let Some(item) = self.left_over.take().or_else(|| self.items.next()) {
            let before = batch.body.len();
            if self.write(item, &mut batch.body).is_none() {
                break;
            }
            if before > 0 && batch.body.len() > self.max_bytes {
                batch.body.truncate(before);
                self.left_over = Some(item);
                break;
            }
            batch.items.push(item);
        }
        (!batch.items.is_empty()).then_some(batch)
    }
}

/// A document as the engine takes it, whatever the alias under which it is written.
pub(super) struct Form {
    chat: String,
    number: MessageNumber,
    revision: Revision,
    /// The document itself: a line of JSON.
    source: Vec<u8>,
}

impl Form {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let chat = chat_key(document.token, document.chat);
        let message = document.message;
        let body = literal::encode(message.body.as_str());
        let mut source = Vec::with_capacity(SOURCE_BYTES + body.len());
        write_line(
            &Source {
                chat: &chat,
                number: message.number,
                body: &body,
                created_at: message.created_at,
                updated_at: message.updated_at,
            },
            &mut source,
        );
        Self { number: message.number, revision: message.revision, chat, source }
    }

    /// Adds the two lines that write the document under an alias.
    pub(super) fn write(&self, alias: &str, version_type: VersionType, body: &mut Vec<u8>) {
        let index = Index {
            alias,
            id: &format!("{}-{}", self.chat, self.number),
            routing: &self.chat,
            version: self.revision,
            version_type,
            require_alias: true,
        };
        write_line(&Action { index }, body);
        body.extend_from_slice(&self.source);
    }
}

/// Adds a line of JSON.
fn write_line(json: &impl Serialize, body: &mut Vec<u8>) {
    // Strings, numbers and flags always have a JSON form, and memory takes all of it.
    let _ = serde_json::to_writer(&mut *body, json);
    body.push(b'\n');
}

/// Which revision a document takes the place of.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VersionType {
    /// An older one.
    External,
    /// An older one, and its own.
    ExternalGte,
}

#[derive(Serialize)]
struct Action<'a> {
    index: Index<'a>,
}

#[derive(Serialize)]
struct Index<'a> {
    #[serde(rename = "_index")]
    alias: &'a str,
    #[serde(rename = "_id")]
    id: &'a str,
    routing: &'a str,
    version: Revision,
    version_type: VersionType,
    require_alias: bool,
}

#[derive(Serialize)]
struct Source<'a> {
    chat: &'a str,
    number: MessageNumber,
    body: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
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
        let (missing, about_index) = (error.is_missing_index(), error.is_about_index());
        let error = || Arc::new(error.into_error(status));
        match status {
            200 | 201 => ItemOutcome::Done(Outcome::Indexed),
            409 => ItemOutcome::Done(Outcome::Known),
            // Nothing is being rebuilt, so there is nothing to do.
            404 if missing && target == Target::Next => ItemOutcome::Done(Outcome::Known),
            404 if missing => ItemOutcome::NoAlias(error()),
            400..=428 | 430..=499 if !about_index => ItemOutcome::Done(Outcome::Refused(error())),
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
        (0..documents).map(|document| self.0.remove(&document).unwrap_or(Outcome::Known)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::MessageBody;

    fn message(number: u64, text: &str) -> Message {
        Message {
            number: MessageNumber::try_from(number).unwrap(),
            body: MessageBody::new(text.to_owned()).unwrap(),
            created_at: Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap(),
            updated_at: Timestamp::parse("2022-08-09T22:17:53.000Z").unwrap(),
            revision: 3,
        }
    }

    fn items(count: usize) -> Vec<Item> {
        (0..count).map(|document| Item { document, target: Target::Current }).collect()
    }

    #[test]
    fn a_document_is_two_lines_that_name_its_tenant_by_digest_and_its_revision_as_version() {
        let token = AccessToken::parse("1".repeat(24).as_str()).unwrap();
        let message = message(12, "a*\n\"b\"");
        let chat = ChatNumber::try_from(7).unwrap();
        let mut lines = Vec::new();
        let form = Form::of(&Document { token: &token, chat, message: &message });
        form.write("messages", VersionType::External, &mut lines);
        let lines = String::from_utf8(lines).unwrap();
        let lines: Vec<&str> = lines.split('\n').collect();
        let [action, source, ""] = lines.as_slice() else { panic!("{lines:?}") };
        let key = format!("{}-7", token.digest());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(action).unwrap(),
            json!({ "index": {
                "_index": "messages",
                "_id": format!("{key}-12"),
                "routing": key,
                "version": 3,
                "version_type": "external",
                "require_alias": true,
            } })
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(source).unwrap(),
            json!({
                "chat": key,
                "number": 12,
                "body": "a\u{fdd1}\n\"b\"",
                "created_at": "2022-08-09T22:17:52.599Z",
                "updated_at": "2022-08-09T22:17:53.000Z",
            })
        );
        assert!(!action.contains(token.as_str()) && !source.contains(token.as_str()));
    }

    #[test]
    fn requests_hold_every_item_once_in_order_and_no_more_bytes_than_allowed() {
        let token = AccessToken::generate().unwrap();
        let chat = ChatNumber::try_from(1).unwrap();
        let texts: Vec<Message> =
            [100, 2000, 10, 10, 5000, 10].map(|length| message(1, &"x".repeat(length))).into();
        let documents: Vec<Document<'_>> =
            texts.iter().map(|message| Document { token: &token, chat, message }).collect();
        for (max_bytes, sizes) in [
            (10_000_000, vec![6]),
            (3_000, vec![2, 2, 1, 1]),
            (1, vec![1; 6]),
            (5_500, vec![4, 1, 1]),
        ] {
            let batches: Vec<Batch> =
                Batches::new(&documents, items(6), "messages", max_bytes).collect();
            let found: Vec<usize> = batches.iter().map(|batch| batch.items.len()).collect();
            assert_eq!(found, sizes, "{max_bytes}");
            let order: Vec<Item> = batches.iter().flat_map(|batch| batch.items.clone()).collect();
            assert_eq!(order, items(6));
            for batch in &batches {
                assert!(batch.items.len() == 1 || batch.body.len() <= max_bytes);
                assert_eq!(
                    batch.body.split(|&byte| byte == b'\n').count(),
                    2 * batch.items.len() + 1
                );
            }
        }
    }

    #[test]
    fn each_item_of_an_answer_has_its_own_outcome() {
        let missing = json!({ "type": "index_not_found_exception", "reason": "secret" });
        let mapping = json!({
            "type": "mapper_parsing_exception",
            "reason": "Preview of field's value: 'secret'",
            "caused_by": { "type": "illegal_argument_exception", "reason": "secret" },
        });
        for (target, status, error, expected) in [
            (Target::Current, 201, None, "Done(Indexed)"),
            (Target::Current, 200, None, "Done(Indexed)"),
            (Target::Current, 409, Some(json!({ "type": "version_conflict" })), "Done(Known)"),
            (Target::Next, 404, Some(missing.clone()), "Done(Known)"),
            (Target::Current, 404, Some(missing), "NoAlias(Refused { status: 404"),
            (Target::Current, 404, Some(json!({ "type": "other" })), "Done(Refused(Refused"),
            (Target::Current, 400, Some(mapping.clone()), "Done(Refused(Refused { status: 400"),
            (Target::Next, 400, Some(mapping), "Done(Refused(Refused { status: 400"),
            (
                Target::Current,
                403,
                Some(json!({ "type": "cluster_block_exception" })),
                "Done(Later(",
            ),
            (Target::Next, 400, Some(json!({ "type": "index_closed_exception" })), "Done(Later("),
            (
                Target::Current,
                400,
                Some(json!({
                    "type": "illegal_argument_exception",
                    "reason": "no write index is defined for alias [messages]. The write index …",
                })),
                "Done(Later(",
            ),
            (Target::Current, 429, Some(json!({ "type": "rejected" })), "Done(Later("),
            (Target::Next, 500, Some(json!({ "type": "x" })), "Done(Later("),
            (Target::Current, 503, Some(json!({ "type": "unavailable_shards" })), "Done(Later("),
        ] {
            let mut result = json!({ "status": status });
            if let Some(error) = &error {
                result["error"] = error.clone();
            }
            let answer = json!({ "errors": true, "items": [{ "index": result }] }).to_string();
            let outcomes = read(answer.as_bytes(), &[Item { document: 0, target }]).unwrap();
            let outcome = format!("{outcomes:?}");
            assert!(outcome.starts_with(&format!("[{expected}")), "{outcome} {expected}");
            assert!(!outcome.contains("secret"), "{outcome}");
        }
    }

    #[test]
    fn an_answer_about_other_items_is_none() {
        let answer = json!({ "items": [{ "index": { "status": 201 } }] }).to_string();
        assert!(read(answer.as_bytes(), &items(2)).is_err());
        assert!(read(b"", &items(1)).is_err());
    }

    #[test]
    fn a_document_is_indexed_when_both_its_writes_are_and_what_may_pass_goes_first() {
        let error = || Arc::new(EngineError::TooLate);
        let indexed = || Outcome::Indexed;
        let later = || Outcome::Later(error());
        let refused = || Outcome::Refused(error());
        for (first, second, expected) in [
            (indexed(), indexed(), "Indexed"),
            (Outcome::Known, indexed(), "Indexed"),
            (indexed(), Outcome::Known, "Indexed"),
            (Outcome::Known, Outcome::Known, "Known"),
            (Outcome::Known, refused(), "Refused"),
            (indexed(), later(), "Later"),
            (refused(), indexed(), "Refused"),
            (refused(), later(), "Later"),
            (later(), refused(), "Later"),
        ] {
            let mut outcomes = Outcomes::default();
            outcomes.add(1, first);
            outcomes.add(0, Outcome::Indexed);
            outcomes.add(1, second);
            let outcomes = outcomes.into_vec(2);
            assert!(format!("{outcomes:?}").starts_with(&format!("[Indexed, {expected}")));
        }
    }
}
