//! Finds messages by what they say. The only room that names OpenSearch: what an index looks like,
//! how documents are written into it and how a keyword is asked for.
//!
//! Tenants appear by their tokens' digests: no URL, request or error of the engine holds a token.

mod bulk;
mod client;
mod config;
mod cursor;
mod documents;
mod engine;
mod error;
mod index;
mod literal;
mod query;
mod rebuild;
mod refusal;

pub use bulk::{Document, Outcome};
pub use client::{Hit, Search, SearchPage};
pub use config::{DEFAULT_ALIAS, InvalidSearchConfig, SearchConfig, Signing};
pub use cursor::{InvalidSearchCursor, SearchCursor};
pub use documents::{DocumentPlace, DocumentScan, Generation, IndexedDocument, fingerprint};
pub use error::{EngineError, SearchError};
pub use rebuild::Indexes;
