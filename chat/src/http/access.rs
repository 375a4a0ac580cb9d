//! The admin key, which listing and creating applications take.

use std::str::FromStr;

use base16ct::mixed;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use super::{Problem, Request};

/// What a deployment demands of whoever lists or creates applications.
///
/// `Debug` shows the hash at most, which opens nothing.
#[derive(Debug, Clone)]
pub enum AdminKey {
    /// Nothing: only the local stack runs so.
    Open,
    /// The key with this SHA-256.
    Sha256([u8; 32]),
}

/// A setting that is neither a SHA-256 nor the word that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an admin key is given as the 64 hex digits of its SHA-256, or as the word open")]
pub struct InvalidAdminKey;

impl FromStr for AdminKey {
    type Err = InvalidAdminKey;

    /// Reads the setting: 64 hex digits, or the word `open`. There is no default.
    fn from_str(setting: &str) -> Result<Self, InvalidAdminKey> {
        if setting == "open" {
            return Ok(Self::Open);
        }
        let digest = mixed::decode_vec(setting).map_err(|_| InvalidAdminKey)?;
        digest.try_into().map(Self::Sha256).map_err(|_| InvalidAdminKey)
    }
}

impl AdminKey {
    /// Checks the request's `Authorization` against the key, in a time that does not depend on how
    /// much of it is right.
    ///
    /// # Errors
    /// 401 where the key is missing or another.
    pub fn authorize(&self, request: &Request<'_>) -> Result<(), Problem> {
        self.admits(request.authorization()).then_some(()).ok_or_else(Problem::unauthorized)
    }

    fn admits(&self, authorization: Option<&str>) -> bool {
        match self {
            Self::Open => true,
            Self::Sha256(digest) => authorization
                .and_then(bearer)
                .is_some_and(|key| bool::from(Sha256::digest(key).as_slice().ct_eq(digest))),
        }
    }
}

/// The credentials of `Bearer <key>` (RFC 6750); a scheme's case does not count (RFC 9110).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, key) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `abc` (FIPS 180).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_deployment_names_a_key_or_openness() {
        assert!(matches!(AdminKey::from_str("open"), Ok(AdminKey::Open)));
        for setting in [ABC, &ABC.to_uppercase()] {
            let Ok(AdminKey::Sha256(digest)) = AdminKey::from_str(setting) else {
                panic!("{setting}")
            };
            assert_eq!(digest[..], Sha256::digest("abc")[..]);
        }
        for setting in ["", "Open", "open ", "abc", &ABC[1..], &format!("{ABC}00"), &"é".repeat(32)]
        {
            assert!(AdminKey::from_str(setting).is_err(), "{setting:?}");
        }
        assert!(AdminKey::from_str(&ABC.replacen('b', "g", 1)).is_err());
        assert!(AdminKey::from_str(&ABC.replacen('b', "+", 1)).is_err());
    }

    #[test]
    fn the_two_routes_need_authorization_with_the_key() {
        let key = AdminKey::from_str(ABC).unwrap();
        for (authorization, admitted) in [
            (Some("Bearer abc"), true),
            (Some("bearer abc"), true),
            (Some("Bearer  abc"), true),
            (None, false),
            (Some(""), false),
            (Some("Bearer"), false),
            (Some("Bearer "), false),
            (Some("Bearerabc"), false),
            (Some("Bearer abd"), false),
            (Some("Bearer ABC"), false),
            (Some("Bearer abc,Bearer abc"), false),
            (Some("Basic abc"), false),
            (Some("abc"), false),
            (Some(ABC), false),
        ] {
            assert_eq!(key.admits(authorization), admitted, "{authorization:?}");
            assert!(AdminKey::Open.admits(authorization));
        }
    }
}
