//! Rebuilding the index beside the one that is searched, and putting it in its place in one step.
//!
//! Why nothing is lost. From the moment at which the next index has its alias, workers write every
//! document to both. A row written before is found by a consistent scan that begins afterwards; a
//! row written later is indexed by its worker. Both carry the row's revision as external version,
//! so their order does not matter.
//!
//! Why no search misses what one before it found. The old index shows no more new documents from
//! [`Search::hold`] on; all that it shows is in the next one too, which then is refreshed; only then
//! the aliases change, both in one call.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Document, Outcome, Search,
    bulk::{Item, Outcomes, Target},
    documents::Generation,
    engine::Engine,
    error::EngineError,
    index::{index_with_alias, next_alias},
};

/// The indexes of an alias.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Indexes {
    /// Those that are searched; one, unless somebody's slip made it more or none.
    pub current: Vec<String>,
    /// The one that is being rebuilt.
    pub next: Vec<String>,
    /// Those that no alias of ours names: kept, or left by a rebuild that was interrupted.
    pub unused: Vec<String>,
}

impl Search {
    /// The indexes under this alias.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn indexes(&self) -> Result<Indexes, EngineError> {
        #[derive(Deserialize)]
        struct Index {
            aliases: BTreeMap<String, Value>,
        }
        // `messages*`, since a role may be kept from the indexes of others.
        let target = format!("/{}%2A/_alias", self.alias);
        let answer = self.call("GET", target, Value::Null).await?;
        let answer: BTreeMap<String, Index> = serde_json::from_slice(&answer)?;
        let all = answer.into_iter().map(|(name, index)| (name, index.aliases.into_keys()));
        Ok(sort(&self.alias, all.map(|(name, aliases)| (name, aliases.collect()))))
    }

    /// Makes the next index together with its alias, behind all that there are, unless there is one
    /// by now: of two under one alias the engine would take no document. Says its name.
    ///
    /// # Errors
    /// [`EngineError`]; 400 where somebody else was faster.
    pub async fn create_next_index(&self) -> Result<String, EngineError> {
        let mut indexes = self.indexes().await?;
        if let Some(next) = indexes.next.pop() {
            return Ok(next);
        }
        let all = indexes.current.iter().chain(&indexes.unused);
        let last = all.filter_map(|name| number(&self.alias, name)).max().unwrap_or(0);
        let name = format!("{}-{}", self.alias, last + 1);
        let body = serde_json::from_slice(&index_with_alias(&next_alias(&self.alias))?)?;
        self.call("PUT", format!("/{name}"), body).await?;
        Ok(name)
    }

    /// Writes documents into the next index only, and says of each what became of it, in their
    /// order. Where there is no next index, each is [`Outcome::Later`].
    pub async fn index_next(
        &self,
        documents: &[Document<'_>],
        deadline: std::time::Instant,
    ) -> Vec<Outcome> {
        let next = Self { engine: Engine::clone(&self.engine), alias: next_alias(&self.alias) };
        let items = (0..documents.len())
            .map(|document| Item { document, target: Target::Current })
            .collect();
        let mut outcomes = Outcomes::default();
        for (item, error) in next.write(documents, items, deadline, &mut outcomes).await {
            outcomes.add(item.document, Outcome::Later(error));
        }
        outcomes.into_vec(documents.len())
    }

    /// Keeps an index from showing further documents, or lets it show them again.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn hold(&self, index: &str, held: bool) -> Result<(), EngineError> {
        let interval = if held { json!("-1") } else { own_interval() };
        let settings = json!({ "index": { "refresh_interval": interval } });
        self.call("PUT", format!("/{index}/_settings"), settings).await.map(|_| ())
    }

    /// Whether an index is kept from showing further documents.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn is_held(&self, index: &str) -> Result<bool, EngineError> {
        let target = format!("/{index}/_settings/index.refresh_interval");
        let answer = self.call("GET", target, Value::Null).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let interval = answer.pointer(&format!("/{index}/settings/index/refresh_interval"));
        Ok(interval.and_then(Value::as_str) == Some("-1"))
    }

    /// Puts the next index in the place of the one that is searched, in one step.
    ///
    /// # Errors
    /// [`EngineError`]; 404 where the aliases are not, or no longer, as they were read.
    pub async fn swap(&self, current: &[String], next: &str) -> Result<(), EngineError> {
        let mut actions: Vec<Value> = current
            .iter()
            .map(|index| json!({ "remove": { "index": index, "alias": self.alias, "must_exist": true } }))
            .collect();
        actions.push(json!({ "add": { "index": next, "alias": self.alias } }));
        let alias = self.name(Generation::Next);
        actions.push(json!({ "remove": { "index": next, "alias": alias, "must_exist": true } }));
        let target = "/_aliases".to_owned();
        self.call("POST", target, json!({ "actions": actions })).await.map(|_| ())
    }

    /// Deletes an index and all that is in it.
    ///
    /// # Errors
    /// [`EngineError`]; none where there is no such index.
    pub async fn delete_index(&self, index: &str) -> Result<(), EngineError> {
        match self.call("DELETE", format!("/{index}"), Value::Null).await {
            Err(EngineError::Refused { status: 404, .. }) => Ok(()),
            result => result.map(|_| ()),
        }
    }

    /// The health of the engine, as it calls it itself: `green`, `yellow` or `red`.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn health(&self) -> Result<String, EngineError> {
        #[derive(Deserialize)]
        struct Answer {
            status: String,
        }
        let answer = self.call("GET", "/_cluster/health".to_owned(), Value::Null).await?;
        let Answer { status } = serde_json::from_slice(&answer)?;
        Ok(status)
    }

    /// The engine's version.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn engine_version(&self) -> Result<String, EngineError> {
        #[derive(Deserialize)]
        struct Answer {
            version: Version,
        }
        #[derive(Deserialize)]
        struct Version {
            number: String,
        }
        let answer = self.call("GET", "/".to_owned(), Value::Null).await?;
        let Answer { version } = serde_json::from_slice(&answer)?;
        Ok(version.number)
    }

    /// How many documents an index holds that can be found.
    ///
    /// # Errors
    /// [`EngineError`]; 404 where there is no such index.
    pub async fn count(&self, generation: Generation) -> Result<u64, EngineError> {
        #[derive(Deserialize)]
        struct Answer {
            count: u64,
        }
        let target = format!("/{}/_count", self.name(generation));
        let answer = self.call("GET", target, Value::Null).await?;
        let Answer { count } = serde_json::from_slice(&answer)?;
        Ok(count)
    }
}

