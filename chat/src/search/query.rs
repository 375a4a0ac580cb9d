//! What the engine is asked for a keyword, and how its hits are read.

use std::{borrow::Cow, time::Duration};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    cursor::{Rank, SearchCursor},
    error::EngineError,
    keyword::Keyword,
    literal,
};
use crate::model::{Message, MessageBody, MessageNumber, Timestamp};

/// Longest pattern, in characters: OpenSearch gives up on patterns that repeat themselves between
/// 300 and 400. Only keywords with more than 44 noncharacters get longer.
const PATTERN_MAX_CHARS: usize = 300;

/// Which hits of a keyword are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'a> {
    pub(super) chat: &'a str,
    pub(super) keyword: &'a Keyword,
    pub(super) rank: Rank,
    /// Hits with greater numbers only.
    pub(super) after: Option<MessageNumber>,
    pub(super) size: usize,
    pub(super) timeout: Duration,
}

impl Query<'_> {
    /// The body of the search.
    ///
    /// Each rank is asked for by itself, in the order of numbers, instead of both in one query
    /// ordered by score: then the engine stops at the first hits of the chat rather than look at
    /// every message that may match (20,000 messages of 1 KB, one letter: 70 ms instead of 1.1 s).
    pub(super) fn body(&self) -> Value {
        let encoded = literal::encode(self.keyword.as_str());
        let words = json!({ "match": { "body": { "query": encoded, "operator": "and" } } });
        let pattern: String = encoded.chars().take(PATTERN_MAX_CHARS).collect();
        let text = json!({ "wildcard": { "body.wildcard": { "value": format!("*{pattern}*") } } });

        let mut filter = vec![json!({ "term": { "chat": self.chat } })];
        let mut must_not = Vec::new();
        match self.rank {
            Rank::Words if self.keyword.is_words_only() => filter.push(words),
            Rank::Words => filter.extend([words, text]),
            Rank::Part => {
                filter.push(text);
                // Asked of these already, if the engine takes any of it for words.
                must_not.extend(self.keyword.has_words().then_some(words));
            }
        }
        let mut body = json!({
            "query": { "bool": { "filter": filter, "must_not": must_not } },
            "sort": [{ "number": "asc" }],
            "size": self.size,
            "timeout": format!("{}ms", self.timeout.as_millis()),
            "track_total_hits": false,
            "version": true,
        });
        if let (Some(number), Some(object)) = (self.after, body.as_object_mut()) {
            object.insert("search_after".to_owned(), json!([number]));
        }
        body
    }
}

/// The ranks that can hold hits of a keyword, the best first.
pub(super) fn ranks(keyword: &Keyword) -> &'static [Rank] {
    if keyword.has_words() { &[Rank::Words, Rank::Part] } else { &[Rank::Part] }
}

/// Whether a hit's text holds the keyword, where the pattern had to be cut; `true` where not.
pub(super) fn holds(body: &str, keyword: &Keyword) -> bool {
    let encoded = literal::encode(keyword.as_str());
    encoded.chars().nth(PATTERN_MAX_CHARS).is_none()
        || lower_case(body).contains(&lower_case(keyword.as_str()))
}

/// Unicode's simple lower case, which the engine's `lowercase` filter has: one character for each.
fn lower_case(text: &str) -> String {
    let simple = |char: char| match char {
        // The only character whose full lower case is longer.
        'İ' => 'i',
        other => other.to_lowercase().next().unwrap_or(other),
    };
    text.chars().map(simple).collect()
}

/// Reads an answer; an incomplete one is an error.
pub(super) fn read(answer: &[u8], rank: Rank) -> Result<Vec<(SearchCursor, Message)>, EngineError> {
    let answer: Answer<'_> = serde_json::from_slice(answer)?;
    if answer.timed_out {
        return Err(EngineError::TimedOut);
    }
    if answer.shards.failed > 0 {
        return Err(EngineError::FailedShards(answer.shards.failed));
    }
    answer.hits.hits.into_iter().map(|hit| hit.into_message(rank)).collect()
}

#[derive(Deserialize)]
struct Answer<'a> {
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    #[serde(borrow)]
    hits: Hits<'a>,
}

#[derive(Deserialize)]
struct Shards {
    failed: u32,
}

#[derive(Deserialize)]
struct Hits<'a> {
    #[serde(borrow)]
    hits: Vec<Hit<'a>>,
}

#[derive(Deserialize)]
struct Hit<'a> {
    #[serde(rename = "_version")]
    version: u64,
    #[serde(rename = "_source", borrow)]
    source: Source<'a>,
}

#[derive(Deserialize)]
struct Source<'a> {
    number: MessageNumber,
    #[serde(borrow)]
    body: Cow<'a, str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Hit<'_> {
    fn into_message(self, rank: Rank) -> Result<(SearchCursor, Message), EngineError> {
        let Source { number, body, created_at, updated_at } = self.source;
        let body = MessageBody::new(literal::decode(&body).into_owned())
            .map_err(|_| EngineError::Unreadable { line: 0, column: 0 })?;
        let message = Message { number, body, created_at, updated_at, revision: self.version };
        Ok((SearchCursor { rank, number }, message))
    }
}
