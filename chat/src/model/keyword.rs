//! What a client searches for.

use thiserror::Error;
use unicode_general_category::{GeneralCategory, get_general_category};

/// Longest keyword, in Unicode scalar values.
pub const KEYWORD_MAX_CHARS: usize = 256;

/// A keyword: 1 to 256 Unicode scalar values, each of them literal, white space too.
#[derive(Clone, PartialEq, Eq)]
pub struct Keyword(String);

/// Why a text is no keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidKeyword {
    /// No character at all.
    #[error("the keyword is empty")]
    Empty,
    /// More than 256 characters.
    #[error("the keyword has {0} characters")]
    TooLong(usize),
}

impl Keyword {
    /// Takes the text as it is.
    ///
    /// # Errors
    /// [`InvalidKeyword`] says which bound was broken.
    pub fn new(text: String) -> Result<Self, InvalidKeyword> {
        match text.chars().count() {
            0 => Err(InvalidKeyword::Empty),
            1..=KEYWORD_MAX_CHARS => Ok(Self(text)),
            chars => Err(InvalidKeyword::TooLong(chars)),
        }
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is made of letters, digits and white space only, so that a message is found by
    /// its words even where its text does not hold the keyword.
    pub(crate) fn is_words_only(&self) -> bool {
        self.0.chars().all(|char| is_of_words(char) || char.is_whitespace()) && self.has_words()
    }

    /// Whether any of it can be a word.
    pub(crate) fn has_words(&self) -> bool {
        self.0.chars().any(is_of_words)
    }
}

/// Whether it is a letter or a digit. Other numbers, as `²` and `½`, are no part of words.
fn is_of_words(char: char) -> bool {
    char.is_alphabetic() || get_general_category(char) == GeneralCategory::DecimalNumber
}

/// Shows the length only: what people search for is as private as what they write.
impl std::fmt::Debug for Keyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyword({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_1_to_256_characters_not_bytes() {
        for text in ["a", " ", "\0", &"é".repeat(256), &"🦀".repeat(256)] {
            assert_eq!(Keyword::new(text.to_owned()).unwrap().as_str(), text);
        }
        assert_eq!(Keyword::new(String::new()), Err(InvalidKeyword::Empty));
        assert_eq!(Keyword::new("é".repeat(257)), Err(InvalidKeyword::TooLong(257)));
    }

    #[test]
    fn words_are_letters_digits_and_white_space() {
        for (text, only, any) in [
            ("run", true, true),
            ("two words\n2", true, true),
            ("Überfall 中文", true, true),
            (" ", false, false),
            ("x²", false, true),
            ("10½", false, true),
            ("٣ ５", true, true),
            ("½", false, false),
            ("c++", false, true),
            ("don't", false, true),
            ("*?\\", false, false),
            ("🦀", false, false),
        ] {
            let keyword = Keyword::new(text.to_owned()).unwrap();
            assert_eq!((keyword.is_words_only(), keyword.has_words()), (only, any), "{text}");
        }
    }
}
