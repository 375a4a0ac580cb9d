//! Records of the idempotency keys under which applications are created.
//!
//! A record names the application before it is made: whoever comes under the key again makes that
//! one, or finds it made, so no creation has to be waited for and none can leave two behind.

use super::{
    PayloadDigest, Store, StoreError,
    attributes::{read_text, read_time, text, time},
    idempotency::refused_by,
    keys::{self, ACCESS_TOKEN, CREATED_AT},
};
use crate::model::{AccessToken, Timestamp};

/// What identifies an application before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationIdentity {
    /// Its access token.
    pub access_token: AccessToken,
    /// When its creation was accepted.
    pub created_at: Timestamp,
}

impl Store {
    /// Records the application that is to be made under a key, unless one is recorded; says which
    /// of the two it is. `None` where the key was used with another payload.
    ///
    /// # Errors
    /// [`StoreError`]; the key may be recorded all the same.
    pub async fn claim_application_key(
        &self,
        key: &str,
        digest: &PayloadDigest,
        new: ApplicationIdentity,
        owner: &str,
    ) -> Result<Option<ApplicationIdentity>, StoreError> {
        let mut record = keys::application_key(key);
        record.extend([
            (ACCESS_TOKEN.to_owned(), text(new.access_token.as_str())),
            (CREATED_AT.to_owned(), time(new.created_at)),
        ]);
        let put = self.put_unexpired(record, digest, owner, new.created_at);
        let Some(record) = refused_by(put.send().await)? else { return Ok(Some(new)) };
        if !digest.is_of(&record)? {
            return Ok(None);
        }
        let access_token = AccessToken::parse(read_text(&record, ACCESS_TOKEN)?)
            .map_err(|_| StoreError::Malformed { attribute: ACCESS_TOKEN })?;
        let created_at = read_time(&record, CREATED_AT)?;
        Ok(Some(ApplicationIdentity { access_token, created_at }))
    }
}
