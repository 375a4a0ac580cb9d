//! What the functions do with the engine: the worker writes documents, the reader finds messages.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::{
    bulk::{
        self, BULK_MAX_BYTES, Batch, Batches, Document, Item, ItemOutcome, Outcome, Outcomes,
        Target,
    },
    config::{InvalidSearchConfig, SearchConfig},
    cursor::SearchCursor,
    engine::{Engine, Request},
    error::{EngineError, SearchError},
    index,
    query::{self, Query},
};
use crate::model::{AccessToken, ChatNumber, Keyword, Message};

/// Longest time that the engine may take for a search.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(5);
/// Most hits in one answer of the engine, where 65,535 control characters take 393 KB of JSON: so
/// an answer has at most 20 MB. A page of the default size is asked for at once.
const HITS_AT_ONCE: usize = 51;
/// Bodies that take so many bytes of JSON fill any page, which stays under 5 MB.
const PAGE_MAX_BYTES: usize = 5_000_000;

/// The search engine, as the functions see it. Cloning shares its connections.
#[derive(Debug, Clone)]
pub struct Search {
    pub(super) engine: Engine,
    pub(super) alias: String,
}

/// A message that was found, and its place in the order of hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The message as it was indexed.
    pub message: Message,
    /// Where a page that ends with this hit is to be continued.
    pub cursor: SearchCursor,
}

/// Hits in their order, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// At most as many as asked for; fewer where their texts are so large that no answer holds more.
    pub hits: Vec<Hit>,
    /// Whether there are hits after the last of these.
    pub more: bool,
}

impl Search {
    /// A way to the engine. Nothing is sent yet.
    ///
    /// # Errors
    /// [`InvalidSearchConfig`] where the address is no URL of the web, or nobody can sign.
    pub fn new(http: SharedHttpClient, config: SearchConfig) -> Result<Self, InvalidSearchConfig> {
        let alias = config.alias.clone();
        Ok(Self { engine: Engine::new(http, config)?, alias })
    }

    /// Makes the first index together with its alias, in one call, unless the alias is there. That
    /// another function was faster is success.
    ///
    /// # Errors
    /// [`EngineError`] where the engine is away or refuses.
    pub async fn create_first_index(&self, deadline: Instant) -> Result<(), EngineError> {
        if self.has_alias(deadline).await? {
            return Ok(());
        }
        let request = Request {
            method: "PUT",
            target: format!("/{}", index::first_index(&self.alias)),
            content_type: "application/json",
            body: index::index_with_alias(&self.alias)?.into(),
        };
        match self.engine.send(&request, deadline).await {
            Err(EngineError::Refused { kind, .. })
                if kind.starts_with("resource_already_exists_exception") =>
            {
                Ok(())
            }
            result => result.map(|_| ()),
        }
    }

