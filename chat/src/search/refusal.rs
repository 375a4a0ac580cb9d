//! The errors in the engine's answers, reduced to the engine's names for them: its explanations may
//! quote documents.

use serde::Deserialize;

use super::error::EngineError;

/// How OpenSearch refuses to write to an alias of two indexes, under a name that says less.
const NO_WRITE_INDEX: &str = "no write index is defined for alias";

/// The error of an answer, or of an item in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    #[serde(rename = "type")]
    kind: String,
    /// Looked at, never shown; some errors have none.
    reason: Option<String>,
    caused_by: Option<Box<Refusal>>,
    root_cause: Vec<Refusal>,
}

impl Refusal {
    /// Reads the body of an answer; one without a readable error has no kind.
    pub(super) fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: Refusal,
        }
        serde_json::from_slice(body).map_or_else(|_| Self::default(), |Body { error }| error)
    }

    /// Whether a name led to no index.
    pub(super) fn is_missing_index(&self) -> bool {
        self.kind == "index_not_found_exception"
    }

    /// Whether it is about the state of the index, which passes or is repaired, and not about the
    /// document: a closed index, one without a free disk, an alias in the middle of a change.
    pub(super) fn is_about_index(&self) -> bool {
        matches!(self.kind.as_str(), "index_closed_exception" | "cluster_block_exception")
            || self.reason.as_ref().is_some_and(|reason| reason.starts_with(NO_WRITE_INDEX))
    }

    pub(super) fn into_error(self, status: u16) -> EngineError {
        let mut names: Vec<String> = Vec::new();
        let mut refusals = vec![self];
        while let Some(refusal) = refusals.pop() {
            if !refusal.kind.is_empty() && !names.contains(&refusal.kind) {
                names.push(refusal.kind);
            }
            // The root causes are looked at first.
            refusals.extend(refusal.caused_by.map(|cause| *cause));
            refusals.extend(refusal.root_cause);
        }
        let kind = if names.is_empty() { "without a reason".to_owned() } else { names.join(": ") };
        EngineError::Refused { status, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_error_only_the_names_are_kept() {
        for (body, message) in [
            ("", "429 without a reason"),
            ("<html>", "429 without a reason"),
            (r#"{"error": "secret"}"#, "429 without a reason"),
            (r#"{"error": {"type": "a", "reason": "secret"}}"#, "429 a"),
            (
                r#"{"error": {"type": "null_pointer_exception", "reason": null}}"#,
                "429 null_pointer_exception",
            ),
            (
                r#"{"error": {"type": "a", "root_cause": [{"type": "a"}], "caused_by": {"type": "b"}}}"#,
                "429 a: b",
            ),
            (
                r#"{"error": {"type": "search_phase_execution_exception", "reason": "all shards failed",
                    "root_cause": [{"type": "query_shard_exception", "reason": "secret"}]}}"#,
                "429 search_phase_execution_exception: query_shard_exception",
            ),
        ] {
            let error = Refusal::read(body.as_bytes()).into_error(429);
            assert_eq!(error.to_string(), format!("the search engine answered {message}"));
        }
    }
}
