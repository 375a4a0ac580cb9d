//! What the integration tests share: a client that sends bytes as written, answers that check
//! themselves against the contract, fixtures, and waiting with a deadline.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test's helper fails the test by panicking"
)]

mod answer;
mod api;
mod calls;
mod engines;
mod environment;
mod fixtures;
mod objects;
mod openapi;
mod pages;
mod permissions;
mod waiting;

pub use answer::Answer;
pub use api::{Api, Call};
pub use calls::{CallLog, event, event_with_headers, invocation};
pub use engines::{
    QueueReader, clients, new_application, new_queue, new_queue_url, new_store, new_store_table,
    new_token, patient_dynamodb, patient_sqs,
};
pub use environment::variable;
pub use objects::{assert_application, assert_chat, assert_message, assert_time, numbers};
pub use openapi::openapi_document;
pub use pages::{Query, next_link};
pub use permissions::Permission;
pub use waiting::{DEADLINE, eventually, together};

/// Percent-encodes a text, or bytes that are none, so that they can stand as one value in a query string or a form.
pub fn encode(text: impl AsRef<[u8]>) -> String {
    percent_encoding::percent_encode(text.as_ref(), percent_encoding::NON_ALPHANUMERIC).to_string()
}
