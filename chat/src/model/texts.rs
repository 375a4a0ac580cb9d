//! The two texts that clients give: an application's name and a message's body.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest name of an application, in Unicode scalar values.
pub const APPLICATION_NAME_MAX_CHARS: usize = 80;
/// Longest body of a message, in bytes of UTF-8 (a `TEXT` column of the service that this one replaces).
pub const MESSAGE_BODY_MAX_BYTES: usize = 65_535;

/// An application's name: 1 to 80 Unicode scalar values, not only white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationName(String);

/// Why a text is no application's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidApplicationName {
    /// Empty, or nothing but white space.
    #[error("the name is blank")]
    Blank,
    /// More than 80 characters.
    #[error("the name has {0} characters")]
    TooLong(usize),
}

impl ApplicationName {
    /// Takes the text as it is; white space at its ends is kept.
    ///
    /// # Errors
    /// [`InvalidApplicationName`] says which bound was broken.
    pub fn new(text: String) -> Result<Self, InvalidApplicationName> {
        let chars = text.chars().count();
        if text.trim().is_empty() {
            Err(InvalidApplicationName::Blank)
        } else if chars > APPLICATION_NAME_MAX_CHARS {
            Err(InvalidApplicationName::TooLong(chars))
        } else {
            Ok(Self(text))
        }
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message's body: 1 to 65,535 bytes of UTF-8, every character kept as sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageBody(String);

/// Why a text is no message's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidMessageBody {
    /// No character at all.
    #[error("the body is empty")]
    Empty,
    /// More than 65,535 bytes.
    #[error("the body has {0} bytes")]
    TooLong(usize),
}

impl MessageBody {
    /// Takes the text as it is.
    ///
    /// # Errors
    /// [`InvalidMessageBody`] says which bound was broken.
    pub fn new(text: String) -> Result<Self, InvalidMessageBody> {
        if text.is_empty() {
            Err(InvalidMessageBody::Empty)
        } else if text.len() > MESSAGE_BODY_MAX_BYTES {
            Err(InvalidMessageBody::TooLong(text.len()))
        } else {
            Ok(Self(text))
        }
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Shows the length only: a body never reaches a log line.
impl std::fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MessageBody({} bytes)", self.0.len())
    }
}

impl TryFrom<String> for MessageBody {
    type Error = InvalidMessageBody;

    fn try_from(text: String) -> Result<Self, InvalidMessageBody> {
        Self::new(text)
    }
}

impl From<MessageBody> for String {
    fn from(body: MessageBody) -> Self {
        body.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_1_to_80_characters_not_bytes_and_not_only_white_space() {
        for text in ["a", " a ", &"é".repeat(80), &"🦀".repeat(80)] {
            assert_eq!(ApplicationName::new(text.to_owned()).unwrap().as_str(), text);
        }
        for text in ["", " ", "\t\n", "\u{2003}"] {
            let error = ApplicationName::new(text.to_owned()).unwrap_err();
            assert_eq!(error, InvalidApplicationName::Blank, "{text:?}");
        }
        assert_eq!(ApplicationName::new("é".repeat(81)), Err(InvalidApplicationName::TooLong(81)));
    }

    #[test]
    fn a_body_is_1_to_65535_bytes_with_every_character_kept() {
        for text in [" ", "\0", "\u{fffe}\u{ffff}", &"x".repeat(65_535)] {
            assert_eq!(MessageBody::new(text.to_owned()).unwrap().as_str(), text);
        }
        assert_eq!(MessageBody::new(String::new()), Err(InvalidMessageBody::Empty));
        assert_eq!(MessageBody::new("é".repeat(32_768)), Err(InvalidMessageBody::TooLong(65_536)));
    }
}
