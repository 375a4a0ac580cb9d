//! Creating once under a client's key: the same key gives the same number, whatever fails between.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    http::{IdempotencyKey, Problem},
    model::{AccessToken, ChatNumber, Timestamp},
    store::{Assigned, Claim, KeyScope, NumberingError, PayloadDigest, Store},
};

/// When a client whose key is claimed by a creation under way should ask again, in seconds.
const RETRY_AFTER_SECONDS: u32 = 1;

/// How long a store that has just failed may take to leave a key unused: what is left of an HTTP
/// function's 10 s after two calls.
const RELEASE: Duration = Duration::from_millis(500);

/// A creation under a key.
#[derive(Clone, Copy)]
pub struct KeyedCreation<'a> {
    /// The application.
    pub token: &'a AccessToken,
    /// The chat whose message is created; none where a chat is.
    pub chat: Option<ChatNumber>,
    /// The client's key.
    pub key: &'a IdempotencyKey,
    /// What is created, as it was decoded; empty where there is nothing to say of it.
    pub payload: &'a str,
    /// Names this invocation and no other.
    pub request_id: &'a str,
}

impl KeyedCreation<'_> {
    /// Gives the number recorded under the key, or assigns one and records it before anything
    /// else follows from it. All that follows must be done by the caller in either case, whole:
    /// the first creation may have died before it.
    ///
    /// # Errors
    /// 422 for a key used with another payload, 409 while another creation is under way, 503 where
    /// the store is away or the key was lost to another creation; otherwise what `assign` says,
    /// which leaves the key unused where it refused.
    pub async fn number<N: Copy + Into<u64> + TryFrom<u64>>(
        &self,
        store: &Store,
        assign: impl AsyncFnOnce() -> Result<Assigned<N>, NumberingError>,
    ) -> Result<Assigned<N>, Problem> {
        let scope = KeyScope { token: self.token, chat: self.chat, key: self.key.as_str() };
        let digest = PayloadDigest::of(self.payload);
        match store.claim_key(&scope, &digest, self.request_id, Timestamp::now()).await? {
            Claim::Mine => {}
            Claim::Answered(recorded) => return Ok(recorded),
            Claim::OtherPayload => return Err(Problem::idempotency_key_reused()),
            Claim::UnderWay => return Err(Problem::request_under_way(RETRY_AFTER_SECONDS)),
        }
        let assigned = match assign().await {
            Ok(assigned) => assigned,
            Err(error @ (NumberingError::NoSuchParent | NumberingError::Exhausted)) => {
                store.release_key(&scope, self.request_id).await?;
                return Err(error.into());
            }
            Err(error @ NumberingError::Store(_)) => {
                // Nothing followed from a number that may have been given, so the client's next try
                // need not wait for this one to count as dead. It must only where this fails too.
                let _ = timeout(RELEASE, store.release_key(&scope, self.request_id)).await;
                return Err(error.into());
            }
        };
        if store.record_number(&scope, self.request_id, &assigned).await? {
            Ok(assigned)
        } else {
            Err(Problem::unavailable(RETRY_AFTER_SECONDS, "the idempotency key was taken over"))
        }
    }
}