    /// Whether the alias stands for an index: after a rebuild it is no longer the first, and a
    /// second one behind the alias would stop all writes.
    async fn has_alias(&self, deadline: Instant) -> Result<bool, EngineError> {
        let request = Request {
            method: "GET",
            // Its own indexes, and no others: a role may be kept to them.
            target: format!("/{0}/_alias/{0}", self.alias),
            content_type: "application/json",
            body: Vec::new().into(),
        };
        match self.engine.send(&request, deadline).await {
            Ok(_) => Ok(true),
            Err(EngineError::Refused { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes documents, and says of each what became of it, in their order. A revision never
    /// replaces a newer one, whatever the order of calls. Ends before the deadline; what was not
    /// taken by then is [`Outcome::Later`].
    pub async fn index(&self, documents: &[Document<'_>], deadline: Instant) -> Vec<Outcome> {
        let mut outcomes = Outcomes::default();
        // The next index first: should the aliases be swapped between the two, the second write
        // goes to the index that is searched from then on.
        let items = (0..documents.len())
            .flat_map(|document| {
                [Target::Next, Target::Current].map(|target| Item { document, target })
            })
            .collect();
        let homeless = self.write(documents, items, deadline, &mut outcomes).await;
        if !homeless.is_empty() {
            self.write_to_first_index(documents, homeless, deadline, &mut outcomes).await;
        }
        outcomes.into_vec(documents.len())
    }

    /// Makes the index that items did not find, and writes them once more.
    async fn write_to_first_index(
        &self,
        documents: &[Document<'_>],
        homeless: Vec<(Item, Arc<EngineError>)>,
        deadline: Instant,
        outcomes: &mut Outcomes,
    ) {
        if let Err(error) = self.create_first_index(deadline).await {
            let error = Arc::new(error);
            for (item, _) in homeless {
                outcomes.add(item.document, Outcome::Later(Arc::clone(&error)));
            }
            return;
        }
        let items = homeless.into_iter().map(|(item, _)| item).collect();
        for (item, error) in self.write(documents, items, deadline, outcomes).await {
            outcomes.add(item.document, Outcome::Later(error));
        }
    }

    /// Writes items and gives back those whose alias does not exist.
    pub(super) async fn write(
        &self,
        documents: &[Document<'_>],
        items: Vec<Item>,
        deadline: Instant,
        outcomes: &mut Outcomes,
    ) -> Vec<(Item, Arc<EngineError>)> {
        let mut homeless = Vec::new();
        for Batch { items, body } in Batches::new(documents, items, &self.alias, BULK_MAX_BYTES) {
            let results = match self.write_batch(&items, body, deadline).await {
                Ok(results) => results,
                Err(error) => {
                    let later = ItemOutcome::Done(Outcome::Later(Arc::new(error)));
                    vec![later; items.len()]
                }
            };
            for (item, result) in items.into_iter().zip(results) {
                match result {
                    ItemOutcome::Done(outcome) => outcomes.add(item.document, outcome),
                    ItemOutcome::NoAlias(error) => homeless.push((item, error)),
                }
            }
        }
        homeless
    }

    async fn write_batch(
        &self,
        items: &[Item],
        body: Vec<u8>,
        deadline: Instant,
    ) -> Result<Vec<ItemOutcome>, EngineError> {
        let request = Request {
            method: "POST",
            // Bounded, since the engine waits a minute for a shard that is away.
            target: "/_bulk?timeout=5s".to_owned(),
            content_type: "application/x-ndjson",
            body: body.into(),
        };
        let answer = self.engine.send(&request, deadline).await?;
        bulk::read(answer.bytes(), items)
    }

    /// Finds the messages of a chat that match a keyword: up to `limit` hits after a place in their
    /// order, those whose words match before those that hold the keyword as a part, ties by number.
    ///
    /// Where there is no index yet, nothing is found: the first document makes it.
    ///
    /// # Errors
    /// [`SearchError::Unavailable`] where the engine is away, took over 5 s or did not search all of
    /// its index; [`SearchError::Failed`] where it refused.
    pub async fn find(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        keyword: &Keyword,
        limit: usize,
        after: Option<SearchCursor>,
        deadline: Instant,
    ) -> Result<SearchPage, SearchError> {
        let deadline = deadline.min(Instant::now() + SEARCH_TIMEOUT);
        let chat = bulk::chat_key(token, chat);
        let mut hits: Vec<Hit> = Vec::new();
        let mut bytes = 0;
        let is_cut = query::is_cut(keyword);
        for &rank in query::ranks(keyword) {
            if after.is_some_and(|after| after.rank > rank) {
                continue;
            }
            let mut last = after.filter(|after| after.rank == rank).map(|after| after.number);
            loop {
                // One more than asked for tells whether there is more.
                let size = (limit + 1 - hits.len()).min(HITS_AT_ONCE);
                let timeout = deadline.saturating_duration_since(Instant::now());
                let query = Query { chat: &chat, keyword, rank, after: last, size, timeout };
                let found = self.search(&query, deadline).await?;
                let exhausted = found.len() < size;
                last = found.last().map(|(cursor, _)| cursor.number);
                for (cursor, message) in found {
                    if !is_cut || query::holds(message.body.as_str(), keyword) {
                        bytes += json_length(message.body.as_str());
                        hits.push(Hit { message, cursor });
                    }
                }
                if hits.len() > limit {
                    hits.truncate(limit);
                    return Ok(SearchPage { hits, more: true });
                }
                if bytes > PAGE_MAX_BYTES {
                    // The last one is what tells that there is more.
                    hits.pop();
                    return Ok(SearchPage { hits, more: true });
                }
                if exhausted {
                    break;
                }
            }
        }
        Ok(SearchPage { hits, more: false })
    }

    async fn search(
        &self,
        query: &Query<'_>,
        deadline: Instant,
    ) -> Result<Vec<(SearchCursor, Message)>, EngineError> {
        let request = Request {
            method: "POST",
            // The same copy of the shard for each page of a chat: copies refresh at different times.
            target: format!(
                "/{}/_search?allow_partial_search_results=false&routing={chat}&preference={chat}",
                self.alias,
                chat = query.chat
            ),
            content_type: "application/json",
            body: query.body().to_string().into(),
        };
        match self.engine.send(&request, deadline).await {
            Ok(answer) => query::read(answer.bytes(), query.rank),
            Err(error) if error.is_missing_index() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// How many bytes a text takes in JSON.
fn json_length(text: &str) -> usize {
    let length = |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_text_in_json_is_that_of_its_json() {
        let all: String = (0..0x300).filter_map(char::from_u32).collect();
        for text in ["", "a", "\"\\", "中🦀", &all] {
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(json_length(text), json.len() - 2, "{text:?}");
        }
    }
}
