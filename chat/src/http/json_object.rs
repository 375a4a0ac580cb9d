//! Reads one member of a JSON object, and makes sure of all the others that they are JSON.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{error::Category, value::RawValue};
use thiserror::Error;

use super::event::Text;

/// How deep containers may nest, the object itself included: `serde_json`'s limit.
const MAX_DEPTH: u8 = 127;

/// What stands under the name asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Member<'a> {
    Null,
    Text(Cow<'a, str>),
    /// A number, boolean, array or object.
    Other,
}

/// Why a text is not an object in which a member can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum InvalidObject {
    #[error("is not valid JSON (line {line}, column {column})")]
    Syntax { line: usize, column: usize },
    #[error("holds an escape of half a surrogate pair, which is no character")]
    LoneSurrogate,
    #[error("nests deeper than 127 levels")]
    TooDeep,
    #[error("is JSON, but not an object")]
    NotAnObject,
    #[error("holds the member twice")]
    Twice,
}

/// The member of that name, if the object has it.
pub(super) fn member<'a>(text: &'a str, name: &str) -> Result<Option<Member<'a>>, InvalidObject> {
    let mut json = serde_json::Deserializer::from_str(text);
    let found = json.deserialize_map(ObjectVisitor { name });
    match found.and_then(|found| json.end().map(|()| found)) {
        Ok(found) => found,
        Err(error) if error.classify() == Category::Data => Err(InvalidObject::NotAnObject),
        Err(error) => Err(InvalidObject::Syntax { line: error.line(), column: error.column() }),
    }
}

struct ObjectVisitor<'n> {
    name: &'n str,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = Result<Option<Member<'de>>, InvalidObject>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Ok(None);
        while let Some(Text(name)) = map.next_key()? {
            if name == self.name {
                let member = map.next_value_seed(MemberSeed)?;
                found = found.and_then(|earlier| match earlier {
                    None => Ok(Some(member)),
                    Some(_) => Err(InvalidObject::Twice),
                });
            } else {
                let value: &RawValue = map.next_value()?;
                found = found.and_then(|found| check_raw(value.get()).map(|()| found));
            }
        }
        Ok(found)
    }
}

struct MemberSeed;

impl<'de> DeserializeSeed<'de> for MemberSeed {
    type Value = Member<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MemberSeed {
    type Value = Member<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Member<'de>, E> {
        Ok(Member::Null)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Member<'de>, E> {
        Ok(Member::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Member<'de>, A::Error> {
        while seq.next_element::<&RawValue>()?.is_some() {}
        Ok(Member::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member<'de>, A::Error> {
        while map.next_entry::<Text<'de>, &RawValue>()?.is_some() {}
        Ok(Member::Other)
    }
}

/// Checks what `serde_json` does not when it skips a value, whose syntax is known to be right.
///
/// Skipping is what lets numbers beyond `f64` pass in members that nobody asked for.
fn check_raw(raw: &str) -> Result<(), InvalidObject> {
    let mut depth = 1_u8;
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' if depth == MAX_DEPTH => return Err(InvalidObject::TooDeep),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' => check_string(&mut bytes)?,
            _ => {}
        }
    }
    Ok(())
}