/// The interval that every index is made with.
fn own_interval() -> Value {
    index_with_alias("")
        .ok()
        .and_then(|body| serde_json::from_slice::<Value>(&body).ok())
        .and_then(|body| body.pointer("/settings/index/refresh_interval").cloned())
        .unwrap_or(Value::Null)
}

/// The number of an index of this alias.
fn number(alias: &str, index: &str) -> Option<u64> {
    let digits = index.strip_prefix(alias)?.strip_prefix('-')?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Sorts indexes by what their aliases make of them; those of other aliases are left out.
fn sort(alias: &str, indexes: impl Iterator<Item = (String, Vec<String>)>) -> Indexes {
    let mut sorted = Indexes::default();
    let next = next_alias(alias);
    for (name, aliases) in indexes {
        let is = |alias: &str| aliases.iter().any(|other| other == alias);
        if is(alias) {
            sorted.current.push(name);
        } else if is(&next) {
            sorted.next.push(name);
        } else if aliases.is_empty() && number(alias, &name).is_some() {
            sorted.unused.push(name);
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_told_apart_by_their_aliases() {
        let index = |name: &str, aliases: &[&str]| {
            (name.to_owned(), aliases.iter().map(|&alias| alias.to_owned()).collect())
        };
        let indexes = sort(
            "messages",
            [
                index("messages-1", &[]),
                index("messages-2", &["messages", "somebody-s"]),
                index("messages-10", &["messages-next"]),
                index("messages-3", &["somebody-s"]),
                index("messages-old", &[]),
                index("other-1", &[]),
                index("messages-tests-1", &[]),
            ]
            .into_iter(),
        );
        assert_eq!(
            indexes,
            Indexes {
                current: vec!["messages-2".to_owned()],
                next: vec!["messages-10".to_owned()],
                unused: vec!["messages-1".to_owned()],
            }
        );
        assert_eq!(number("messages", "messages-10"), Some(10));
        assert_eq!(number("messages", "messages-"), None);
        assert_eq!(own_interval(), "1s");
    }
}
