//! Reading and removing documents: all of an index, some by their place, those that no row stands
//! behind. What an operator needs who compares the index with the table; no function does.

use std::{
    borrow::Cow,
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Document, Search,
    bulk::{Form, VersionType},
    engine::Request,
    error::EngineError,
    index::next_alias,
    literal,
    refusal::Refusal,
};
use crate::model::{
    AccessToken, ChatNumber, Message, MessageNumber, MessageReference, TenantDigest, Timestamp,
};

/// Documents in one answer. With 65 KB of control characters each, it has 200 MB.
const PAGE: usize = 500;
/// How long a scan may pause between two pages.
const KEEP_ALIVE: &str = "5m";
const PATIENCE: Duration = Duration::from_mins(1);

/// Which index is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The one that is searched.
    Current,
    /// The one that is being rebuilt.
    Next,
}

/// What an index holds of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedDocument {
    /// Its id in the engine.
    pub id: String,
    /// What it is routed by.
    pub routing: Option<String>,
    /// Whose it says it is; none where it is no document of this release.
    pub place: Option<DocumentPlace>,
    /// The revision of the row that it was made from.
    pub version: u64,
    /// The [`fingerprint`] of its text and times; none where it lacks one of them.
    pub fingerprint: Option<u64>,
}

/// A message's place as the engine knows it: by the tenant's digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentPlace {
    /// Whose it is.
    pub tenant: TenantDigest,
    /// Its chat.
    pub chat: ChatNumber,
    /// Its number.
    pub number: MessageNumber,
}

impl DocumentPlace {
    /// The place of a message.
    pub fn of(token: &AccessToken, reference: MessageReference) -> Self {
        Self { tenant: token.digest(), chat: reference.chat, number: reference.number }
    }

    fn chat_key(&self) -> String {
        format!("{}-{}", self.tenant, self.chat)
    }

    fn id(&self) -> String {
        format!("{}-{}", self.chat_key(), self.number)
    }

    /// Reads what a document says of itself, if its id and its routing say the same.
    fn read(chat: &str, number: u64, id: &str, routing: Option<&str>) -> Option<Self> {
        let (tenant, chat_number) = chat.split_once('-')?;
        let place = Self {
            tenant: TenantDigest::parse(tenant).ok()?,
            chat: ChatNumber::parse(chat_number).ok()?,
            number: MessageNumber::try_from(number).ok()?,
        };
        (place.id() == id && routing == Some(chat)).then_some(place)
    }
}

/// A number that tells texts and times of messages apart, the same for a row and its document;
/// within one process only.
pub fn fingerprint(message: &Message) -> u64 {
    fingerprint_of(message.body.as_str(), message.created_at, message.updated_at)
}

fn fingerprint_of(body: &str, created_at: Timestamp, updated_at: Timestamp) -> u64 {
    let mut hasher = DefaultHasher::new();
    (body, created_at.unix_millis(), updated_at.unix_millis()).hash(&mut hasher);
    hasher.finish()
}

/// A reading of all documents as they were at one moment.
#[derive(Debug)]
pub struct DocumentScan<'a> {
    search: &'a Search,
    tenant: Option<TenantDigest>,
    point_in_time: String,
    after: Option<Value>,
    ended: bool,
}