/// Reads a string to its closing quote: a high surrogate stands only right before a low one.
fn check_string(bytes: &mut std::str::Bytes<'_>) -> Result<(), InvalidObject> {
    let mut after_high = false;
    loop {
        let unit = match bytes.next() {
            None | Some(b'"') if after_high => return Err(InvalidObject::LoneSurrogate),
            None | Some(b'"') => return Ok(()),
            Some(b'\\') if bytes.next() == Some(b'u') => {
                let digits = bytes.by_ref().take(4).map(|digit| char::from(digit).to_digit(16));
                digits.fold(0, |unit, digit| unit << 4 | digit.unwrap_or_default())
            }
            Some(_) => 0,
        };
        let is_low = (0xdc00..=0xdfff).contains(&unit);
        if is_low != after_high {
            return Err(InvalidObject::LoneSurrogate);
        }
        after_high = (0xd800..=0xdbff).contains(&unit);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    type Found<'a> = Result<Option<Member<'a>>, InvalidObject>;

    const OTHER: Found<'_> = Ok(Some(Member::Other));

    #[expect(clippy::unnecessary_wraps, reason = "shortens the tables below")]
    fn text(text: &str) -> Found<'_> {
        Ok(Some(Member::Text(Cow::Borrowed(text))))
    }

    #[test]
    fn a_member_is_found_and_unknown_ones_are_ignored() {
        for (json, expected) in [
            ("{}", Ok(None)),
            (" {\n\"x\" : 1 }\t", Ok(None)),
            (r#"{"body":"a"}"#, text("a")),
            (r#"{"\u0062ody":"a"}"#, text("a")),
            (r#"{"Body":"a"}"#, Ok(None)),
            (r#"{"body":""}"#, text("")),
            (r#"{"body":"\u0000\n\ud83e\udd80é\/"}"#, text("\0\n🦀é/")),
            (r#"{"x":{"body":"inner"},"body":"outer"}"#, text("outer")),
            (r#"{"x":1,"x":[],"body":"a","y":null,"y":"z"}"#, text("a")),
            (r#"{"x":1e999,"y":-0.0E-1,"body":"a"}"#, text("a")),
            (r#"{"x":"\ud83e\udd80\\ud800","body":"a"}"#, text("a")),
            (r#"{"body":null}"#, Ok(Some(Member::Null))),
            (r#"{"body":7}"#, OTHER),
            (r#"{"body":-7}"#, OTHER),
            (r#"{"body":0.5}"#, OTHER),
            (r#"{"body":true}"#, OTHER),
            (r#"{"body":["a",{"b":[]}]}"#, OTHER),
            (r#"{"body":{"body":"a"}}"#, OTHER),
        ] {
            assert_eq!(member(json, "body"), expected, "{json}");
        }
    }

    #[test]
    fn the_same_member_twice_is_refused_but_only_where_it_is_asked_for() {
        for json in [
            r#"{"body":"a","body":"a"}"#,
            r#"{"body":null,"body":"a"}"#,
            r#"{"body":"a","x":1,"\u0062ody":2,"body":3}"#,
        ] {
            assert_eq!(member(json, "body"), Err(InvalidObject::Twice), "{json}");
            assert_eq!(member(json, "name"), Ok(None), "{json}");
        }
    }

    #[test]
    fn broken_json_is_refused() {
        for json in [
            "",
            " ",
            "{",
            "}",
            "{]",
            "nul",
            "{body:1}",
            "{'body':1}",
            r#"{"body"}"#,
            r#"{"body":}"#,
            r#"{"body":"a",}"#,
            r#"{"body":"a"}}"#,
            r#"{"body":"a"}{}"#,
            r#"{"body":"a"} x"#,
            "{\"body\":\"a\nb\"}",
            "{\"x\":\"a\nb\"}",
            r#"{"x":"\x"}"#,
            r#"{"x":"\u12g4"}"#,
            r#"{"x":01}"#,
            r#"{"x":1.}"#,
            r#"{"x":+1}"#,
            r#"{"x":NaN}"#,
            r#"{"x":tru}"#,
            r#"{"x":[1,]}"#,
            r#"{"x":{"y"}}"#,
            r#"{"body":"\ud800"}"#,
            r#"{"\ud800":"a"}"#,
            "\u{feff}{}",
            "{\"body\":\"a\"}\0",
        ] {
            let error = member(json, "body").unwrap_err();
            assert!(matches!(error, InvalidObject::Syntax { .. }), "{json}: {error}");
        }
    }

    #[test]
    fn json_that_is_no_object_is_refused() {
        for json in ["[]", "\"body\"", "1", "null", "true", r#"[{"body":"a"}]"#] {
            assert_eq!(member(json, "body"), Err(InvalidObject::NotAnObject), "{json}");
        }
    }

    #[test]
    fn a_lone_surrogate_is_refused_in_unknown_members_too() {
        for json in [
            r#"{"x":"\ud800"}"#,
            r#"{"x":"\udc00"}"#,
            r#"{"x":"\udc00\ud800"}"#,
            r#"{"x":"\ud800\ud800\udc00"}"#,
            r#"{"x":"\ud800\udc00\udc00"}"#,
            r#"{"x":"\ud800\n"}"#,
            r#"{"x":"\ud800a"}"#,
            r#"{"x":["\ud800",1]}"#,
            r#"{"x":{"\uDBFF":1}}"#,
            r#"{"x":"\ud800","body":"a"}"#,
        ] {
            assert_eq!(member(json, "body"), Err(InvalidObject::LoneSurrogate), "{json}");
        }
    }

    #[test]
    fn json_nests_as_deep_as_the_parser_s_limit_in_unknown_members_too() {
        for (open, close) in [("[", "]"), (r#"{"x":"#, "}")] {
            for depth in [1, 126, 127, 128, 50_000] {
                let inner = format!("{}0{}", open.repeat(depth), close.repeat(depth));
                let json = format!(r#"{{"x":{inner},"body":"a"}}"#);
                let accepted = member(&json, "body") == text("a");
                assert_eq!(accepted, depth <= 126, "{depth}");
                assert_eq!(serde_json::from_str::<Value>(&json).is_ok(), accepted, "{depth}");
            }
        }
        // Brackets within strings do not nest.
        let json = format!(r#"{{"x":"{}\"[","body":"a"}}"#, "[{".repeat(1000));
        assert_eq!(member(&json, "body"), text("a"));
    }

    /// Texts near to JSON, the same in every run (xorshift, Marsaglia 2003).
    fn near_json(count: usize) -> impl Iterator<Item = String> {
        const SEEDS: [&str; 4] = [
            r#"{"body":"a\ud83e\udd80","x":[1,{"y":null}],"z":true}"#,
            r#"{"x":{"body":[]},"body":"\u0000\"\\","x":"\ud800\udc00"}"#,
            r#" {"a":-1.5,"body":7,"b":[[],{},"]}"]} "#,
            r#"{"body":null,"\u0062":{"c":"é"}}"#,
        ];
        const ALPHABET: [char; 18] = [
            '{', '}', '[', ']', '"', ':', ',', '\\', 'u', 'd', '8', 'c', '0', ' ', '-', '.', 'n',
            '\u{e9}',
        ];
        let mut state = 0x9e37_79b9_u32;
        let mut below = move |bound: usize| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as usize % bound
        };
        (0..count).map(move |round| {
            let mut chars: Vec<char> = SEEDS[round % SEEDS.len()].chars().collect();
            for _ in 0..=below(4) {
                let place = below(chars.len());
                match below(3) {
                    0 => chars[place] = ALPHABET[below(ALPHABET.len())],
                    1 => chars.insert(place, ALPHABET[below(ALPHABET.len())]),
                    _ => drop(chars.remove(place)),
                }
            }
            chars.into_iter().collect()
        })
    }

    #[test]
    fn what_is_refused_is_what_a_whole_parser_refuses() {
        let mut accepted = 0;
        for json in near_json(20_000) {
            match (member(&json, "body"), serde_json::from_str::<Value>(&json)) {
                (Err(InvalidObject::Twice), Ok(Value::Object(_))) => {}
                (Err(InvalidObject::NotAnObject), value) => {
                    assert!(!matches!(value, Ok(Value::Object(_))), "{json}");
                }
                (Err(error), value) => assert!(value.is_err(), "{json}: {error}"),
                (Ok(member), value) => {
                    accepted += 1;
                    let expected = match value.expect(&json).get("body") {
                        None => None,
                        Some(Value::Null) => Some(Member::Null),
                        Some(Value::String(text)) => Some(Member::Text(text.clone().into())),
                        Some(_) => Some(Member::Other),
                    };
                    assert_eq!(member, expected, "{json}");
                }
            }
        }
        assert!(accepted > 500, "{accepted}");
    }
}
