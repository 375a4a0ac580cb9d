//! Where the engine is, what its index is called, and who signs the calls.

use aws_credential_types::Credentials;
use thiserror::Error;

/// The alias that documents are written to and searched under.
pub const DEFAULT_ALIAS: &str = "messages";

/// Where the engine is and who calls it.
#[derive(Debug, Clone)]
pub struct SearchConfig {
    /// Its address: `http:` is called unsigned (a local engine), `https:` signed.
    pub url: String,
    /// The name that documents are written to and searched under, normally [`DEFAULT_ALIAS`]; the
    /// first index is `<alias>-1`, an index being rebuilt goes by `<alias>-next`.
    pub alias: String,
    /// Needed for `https:`.
    pub signing: Option<Signing>,
}

/// Whose signature the calls bear.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The function's own.
    pub credentials: Credentials,
    /// The domain's region.
    pub region: String,
}

/// Why a configuration leads to no engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSearchConfig {
    /// Neither `http:` nor `https:`.
    #[error("the search engine's address begins with neither http:// nor https://")]
    Scheme,
    /// `https:` without anybody to sign.
    #[error("the search engine's address is https:// and there are no credentials to sign with")]
    NoCredentials,
}
