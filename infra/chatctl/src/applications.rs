//! Which application is meant.

use chat::{
    model::{AccessToken, TenantDigest},
    store::ListingCursor,
};

use crate::{engines::Engines, failure::Failure};

const PAGE: u32 = 100;

/// The token of an application that is named by its token or by the token's digest.
pub(crate) async fn token_of(engines: &Engines, named: &str) -> Result<AccessToken, Failure> {
    if let Ok(token) = AccessToken::parse(named) {
        return Ok(token);
    }
    let digest = TenantDigest::parse(named).map_err(|_| Failure::NoApplication)?;
    let mut after = None;
    loop {
        let (page, more) = engines.store.list_applications(after.as_ref(), PAGE).await?;
        if let Some(found) = page.iter().find(|found| found.access_token.digest() == digest) {
            return Ok(found.access_token.clone());
        }
        after = page.last().map(ListingCursor::behind);
        if !more || after.is_none() {
            return Err(Failure::NoApplication);
        }
    }
}
