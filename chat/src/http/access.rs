//! The admin key, which listing and creating applications take.

use std::str::FromStr;

use thiserror::Error;

use super::{InvalidSecretDigest, Problem, Request, SecretDigest};

/// What a deployment demands of whoever lists or creates applications.
#[derive(Debug, Clone, Copy)]
pub enum AdminKey {
    /// Nothing: only the local stack runs so.
    Open,
    /// The key with this digest.
    Sha256(SecretDigest),
}

/// A setting that is neither a SHA-256 nor the word that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an admin key is given as its SHA-256 or as the word open, and {0}")]
pub struct InvalidAdminKey(#[from] InvalidSecretDigest);

impl FromStr for AdminKey {
    type Err = InvalidAdminKey;

    /// Reads the setting: 64 hex digits, or the word `open`. There is no default.
    fn from_str(setting: &str) -> Result<Self, InvalidAdminKey> {
        match setting {
            "open" => Ok(Self::Open),
            digest => Ok(Self::Sha256(digest.parse()?)),
        }
    }
}

impl AdminKey {
    /// Checks the request's `Authorization` against the key.
    ///
    /// # Errors
    /// 401 where the key is missing or another.
    pub fn authorize(&self, request: &Request<'_>) -> Result<(), Problem> {
        self.admits(request.authorization()).then_some(()).ok_or_else(Problem::unauthorized)
    }

    fn admits(&self, authorization: Option<&str>) -> bool {
        match self {
            Self::Open => true,
            Self::Sha256(digest) => {
                authorization.and_then(bearer).is_some_and(|key| digest.is_of(key))
            }
        }
    }
}

/// The credentials of `Bearer <key>` (RFC 6750); a scheme's case does not count, nor do the spaces
/// and tabs around the key (RFC 9110, section 5.6.3). Other white space is a part of it.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, key) = authorization.split_once(' ')?;
    let key = key.trim_matches([' ', '\t']);
    (scheme.eq_ignore_ascii_case("Bearer") && !key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `abc` (FIPS 180).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    /// SHA-256 of nothing.
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_deployment_names_a_key_or_openness() {
        assert!(matches!(AdminKey::from_str("open"), Ok(AdminKey::Open)));
        for setting in [ABC, &ABC.to_uppercase()] {
            let key = AdminKey::from_str(setting).unwrap();
            assert!(key.admits(Some("Bearer abc")) && !key.admits(None), "{setting}");
        }
        for setting in ["", "Open", "open ", "abc", &ABC[1..], &format!("{ABC}00"), &"é".repeat(32)]
        {
            assert!(AdminKey::from_str(setting).is_err(), "{setting:?}");
        }
        assert!(AdminKey::from_str(EMPTY).is_err());
    }

    #[test]
    fn the_two_routes_need_authorization_with_the_key() {
        let key = AdminKey::from_str(ABC).unwrap();
        for (authorization, admitted) in [
            (Some("Bearer abc"), true),
            (Some("bearer abc"), true),
            (Some("Bearer  abc"), true),
            (Some("Bearer abc \t"), true),
            (Some("Bearer \u{a0}abc"), false),
            (Some("Bearer abc\u{2003}"), false),
            (Some("Bearer abc\n"), false),
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
