//! What can go wrong between a function and the search engine. No message holds a text of a tenant:
//! of an engine's explanation only the kinds are kept, since it may quote a document.

use aws_smithy_runtime_api::box_error::BoxError;
use thiserror::Error;

/// Why a search gave no page.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The engine is away, too slow or not whole at the moment: trying again may help.
    #[error("search is unavailable")]
    Unavailable(#[source] EngineError),
    /// The engine refused the request or answered something else than hits: a fault of ours.
    #[error("search failed")]
    Failed(#[source] EngineError),
}

/// What the engine did instead of doing as it was told.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The request could not be made or signed.
    #[error("the request to the search engine could not be made")]
    Unsent(#[source] BoxError),
    /// No connection, or one that broke.
    #[error("no answer from the search engine")]
    NoAnswer(#[source] BoxError),
    /// No answer within the time that was left.
    #[error("no answer from the search engine in time")]
    TooLate,
    /// An answer with an error in it, for a request or for one item of it.
    #[error("the search engine answered {status} {kind}")]
    Refused {
        /// The status, as in HTTP.
        status: u16,
        /// The engine's names for what is wrong, the outermost first.
        kind: String,
    },
    /// An answer that is not what its request asks for.
    #[error("the search engine's answer cannot be read at line {line}, column {column}")]
    Unreadable {
        /// From 1; 0 where nothing was read.
        line: usize,
        /// From 1; 0 where nothing was read.
        column: usize,
    },
    /// The search ended before it had looked at all there is.
    #[error("the search timed out in the search engine")]
    TimedOut,
    /// Some shards gave nothing.
    #[error("{0} shards failed in the search engine")]
    FailedShards(u32),
}

impl EngineError {
    /// Whether the engine has no index under the name that was asked for.
    pub(super) fn is_missing_index(&self) -> bool {
        matches!(self, Self::Refused { status: 404, kind } if kind == "index_not_found_exception")
    }

    /// Whether the same request may succeed later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::NoAnswer(_) | Self::TooLate | Self::TimedOut | Self::FailedShards(_) => true,
            // 404: the alias is in the middle of a change.
            Self::Refused { status, .. } => matches!(status, 404 | 429 | 500..),
            Self::Unsent(_) | Self::Unreadable { .. } => false,
        }
    }
}

impl From<EngineError> for SearchError {
    fn from(error: EngineError) -> Self {
        if error.is_passing() { Self::Unavailable(error) } else { Self::Failed(error) }
    }
}

/// Keeps where, not what: serde's message may quote the text that it could not read.
impl From<serde_json::Error> for EngineError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable { line: error.line(), column: error.column() }
    }
}
