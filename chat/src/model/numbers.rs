//! Numbers of chats within an application and of messages within a chat.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// At most this many digits, so that a number sorts as text when padded with zeros.
pub(crate) const MAX_DIGITS: usize = 10;
const MAX: u64 = 9_999_999_999;

/// A text or integer that names no chat and no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a number is decimal, from 1, without sign or leading zero, and has at most 10 digits")]
pub struct InvalidNumber;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name(u64);

        impl $name {
            /// Reads the canonical decimal form, as it stands in a path.
            ///
            /// # Errors
            /// [`InvalidNumber`] for a sign, a leading zero, other characters or over 10 digits.
            pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
                parse_digits(text).map(Self)
            }

            /// The number as an integer, from 1.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = InvalidNumber;

            fn try_from(value: u64) -> Result<Self, InvalidNumber> {
                if (1..=MAX).contains(&value) { Ok(Self(value)) } else { Err(InvalidNumber) }
            }
        }

        impl From<$name> for u64 {
            fn from(number: $name) -> u64 {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A chat's number within its application.
    ChatNumber
}
number! {
    /// A message's number within its chat.
    MessageNumber
}

fn parse_digits(text: &str) -> Result<u64, InvalidNumber> {
    let canonical = (1..=MAX_DIGITS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0');
    if canonical { text.parse().map_err(|_| InvalidNumber) } else { Err(InvalidNumber) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_a_path_is_decimal_from_1_without_sign_or_leading_zero() {
        for text in ["1", "7", "10", "9999999999"] {
            assert_eq!(ChatNumber::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "0", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "10000000000", "٣", "x"]
        {
            assert_eq!(MessageNumber::parse(text), Err(InvalidNumber), "{text:?}");
        }
    }

    #[test]
    fn an_integer_outside_1_to_10_digits_is_no_number() {
        assert_eq!(ChatNumber::try_from(0), Err(InvalidNumber));
        assert_eq!(ChatNumber::try_from(MAX).unwrap().get(), MAX);
        assert_eq!(ChatNumber::try_from(MAX + 1), Err(InvalidNumber));
    }
}
