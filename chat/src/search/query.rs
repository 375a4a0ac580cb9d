//! What the engine is asked for a keyword, and how its hits are read.

use std::{borrow::Cow, time::Duration};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    cursor::{Rank, SearchCursor},
    error::EngineError,
    literal,
};
use crate::model::{Keyword, Message, MessageBody, MessageNumber, Timestamp};

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

/// Whether the engine is asked for the beginning of a keyword only, so that its hits are to be
/// judged by [`holds`].
pub(super) fn is_cut(keyword: &Keyword) -> bool {
    literal::encode(keyword.as_str()).chars().nth(PATTERN_MAX_CHARS).is_some()
}

/// Whether a text holds the keyword, whatever its case.
pub(super) fn holds(body: &str, keyword: &Keyword) -> bool {
    lower_case(body).contains(&lower_case(keyword.as_str()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn body(keyword: &str, rank: Rank, after: Option<u64>) -> Value {
        let keyword = Keyword::new(keyword.to_owned()).unwrap();
        let after = after.map(|number| MessageNumber::try_from(number).unwrap());
        let timeout = Duration::from_secs(5);
        Query { chat: "digest-7", keyword: &keyword, rank, after, size: 51, timeout }.body()
    }

    fn words(text: &str) -> Value {
        json!({ "match": { "body": { "query": text, "operator": "and" } } })
    }

    fn text(pattern: &str) -> Value {
        json!({ "wildcard": { "body.wildcard": { "value": pattern } } })
    }

    #[test]
    fn hits_of_a_chat_are_asked_for_in_the_order_of_numbers_and_not_counted() {
        assert_eq!(
            body("a", Rank::Words, Some(57)),
            json!({
                "query": { "bool": {
                    "filter": [{ "term": { "chat": "digest-7" } }, words("a")],
                    "must_not": [],
                } },
                "sort": [{ "number": "asc" }],
                "search_after": [57],
                "size": 51,
                "timeout": "5000ms",
                "track_total_hits": false,
                "version": true,
            })
        );
        assert_eq!(body("a", Rank::Words, None).get("search_after"), None);
    }

    #[test]
    fn words_match_alone_only_where_the_keyword_is_of_words_only() {
        let chat = json!({ "term": { "chat": "digest-7" } });
        for (keyword, rank, filter, must_not) in [
            ("two words", Rank::Words, json!([chat, words("two words")]), json!([])),
            (
                "two words",
                Rank::Part,
                json!([chat, text("*two words*")]),
                json!([words("two words")]),
            ),
            ("c*", Rank::Words, json!([chat, words("c\u{fdd1}"), text("*c\u{fdd1}*")]), json!([])),
            ("c*", Rank::Part, json!([chat, text("*c\u{fdd1}*")]), json!([words("c\u{fdd1}")])),
            ("?\\", Rank::Part, json!([chat, text("*\u{fdd2}\u{fdd3}*")]), json!([])),
        ] {
            let query = &body(keyword, rank, None)["query"]["bool"];
            assert_eq!(query["filter"], filter, "{keyword} {rank:?}");
            assert_eq!(query["must_not"], must_not, "{keyword} {rank:?}");
        }
        let keyword = |text: &str| Keyword::new(text.to_owned()).unwrap();
        assert_eq!(ranks(&keyword("a!")), [Rank::Words, Rank::Part]);
        assert_eq!(ranks(&keyword("  ")), [Rank::Part]);
    }

    #[test]
    fn a_keyword_that_gets_too_long_is_cut_and_its_hits_are_judged() {
        let long = Keyword::new("\u{fdd0}".repeat(256)).unwrap();
        assert!(is_cut(&long));
        let pattern = body(long.as_str(), Rank::Part, None);
        let pattern = &pattern["query"]["bool"]["filter"][1]["wildcard"]["body.wildcard"]["value"];
        assert_eq!(pattern.as_str().unwrap().chars().count(), PATTERN_MAX_CHARS + 2);
        assert!(holds(&format!("a{}", long.as_str()), &long));
        assert!(!holds(&"\u{fdd0}".repeat(255), &long));
        for whole in ["a", &"*".repeat(256), &"🦀".repeat(256), &"\u{fdd0}".repeat(150)] {
            assert!(!is_cut(&Keyword::new(whole.to_owned()).unwrap()));
        }
        let upper = Keyword::new("İΣK\u{212a}É".to_owned()).unwrap();
        assert!(holds("xiσkkéx", &upper) && !holds("xi\u{307}σkkéx", &upper));
    }

    #[test]
    fn hits_are_read_as_messages_with_their_places() {
        let answer = json!({
            "timed_out": false,
            "_shards": { "total": 1, "failed": 0 },
            "hits": { "hits": [{
                "_version": 3,
                "sort": [12],
                "_source": {
                    "chat": "digest-7",
                    "number": 12,
                    "body": "a\u{fdd1}\u{1}\"b\u{fdd4}\u{fdd7}",
                    "created_at": "2022-08-09T22:17:52.599Z",
                    "updated_at": "2022-08-09T22:17:53.000Z",
                },
            }] },
        });
        let hits = read(answer.to_string().as_bytes(), Rank::Part).unwrap();
        let [(cursor, message)] = hits.as_slice() else { panic!("{hits:?}") };
        assert_eq!(cursor.to_string(), "0-12");
        assert_eq!(message.body.as_str(), "a*\u{1}\"b\u{fdd0}");
        assert_eq!((message.number.get(), message.revision), (12, 3));
        assert_eq!(message.updated_at.to_string(), "2022-08-09T22:17:53.000Z");
    }

    #[test]
    fn an_incomplete_answer_is_an_error_that_passes_and_shows_no_text() {
        let answer = |timed_out: bool, failed: u32| {
            let hits = json!({ "hits": [] });
            json!({ "timed_out": timed_out, "_shards": { "failed": failed }, "hits": hits })
                .to_string()
        };
        let read = |answer: &str| read(answer.as_bytes(), Rank::Words);
        assert!(read(&answer(false, 0)).unwrap().is_empty());
        assert!(matches!(read(&answer(true, 0)), Err(EngineError::TimedOut)));
        assert!(matches!(read(&answer(false, 1)), Err(EngineError::FailedShards(1))));
        let foreign = answer(false, 0).replace("[]", r#"[{"_version": "secret"}]"#);
        let error = read(&foreign).unwrap_err();
        assert!(matches!(error, EngineError::Unreadable { line: 1, .. }), "{error}");
        assert!(!format!("{error:?}{error}").contains("secret"));
    }
}
