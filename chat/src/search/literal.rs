//! How texts are written into the index, so that every character of a keyword is literal there.
//!
//! A wildcard pattern gives `*`, `?` and `\` a meaning, and the engine's escapes lose keywords that
//! hold a backslash; three U+0000 in a row end its trigrams early. So bodies and keywords travel
//! with these four replaced. Replacing them here rather than by a character filter of the engine is
//! what keeps the code exact: the engine runs its filters over patterns as well (2.19) or does not,
//! and no replacement of characters that can be told apart afterwards survives being done twice.
//!
//! The replacements are noncharacters, which Unicode keeps for a program's own use and no word
//! contains. A body may hold them all the same; each then becomes a pair of a lead and a trail.
//! Singles, leads and trails are distinct, so a match never begins or ends inside a pair.

use std::borrow::Cow;

/// What stands for U+0000, `*`, `?` and `\`.
const SINGLES: [(char, char); 4] =
    [('\0', '\u{fdd0}'), ('*', '\u{fdd1}'), ('?', '\u{fdd2}'), ('\\', '\u{fdd3}')];
/// First halves of pairs.
const LEADS: [char; 3] = ['\u{fdd4}', '\u{fdd5}', '\u{fdd6}'];
/// Second halves of pairs.
const TRAILS: [char; 4] = ['\u{fdd7}', '\u{fdd8}', '\u{fdd9}', '\u{fdda}'];
/// The characters of the code itself: 11, for which 3 leads and 4 trails have 12 pairs.
const CODE: std::ops::RangeInclusive<char> = '\u{fdd0}'..='\u{fdda}';

/// The text as the index holds it.
pub(super) fn encode(text: &str) -> Cow<'_, str> {
    // Bytes are compared many at a time; only a candidate is worth reading characters.
    if !text.bytes().any(may_be_replaced) || !text.chars().any(is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(2 * text.len());
    for char in text.chars() {
        if let Some(&(_, single)) = SINGLES.iter().find(|(plain, _)| *plain == char) {
            encoded.push(single);
        } else if let Some((lead, trail)) = pair(char) {
            encoded.extend([lead, trail]);
        } else {
            encoded.push(char);
        }
    }
    Cow::Owned(encoded)
}

/// The text that was encoded.
pub(super) fn decode(encoded: &str) -> Cow<'_, str> {
    if !encoded.chars().any(|char| CODE.contains(&char)) {
        return Cow::Borrowed(encoded);
    }
    let mut text = String::with_capacity(encoded.len());
    let mut chars = encoded.chars().peekable();
    while let Some(char) = chars.next() {
        let plain = if let Some(&(plain, _)) = SINGLES.iter().find(|(_, code)| *code == char) {
            plain
        } else {
            chars
                .next_if(|next| TRAILS.contains(next))
                .and_then(|trail| {
                    CODE.into_iter().find(|&plain| pair(plain) == Some((char, trail)))
                })
                // Not what `encode` writes: kept, so that nothing of a foreign document is lost.
                .unwrap_or(char)
        };
        text.push(plain);
    }
    Cow::Owned(text)
}

/// Whether a byte is one of the singles, or begins a character from U+F000 to U+FFFF.
fn may_be_replaced(byte: u8) -> bool {
    matches!(byte, 0 | b'*' | b'?' | b'\\' | 0xef)
}

fn is_replaced(char: char) -> bool {
    CODE.contains(&char) || SINGLES.iter().any(|(plain, _)| *plain == char)
}

/// The pair that stands for a character of the code itself.
fn pair(char: char) -> Option<(char, char)> {
    let position = CODE.into_iter().position(|code| code == char)?;
    let lead = LEADS.get(position / TRAILS.len())?;
    let trail = TRAILS.get(position % TRAILS.len())?;
    Some((*lead, *trail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_are_indexed_as_they_are() {
        for text in ["", "a", "CAFÉ 中文 🦀", "%_\"'+\n\u{1}", "\u{e000}\u{fdcf}\u{fddb}\u{ffff}"]
        {
            assert!(matches!(encode(text), Cow::Borrowed(same) if same == text));
            assert!(matches!(decode(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn no_encoded_text_holds_a_character_with_a_meaning_in_patterns() {
        for (text, encoded) in [
            ("a*b", "a\u{fdd1}b"),
            ("?", "\u{fdd2}"),
            ("\\*", "\u{fdd3}\u{fdd1}"),
            ("\0\0", "\u{fdd0}\u{fdd0}"),
            ("\u{fdd0}", "\u{fdd4}\u{fdd7}"),
            ("\u{fdd4}", "\u{fdd5}\u{fdd7}"),
            ("\u{fdda}", "\u{fdd6}\u{fdd9}"),
        ] {
            assert_eq!(encode(text), encoded);
            assert_eq!(decode(encoded), text);
        }
    }

    #[test]
    fn an_encoded_text_holds_an_encoded_keyword_exactly_where_the_text_holds_the_keyword() {
        let alphabet: Vec<char> = "a\0*?\\".chars().chain(CODE).collect();
        let mut texts = vec![String::new()];
        for _ in 0..3 {
            let longer = texts
                .iter()
                .flat_map(|text| alphabet.iter().map(move |char| format!("{text}{char}")));
            texts = longer.collect();
        }
        let keywords: Vec<String> = alphabet
            .iter()
            .flat_map(|a| alphabet.iter().map(move |b| format!("{a}{b}")))
            .chain(alphabet.iter().map(char::to_string))
            .collect();
        for text in &texts {
            let encoded = encode(text);
            assert_eq!(decode(&encoded), *text);
            for keyword in &keywords {
                let found = encoded.contains(&*encode(keyword));
                assert_eq!(found, text.contains(keyword.as_str()), "{text:?} {keyword:?}");
            }
        }
    }

    #[test]
    fn a_foreign_text_is_decoded_without_loss_of_what_is_no_code() {
        assert_eq!(decode("a\u{fdd4}b"), "a\u{fdd4}b");
        assert_eq!(decode("\u{fdd7}"), "\u{fdd7}");
        assert_eq!(decode("\u{fdd6}\u{fdda}"), "\u{fdd6}");
    }
}
