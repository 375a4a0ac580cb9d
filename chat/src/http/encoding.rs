//! `application/x-www-form-urlencoded`, in which query strings and forms are written.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text that is not well encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum InvalidEncoding {
    #[error("has a % that two hex digits do not follow")]
    Percent,
    #[error("is not UTF-8 when it is decoded")]
    Utf8,
}

/// The names and values in their order, decoded. A name without `=` has an empty value.
pub(super) fn pairs(
    text: &str,
) -> impl Iterator<Item = Result<(Cow<'_, str>, Cow<'_, str>), InvalidEncoding>> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(value)?))
    })
}

/// Encodes a value so that it may stand in a query and between the angle brackets of a `Link`.
pub(super) fn encode(value: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(value, RESERVED)
}

fn decode(text: &str) -> Result<Cow<'_, str>, InvalidEncoding> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(hex).ok_or(InvalidEncoding::Percent);
                digit()? << 4 | digit()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| InvalidEncoding::Utf8)
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_space_and_every_other_character_is_kept() {
        for (text, expected) in [
            ("", vec![]),
            ("&&", vec![]),
            ("a=1&b=2", vec![("a", "1"), ("b", "2")]),
            ("a", vec![("a", "")]),
            ("=x", vec![("", "x")]),
            ("a=b=c", vec![("a", "b=c")]),
            ("a+b=+%2B%20", vec![("a b", " + ")]),
            ("%61=%00%0A%7f", vec![("a", "\0\n\u{7f}")]),
            ("a=%C3%A9%c3%a9é", vec![("a", "ééé")]),
            ("a=1;b=2", vec![("a", "1;b=2")]),
            ("a=%25zz", vec![("a", "%zz")]),
        ] {
            let pairs: Vec<_> = pairs(text).map(Result::unwrap).collect();
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(pairs, expected, "{text}");
        }
    }

    #[test]
    fn broken_percent_encoding_and_invalid_utf_8_are_refused() {
        for (text, error) in [
            ("a=%", InvalidEncoding::Percent),
            ("a=%4", InvalidEncoding::Percent),
            ("a=%zz", InvalidEncoding::Percent),
            ("a=%+4", InvalidEncoding::Percent),
            ("a=%é", InvalidEncoding::Percent),
            ("a%=1", InvalidEncoding::Percent),
            ("a=%ff", InvalidEncoding::Utf8),
            ("a=%C3", InvalidEncoding::Utf8),
            ("a=%ED%A0%80", InvalidEncoding::Utf8),
            ("%C3=1", InvalidEncoding::Utf8),
        ] {
            assert_eq!(pairs(text).last(), Some(Err(error)), "{text}");
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        let all: String =
            (0..=0x2ff).filter_map(char::from_u32).chain("\u{ffff}🦀".chars()).collect();
        let encoded = encode(&all).to_string();
        assert!(
            encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte))
        );
        assert_eq!(decode(&encoded).unwrap(), all);
    }
}
