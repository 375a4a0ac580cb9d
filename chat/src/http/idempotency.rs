//! The key under which a client may repeat a creation.

use std::fmt;

use super::Problem;

const MAX_CHARS: usize = 255;

/// An `Idempotency-Key`: 1 to 255 visible ASCII characters. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes the header's value as it is.
    ///
    /// # Errors
    /// 400 for an empty or longer value, or another character.
    pub fn parse(header: &str) -> Result<Self, Problem> {
        let wrong = if header.is_empty() {
            "is empty"
        } else if header.len() > MAX_CHARS {
            "is too long"
        } else if !header.bytes().all(|byte| byte.is_ascii_graphic()) {
            "has a character that is not visible ASCII"
        } else {
            return Ok(Self(header.to_owned()));
        };
        Err(Problem::invalid_parameter(
            "Idempotency-Key",
            wrong,
            "1 to 255 visible ASCII characters",
        ))
    }

    /// The key as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idempotency_key_is_1_to_255_visible_ascii_characters() {
        for key in ["x", "!~", "\"quoted\"", "a,b", &"k".repeat(255)] {
            assert_eq!(IdempotencyKey::parse(key).unwrap().as_str(), key);
        }
        for key in ["", " ", "a b", "a\t", "é", "\u{7f}", "\0", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(key).unwrap_err().status(), 400, "{key:?}");
        }
    }
}
