//! What a deployment says of the way on which requests come.

use super::{BasePath, InvalidBasePath, InvalidSecretDigest, OriginSecret};
use crate::config;

use thiserror::Error;

/// The settings that hold for every request to a function; by default none is made.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// What precedes the routes in every path.
    pub base_path: BasePath,
    /// What a CDN in front of the gateway adds to every request.
    pub origin_secret: OriginSecret,
}

/// A setting that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidDeployment {
    /// Of the base path.
    #[error("BASE_PATH: {0}")]
    BasePath(#[from] InvalidBasePath),
    /// Of the origin secret.
    #[error("ORIGIN_SECRET_SHA256: {0}")]
    OriginSecret(#[from] InvalidSecretDigest),
}

impl Deployment {
    /// Reads `BASE_PATH` and `ORIGIN_SECRET_SHA256`, each of which may be missing or empty.
    ///
    /// # Errors
    /// [`InvalidDeployment`] names the one that cannot be read.
    pub fn from_environment() -> Result<Self, InvalidDeployment> {
        Ok(Self {
            base_path: config::optional("BASE_PATH").unwrap_or_default().parse()?,
            origin_secret: config::optional("ORIGIN_SECRET_SHA256").unwrap_or_default().parse()?,
        })
    }
}
