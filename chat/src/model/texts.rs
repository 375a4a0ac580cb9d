//! The two texts that clients give: an application's name and a message's body.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_general_category::{GeneralCategory, get_general_category};

/// Longest name of an application, in Unicode scalar values.
pub const APPLICATION_NAME_MAX_CHARS: usize = 80;
/// Longest body of a message, in bytes of UTF-8 (a `TEXT` column of the service that this one replaces).
pub const MESSAGE_BODY_MAX_BYTES: usize = 65_535;

/// An application's name: 1 to 80 Unicode scalar values, at least one of them visible, and none a
/// control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationName(String);

/// Why a text is no application's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidApplicationName {
    /// Empty, or nothing that is visible.
    #[error("the name is blank")]
    Blank,
    /// A control character, such as a line break.
    #[error("the name has a control character")]
    Control,
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
        if !text.chars().any(is_visible) {
            Err(InvalidApplicationName::Blank)
        } else if text.chars().any(char::is_control) {
            Err(InvalidApplicationName::Control)
        } else {
            Self::existing(text)
        }
    }

    /// Takes the name of an application that exists, which an earlier release or another service
    /// may have accepted with characters that [`Self::new`] refuses.
    ///
    /// # Errors
    /// [`InvalidApplicationName`] for an empty one, or more than 80 characters.
    pub fn existing(text: String) -> Result<Self, InvalidApplicationName> {
        match text.chars().count() {
            0 => Err(InvalidApplicationName::Blank),
            1..=APPLICATION_NAME_MAX_CHARS => Ok(Self(text)),
            chars => Err(InvalidApplicationName::TooLong(chars)),
        }
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character leaves something to be seen: not white space, nor what only steers others.
fn is_visible(character: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, SpaceSeparator};
    let steers = matches!(
        get_general_category(character),
        Control | Format | LineSeparator | ParagraphSeparator | SpaceSeparator
    );
    !steers && !is_blank_by_itself(character)
}

/// Whether a character shows nothing though its category is another: what Unicode calls default
/// ignorable (assigned or not), noncharacters, and letters and symbols that are blank.
const fn is_blank_by_itself(character: char) -> bool {
    let is_noncharacter = character as u32 & 0xfffe == 0xfffe;
    is_noncharacter
        || matches!(
            character,
            '\u{34f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{2065}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fff8}'
                | '\u{16fe4}'
                | '\u{1d159}'
                | '\u{e0000}'..='\u{e0fff}'
        )
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
    fn a_name_is_1_to_80_characters_not_bytes_one_visible_and_none_a_control_character() {
        for text in ["a", " a ", "\u{301}", "\u{202e}a", "ᄀ", &"é".repeat(80), &"🦀".repeat(80)]
        {
            assert_eq!(ApplicationName::new(text.to_owned()).unwrap().as_str(), text);
        }
        for text in [
            "",
            " ",
            "\t\n",
            "\0",
            "\u{85}",
            "\u{2003}",
            "\u{200b}\u{feff}",
            "\u{3164}",
            "\u{2800}",
            "\u{fe0f}",
            "\u{e0001}",
            "\u{2065}\u{fff0}",
            "\u{e01f0}",
            "\u{fdd0}",
            "\u{ffff}",
            "\u{1fffe}",
            "\u{1d159}",
        ] {
            let error = ApplicationName::new(text.to_owned()).unwrap_err();
            assert_eq!(error, InvalidApplicationName::Blank, "{text:?}");
        }
        for text in ["a\n", "\u{7f}a", "a\u{85}b", "\0a"] {
            let error = ApplicationName::new(text.to_owned()).unwrap_err();
            assert_eq!(error, InvalidApplicationName::Control, "{text:?}");
            assert!(ApplicationName::existing(text.to_owned()).is_ok());
        }
        for name in [ApplicationName::new, ApplicationName::existing] {
            assert_eq!(name("é".repeat(81)), Err(InvalidApplicationName::TooLong(81)));
            assert_eq!(name(String::new()), Err(InvalidApplicationName::Blank));
        }
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
