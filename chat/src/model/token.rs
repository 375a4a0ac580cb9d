//! Access tokens, which name applications and open them.

use std::fmt;

use base16ct::lower;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Bitcoin's base58: no `0`, `O`, `I` or `l`, which are mistaken for each other.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LENGTH: usize = 24;

/// The key to an application: 24 base58 characters (140 bits) from a cryptographic source.
///
/// `Debug` hides it, and there is no `Display`: a token must not reach a log line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessToken(String);

/// A text that is not 24 base58 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an access token is 24 base58 characters")]
pub struct InvalidAccessToken;

impl AccessToken {
    /// Draws a new token from the operating system's cryptographic source.
    ///
    /// # Errors
    /// The source's own, where the operating system has none.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut text = String::with_capacity(LENGTH);
        let mut random = [0; 2 * LENGTH];
        while text.len() < LENGTH {
            getrandom::fill(&mut random)?;
            // Six bits a character; values from 58 are drawn again, so that none is likelier.
            let chars = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 0x3f)));
            text.extend(chars.take(LENGTH - text.len()).map(|&byte| char::from(byte)));
        }
        Ok(Self(text))
    }

    /// Reads a token as it stands in a path.
    ///
    /// # Errors
    /// [`InvalidAccessToken`] for another length or other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidAccessToken> {
        Self::try_from(text.to_owned())
    }

    /// The token itself, for keys and answers.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for the token where other tenants' operators or engines may see it.
    pub fn digest(&self) -> TenantDigest {
        let digest = Sha256::digest(&self.0);
        let (first, _) = digest.split_at(TenantDigest::LENGTH / 2);
        TenantDigest(lower::encode_string(first))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl TryFrom<String> for AccessToken {
    type Error = InvalidAccessToken;

    fn try_from(text: String) -> Result<Self, InvalidAccessToken> {
        let valid = text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        if valid { Ok(Self(text)) } else { Err(InvalidAccessToken) }
    }
}

impl From<AccessToken> for String {
    fn from(token: AccessToken) -> Self {
        token.0
    }
}

/// The first 128 bits of a token's SHA-256, in hex: names a tenant and opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TenantDigest(String);

/// A text that is not 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a tenant digest is 32 hex digits")]
pub struct InvalidTenantDigest;

impl TenantDigest {
    const LENGTH: usize = 32;

    /// Reads a digest as it is written.
    ///
    /// # Errors
    /// [`InvalidTenantDigest`] for anything but 32 lower-case hex digits.
    pub fn parse(text: &str) -> Result<Self, InvalidTenantDigest> {
        let valid = text.len() == Self::LENGTH
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidTenantDigest) }
    }

    /// 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_access_token_is_24_base58_characters_from_the_whole_alphabet() {
        let tokens: HashSet<String> =
            (0..500).map(|_| AccessToken::generate().unwrap().into()).collect();
        assert_eq!(tokens.len(), 500);
        let used: HashSet<u8> = tokens.iter().flat_map(|token| token.bytes()).collect();
        assert_eq!(used, ALPHABET.iter().copied().collect());
        for token in &tokens {
            assert_eq!(AccessToken::parse(token).unwrap().as_str(), token);
        }
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let token = "1".repeat(24);
        for text in ["", &"1".repeat(23), &"1".repeat(25), &token.replacen('1', "0", 1)] {
            assert_eq!(AccessToken::parse(text), Err(InvalidAccessToken), "{text:?}");
        }
    }

    #[test]
    fn a_token_is_hidden_from_logs() {
        let token = AccessToken::generate().unwrap();
        assert!(!format!("{token:?}{}", token.digest()).contains(token.as_str()));
    }
}
