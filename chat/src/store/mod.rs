//! The one room that knows DynamoDB: a single table, numbers from atomic counters, rows written in
//! transactions with their counts, strongly consistent reads.

mod application_keys;
mod applications;
mod attributes;
mod chats;
mod edits;
mod error;
mod idempotency;
mod keys;
mod messages;
mod numbering;
mod persisting;
mod reads;
mod retry;
mod survey;
mod tally;
mod touch;
mod transfer;

use aws_sdk_dynamodb::Client;

pub use application_keys::ApplicationIdentity;
pub use applications::{InvalidListingCursor, ListingCursor};
pub use edits::{Attempt, Edit};
pub use error::StoreError;
pub use idempotency::{Claim, KeyScope, PayloadDigest};
pub use numbering::{Assigned, NumberingError};
pub use persisting::{NewChat, NewMessage, PersistError, PersistedMessages, RowOutcome};
pub use reads::NumberRange;
pub use retry::Backoff;
pub use survey::{Counter, Row, ScanPage, ScanPosition};
pub use tally::{Parent, Tally};

/// The table, through one client that is shared by all that a function does.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

/// Why a row is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Its number was assigned; the row is not written yet (or a fault left a gap).
    NotYet,
    /// Its number was never assigned.
    Never,
}

impl Missing {
    fn of(number: u64, last_number: u64) -> Self {
        if number <= last_number { Self::NotYet } else { Self::Never }
    }
}

impl Store {
    /// A store in this table.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }
}
