//! The worker: turns jobs into rows and documents.
//!
//! A batch is sorted by tenant and chat (`batch`), written to the store (`persisting`), made
//! searchable (`indexing`), and each record's end is settled (`fate`): done, sent again for
//! later, sent to the dead letters with its reason, or left to the queue's redelivery.

mod batch;
mod deadlines;
mod event;
mod fate;
mod indexing;
mod isolation;
mod lines;
mod persisting;
mod worker;

pub use event::{BatchItemFailure, BatchResponse, Record, SqsEvent};
pub use lines::Invocation;
pub use worker::Worker;