impl Search {
    /// Makes all that was written so far searchable at once.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn refresh(&self, generation: Generation) -> Result<(), EngineError> {
        let target = format!("/{}/_refresh", self.name(generation));
        self.call("POST", target, Value::Null).await.map(|_| ())
    }

    /// Begins to read all documents of an index, or those of one tenant.
    ///
    /// # Errors
    /// [`EngineError`]; 404 where there is no such index.
    pub async fn scan(
        &self,
        generation: Generation,
        tenant: Option<TenantDigest>,
    ) -> Result<DocumentScan<'_>, EngineError> {
        #[derive(Deserialize)]
        struct Answer {
            pit_id: String,
        }
        let target =
            format!("/{}/_search/point_in_time?keep_alive={KEEP_ALIVE}", self.name(generation));
        let answer = self.call("POST", target, Value::Null).await?;
        let Answer { pit_id: point_in_time } = serde_json::from_slice(&answer)?;
        Ok(DocumentScan { search: self, tenant, point_in_time, after: None, ended: false })
    }

    /// Reads documents as they are at this moment, searchable or not yet, in the order asked for.
    ///
    /// # Errors
    /// [`EngineError`]; 404 where there is no such index.
    pub async fn documents(
        &self,
        generation: Generation,
        places: &[DocumentPlace],
    ) -> Result<Vec<Option<IndexedDocument>>, EngineError> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            docs: Vec<Answered<'a>>,
        }
        #[derive(Deserialize)]
        struct Answered<'a> {
            #[serde(default)]
            found: bool,
            error: Option<Refusal>,
            #[serde(flatten, borrow)]
            hit: Option<Hit<'a>>,
        }
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let docs: Vec<Value> = places
            .iter()
            .map(|place| json!({ "_id": place.id(), "routing": place.chat_key() }))
            .collect();
        let target = format!("/{}/_mget", self.name(generation));
        let answer = self.call("POST", target, json!({ "docs": docs })).await?;
        let Answer { mut docs } = serde_json::from_slice(&answer)?;
        if docs.len() != places.len() {
            return Err(EngineError::Unreadable { line: 0, column: 0 });
        }
        // A whole answer about an index that is not there, document by document.
        if let Some(error) = docs.iter_mut().find_map(|found| found.error.take()) {
            let status = if error.is_missing_index() { 404 } else { 503 };
            return Err(error.into_error(status));
        }
        let read = |found: Answered<'_>| found.hit.filter(|_| found.found).map(Hit::into_document);
        Ok(docs.into_iter().map(read).collect())
    }

    /// Writes documents over others of the same revision, which say something else than their rows
    /// and which [`Search::index`] therefore leaves as they are; one of a newer revision stays.
    ///
    /// # Errors
    /// [`EngineError`] where nothing is known of any.
    pub async fn rewrite(
        &self,
        generation: Generation,
        documents: &[Document<'_>],
    ) -> Result<(), EngineError> {
        let name = self.name(generation);
        let mut body = Vec::new();
        for document in documents {
            Form::of(document).write(&name, VersionType::ExternalGte, &mut body);
        }
        let request = Request {
            method: "POST",
            target: "/_bulk?timeout=5s".to_owned(),
            content_type: "application/x-ndjson",
            body: body.into(),
        };
        self.engine.send(&request, Instant::now() + PATIENCE).await.map(|_| ())
    }

    /// Removes documents from an index unless they have become newer since they were read; false
    /// for one that stayed.
    ///
    /// # Errors
    /// [`EngineError`] where nothing is known of any.
    pub async fn remove(
        &self,
        generation: Generation,
        documents: &[IndexedDocument],
    ) -> Result<Vec<bool>, EngineError> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let name = self.name(generation);
        let mut body = String::new();
        for document in documents {
            let mut action = json!({
                "_index": name,
                "_id": document.id,
                "version": document.version,
                "version_type": "external_gte",
                "require_alias": true,
            });
            if let (Some(routing), Some(action)) = (&document.routing, action.as_object_mut()) {
                action.insert("routing".to_owned(), json!(routing));
            }
            body.push_str(&json!({ "delete": action }).to_string());
            body.push('\n');
        }
        let request = Request {
            method: "POST",
            target: "/_bulk?timeout=5s".to_owned(),
            content_type: "application/x-ndjson",
            body: body.into(),
        };
        let answer = self.engine.send(&request, Instant::now() + PATIENCE).await?;
        removals(answer.bytes(), documents.len())
    }

    /// Lets an index forget the versions of documents that were deleted, which it keeps for a minute
    /// and holds against documents of the same or an older revision.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn forget_deletions(&self, generation: Generation) -> Result<(), EngineError> {
        let target = format!("/{}/_settings", self.name(generation));
        let kept_for = |time: Value| json!({ "index": { "gc_deletes": time } });
        self.call("PUT", target.clone(), kept_for(json!("0s"))).await?;
        let forgotten = self.refresh(generation).await;
        self.call("PUT", target, kept_for(Value::Null)).await?;
        forgotten
    }

    pub(super) fn name(&self, generation: Generation) -> String {
        match generation {
            Generation::Current => self.alias.clone(),
            Generation::Next => next_alias(&self.alias),
        }
    }

    /// A request of an operator's; the answer's body.
    pub(super) async fn call(
        &self,
        method: &'static str,
        target: String,
        body: Value,
    ) -> Result<Vec<u8>, EngineError> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request =
            Request { method, target, content_type: "application/json", body: body.into() };
        let answer = self.engine.send(&request, Instant::now() + PATIENCE).await?;
        Ok(answer.bytes().to_vec())
    }
}

