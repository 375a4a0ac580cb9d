//! A secret that a deployment knows by its SHA-256 only.

use std::str::FromStr;

use base16ct::mixed;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// The SHA-256 of a secret. `Debug` shows it: it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretDigest([u8; 32]);

/// A setting that is not the SHA-256 of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSecretDigest {
    /// Another text.
    #[error("it is not the 64 hex digits of a SHA-256")]
    Malformed,
    /// What hashing a variable that is not set gives.
    #[error("it is the SHA-256 of an empty secret")]
    Empty,
}

/// Secrets that are none: what `printf %s "$KEY"` and `echo "$KEY"` write where `KEY` is not set.
const EMPTY_SECRETS: [&str; 3] = ["", "\n", "\r\n"];

impl FromStr for SecretDigest {
    type Err = InvalidSecretDigest;

    /// Reads 64 hex digits.
    fn from_str(setting: &str) -> Result<Self, InvalidSecretDigest> {
        let bytes = mixed::decode_vec(setting).map_err(|_| InvalidSecretDigest::Malformed)?;
        let digest = Self(bytes.try_into().map_err(|_| InvalidSecretDigest::Malformed)?);
        if EMPTY_SECRETS.iter().any(|secret| digest.is_of(secret)) {
            return Err(InvalidSecretDigest::Empty);
        }
        Ok(digest)
    }
}

impl SecretDigest {
    /// Whether this is the secret, in a time that does not depend on how much of it is right.
    pub(super) fn is_of(&self, secret: &str) -> bool {
        Sha256::digest(secret).as_slice().ct_eq(&self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `abc` (FIPS 180).
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_digest_is_64_hex_digits_in_either_case() {
        for setting in [ABC, &ABC.to_uppercase()] {
            let digest = setting.parse::<SecretDigest>().unwrap();
            assert!(digest.is_of("abc"));
            assert!(!digest.is_of("abd") && !digest.is_of("") && !digest.is_of("abc "));
        }
        for setting in ["", "open", "abc", &ABC[1..], &format!("{ABC}00"), &"é".repeat(32)] {
            assert_eq!(setting.parse::<SecretDigest>(), Err(InvalidSecretDigest::Malformed));
        }
        assert!(ABC.replacen('b', "g", 1).parse::<SecretDigest>().is_err());
        assert!(ABC.replacen('b', "+", 1).parse::<SecretDigest>().is_err());
    }

    #[test]
    fn the_digest_of_an_empty_secret_is_refused() {
        for secret in EMPTY_SECRETS {
            let digest = base16ct::lower::encode_string(&Sha256::digest(secret));
            assert_eq!(digest.parse::<SecretDigest>(), Err(InvalidSecretDigest::Empty));
        }
    }
}