impl DocumentScan<'_> {
    /// The next documents, in the order of chats and numbers; none at the end.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn next(&mut self) -> Result<Vec<IndexedDocument>, EngineError> {
        if self.ended {
            return Ok(Vec::new());
        }
        let query = match &self.tenant {
            Some(tenant) => json!({ "prefix": { "chat": format!("{tenant}-") } }),
            None => json!({ "match_all": {} }),
        };
        let mut body = json!({
            "query": query,
            "pit": { "id": self.point_in_time, "keep_alive": KEEP_ALIVE },
            "sort": [{ "chat": "asc" }, { "number": "asc" }],
            "size": PAGE,
            "version": true,
            "track_total_hits": false,
        });
        if let (Some(after), Some(body)) = (self.after.take(), body.as_object_mut()) {
            body.insert("search_after".to_owned(), after);
        }
        let target = "/_search?allow_partial_search_results=false".to_owned();
        let answer = self.search.call("POST", target, body).await?;
        let answer: Answer<'_> = serde_json::from_slice(&answer)?;
        if answer.timed_out {
            return Err(EngineError::TimedOut);
        }
        let hits = answer.hits.hits;
        self.after = hits.last().and_then(|hit| hit.sort.clone());
        self.ended = hits.len() < PAGE;
        if self.ended {
            let close = json!({ "pit_id": [self.point_in_time] });
            // It ends by itself in a few minutes.
            let _ = self.search.call("DELETE", "/_search/point_in_time".to_owned(), close).await;
        }
        Ok(hits.into_iter().map(Hit::into_document).collect())
    }
}

/// Which of so many documents are gone.
fn removals(answer: &[u8], documents: usize) -> Result<Vec<bool>, EngineError> {
    #[derive(Deserialize)]
    struct Answer {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        delete: Removal,
    }
    #[derive(Deserialize)]
    struct Removal {
        status: u16,
    }
    let Answer { items } = serde_json::from_slice(answer)?;
    if items.len() != documents {
        return Err(EngineError::Unreadable { line: 0, column: 0 });
    }
    // 404: somebody else was faster.
    Ok(items.iter().map(|item| matches!(item.delete.status, 200 | 404)).collect())
}

#[derive(Deserialize)]
struct Answer<'a> {
    timed_out: bool,
    #[serde(borrow)]
    hits: Hits<'a>,
}

#[derive(Deserialize)]
struct Hits<'a> {
    #[serde(borrow)]
    hits: Vec<Hit<'a>>,
}

#[derive(Deserialize)]
struct Hit<'a> {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_routing")]
    routing: Option<String>,
    #[serde(rename = "_version", default)]
    version: u64,
    #[serde(rename = "_source", borrow, default)]
    source: Source<'a>,
    sort: Option<Value>,
}

#[derive(Default, Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    chat: Option<Cow<'a, str>>,
    number: Option<u64>,
    #[serde(borrow)]
    body: Option<Cow<'a, str>>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl Hit<'_> {
    fn into_document(self) -> IndexedDocument {
        let Self { id, routing, version, source, .. } = self;
        let place = source
            .chat
            .zip(source.number)
            .and_then(|(chat, number)| DocumentPlace::read(&chat, number, &id, routing.as_deref()));
        let fingerprint = source.body.zip(source.created_at).zip(source.updated_at).map(
            |((body, created_at), updated_at)| {
                fingerprint_of(&literal::decode(&body), created_at, updated_at)
            },
        );
        IndexedDocument { id, routing, place, version, fingerprint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MessageBody;

    #[test]
    fn a_document_is_of_a_message_only_where_all_of_it_says_so() {
        let tenant = AccessToken::generate().unwrap().digest();
        let chat = format!("{tenant}-7");
        let id = format!("{chat}-12");
        let read = |chat: &str, number, id: &str, routing| {
            DocumentPlace::read(chat, number, id, routing).is_some()
        };
        assert!(read(&chat, 12, &id, Some(&chat)));
        assert!(!read(&chat, 13, &id, Some(&chat)), "another number than in its id");
        assert!(!read(&chat, 12, &id, None), "not where a search of the chat looks");
        assert!(!read(&chat, 12, "other", Some(&chat)));
        assert!(!read("other", 12, "other-12", Some("other")));
        assert!(!read(&chat, 0, &format!("{chat}-0"), Some(&chat)));
    }

    #[test]
    fn a_row_and_its_document_have_one_fingerprint_and_others_have_others() {
        let now = Timestamp::now();
        let message = |text: &str, updated_at| Message {
            number: MessageNumber::try_from(1).unwrap(),
            body: MessageBody::new(text.to_owned()).unwrap(),
            created_at: now,
            updated_at,
            revision: 3,
        };
        let hit = json!({
            "_id": "x",
            "_version": 3,
            "_source": {
                "body": literal::encode("a*\\b\u{fdd0}"),
                "created_at": now.to_string(),
                "updated_at": now.to_string(),
            },
        });
        let hit = hit.to_string();
        let document = serde_json::from_str::<Hit<'_>>(&hit).unwrap().into_document();
        let fingerprint = |text, time| Some(fingerprint(&message(text, time)));
        assert_eq!(document.fingerprint, fingerprint("a*\\b\u{fdd0}", now));
        assert_ne!(document.fingerprint, fingerprint("a*\\b", now));
        assert_ne!(document.fingerprint, fingerprint("a*\\b\u{fdd0}", now.plus_millis(1)));
    }
}
