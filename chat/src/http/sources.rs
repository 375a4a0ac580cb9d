//! Where parameters come from: the query string, a JSON object or a form.
//!
//! What is read of such a place must be well-formed as a whole; names that nobody asks for are
//! ignored, repeated ones too.

use std::borrow::Cow;

use super::{
    Problem, Request,
    encoding::pairs,
    json_object::{InvalidObject, Member, member},
};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A string that must be given, in the body or the query string; where both give it, the body's
/// counts, a JSON null too.
pub(super) fn from_body_or_query(
    request: &Request<'_>,
    name: &str,
    rule: &str,
) -> Result<String, Problem> {
    let [from_query_string] = from_query(request, [name])?;
    let text = match from_body(request, name)? {
        Given::Text(text) => Some(text),
        Given::Null => return Err(Problem::invalid_parameter(name, "is null", rule)),
        Given::Other => return Err(Problem::invalid_parameter(name, "is not a string", rule)),
        Given::Not => from_query_string.map(Cow::into_owned),
    };
    text.ok_or_else(|| Problem::invalid_parameter(name, "is missing", rule))
}

enum Given {
    Not,
    Null,
    Text(String),
    Other,
}

/// What the request's body gives under the name.
fn from_body(request: &Request<'_>, name: &str) -> Result<Given, Problem> {
    let bytes = request.body()?;
    if bytes.is_empty() {
        return Ok(Given::Not);
    }
    if !request.is_unencoded() {
        return Err(Problem::unsupported_content_encoding());
    }
    // What some editors and clients write before JSON (RFC 8259, section 8.1).
    let json = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    let is_form = match request.media_type() {
        None => false,
        Some(media_type) if media_type.eq_ignore_ascii_case("application/json") => false,
        Some(media_type)
            if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") =>
        {
            // What `curl -d '{…}'` sends is JSON under a form's name.
            !json.trim_ascii_start().starts_with(b"{")
        }
        Some(_) => return Err(Problem::unsupported_media_type()),
    };
    let text = str::from_utf8(if is_form { &bytes } else { json })
        .map_err(|_| Problem::bad_request("The request's body is not UTF-8."))?;
    if is_form {
        let [value] = from_pairs(text, [name], "form")?;
        return Ok(value.map_or(Given::Not, |value| Given::Text(value.into_owned())));
    }
    match member(text, name) {
        Ok(None) => Ok(Given::Not),
        Ok(Some(Member::Null)) => Ok(Given::Null),
        Ok(Some(Member::Text(text))) => Ok(Given::Text(text.into_owned())),
        Ok(Some(Member::Other)) => Ok(Given::Other),
        Err(InvalidObject::Twice) => Err(given_twice(name, "JSON object")),
        Err(error) => Err(Problem::bad_request(format!(
            "The request's body {error}; allowed: a JSON object with `{name}`."
        ))),
    }
}

/// What the query string gives under the names.
pub(super) fn from_query<'r, const N: usize>(
    request: &Request<'r>,
    names: [&str; N],
) -> Result<[Option<Cow<'r, str>>; N], Problem> {
    from_pairs(request.query(), names, "query string")
}

fn from_pairs<'t, const N: usize>(
    text: &'t str,
    names: [&str; N],
    place: &str,
) -> Result<[Option<Cow<'t, str>>; N], Problem> {
    let mut values = [const { None }; N];
    for pair in pairs(text) {
        let (name, value) =
            pair.map_err(|error| Problem::bad_request(format!("The {place} {error}.")))?;
        if let Some((wanted, slot)) =
            names.iter().zip(&mut values).find(|(wanted, _)| name == **wanted)
            && slot.replace(value).is_some()
        {
            return Err(given_twice(wanted, place));
        }
    }
    Ok(values)
}

fn given_twice(name: &str, place: &str) -> Problem {
    Problem::invalid_parameter(name, "is given twice", &format!("once in the {place}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::http::testing::on_request;

    const FORM: &str = "application/x-www-form-urlencoded";

    /// The parameter `name` of a request with this query string and body, or the refusal's status
    /// and what its detail says is wrong.
    fn name(
        query: &str,
        content_type: Option<&str>,
        body: Option<&str>,
    ) -> Result<String, (u16, String)> {
        let headers = content_type.map_or(json!({}), |it| json!({"content-type": it}));
        let members = json!({"rawQueryString": query, "headers": headers, "body": body});
        named(members)
    }

    fn named(members: Value) -> Result<String, (u16, String)> {
        on_request(members, |request| from_body_or_query(request, "name", "RULE"))
            .map_err(|problem| (problem.status().as_u16(), problem.detail().to_owned()))
    }

    fn base64(bytes: &[u8]) -> String {
        use ::base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.encode(bytes)
    }

    #[test]
    fn a_parameter_may_come_in_the_query_string_a_json_object_or_a_form() {
        for (query, content_type, body, expected) in [
            ("name=a+b%2B", None, None, "a b+"),
            ("name=a", Some("text/plain"), None, "a"),
            ("name=a", Some("text/plain"), Some(""), "a"),
            ("", Some("application/json"), Some(r#"{"name":"a+b"}"#), "a+b"),
            ("", Some("Application/JSON; charset=utf-8"), Some(r#"{"name":"a"}"#), "a"),
            ("", Some("application/json,application/json"), Some(r#"{"name":"a"}"#), "a"),
            ("", Some(" application/json ;v=1"), Some(r#"{"name":"a"}"#), "a"),
            ("", None, Some(r#"{"name":"a"}"#), "a"),
            ("", Some(""), Some(r#"{"name":"a"}"#), "a"),
            ("", Some(FORM), Some("x=1&name=a+b%26&y"), "a b&"),
            ("", Some("APPLICATION/x-www-form-urlencoded;charset=UTF-8"), Some("name=é=ü"), "é=ü"),
            ("", Some(FORM), Some(r#"{"name":"a+b&c=%zz"}"#), "a+b&c=%zz"),
            ("", Some(FORM), Some("\r\n\t {\"name\":\"a+b\"}"), "a+b"),
            ("", Some(FORM), Some("\u{feff} {\"name\":\"a+b\"}"), "a+b"),
            ("", None, Some("\u{feff}{\"name\":\"a\"}"), "a"),
            ("", Some("application/json"), Some("\u{feff}\n{\"name\":\"\u{feff}a\"}"), "\u{feff}a"),
            ("name=a", Some(FORM), Some("\u{feff}name=b"), "a"),
        ] {
            let result = name(query, content_type, body);
            assert_eq!(result.as_deref(), Ok(expected), "{query} {content_type:?}");
        }
    }

    #[test]
    fn the_request_s_body_wins_over_the_query_a_json_null_too() {
        let json = Some("application/json");
        for (content_type, body, expected) in [
            (json, r#"{"name":"body"}"#, Ok("body")),
            (json, r#"{"name":""}"#, Ok("")),
            (json, r#"{"name":null}"#, Err((400, "`name` is null; allowed: RULE."))),
            (json, r#"{"name":7}"#, Err((400, "`name` is not a string; allowed: RULE."))),
            (json, r#"{"name":["a"]}"#, Err((400, "`name` is not a string; allowed: RULE."))),
            (json, r#"{"x":1}"#, Ok("query")),
            (Some(FORM), "name=body", Ok("body")),
            (Some(FORM), "name=", Ok("")),
            (Some(FORM), "x=1", Ok("query")),
            (Some(FORM), "", Ok("query")),
        ] {
            let result = name("name=query", content_type, Some(body));
            let result = result.as_deref().map_err(|(status, detail)| (*status, &**detail));
            assert_eq!(result, expected, "{body}");
        }
        let missing = Err((400, "`name` is missing; allowed: RULE.".to_owned()));
        assert_eq!(name("", json, Some("{}")), missing);
        assert_eq!(name("names=x", Some(FORM), Some("Name=x")), missing);
    }

    #[test]
    fn another_content_type_is_415() {
        for content_type in [
            "text/plain",
            "text/json",
            "application/jsonp",
            "application/problem+json",
            "application/octet-stream",
            "multipart/form-data; boundary=application/json",
            "text/plain,application/json",
            "json",
        ] {
            for body in [r#"{"name":"a"}"#, "name=a", "\u{fffd}"] {
                let status = name("name=a", Some(content_type), Some(body)).unwrap_err().0;
                assert_eq!(status, 415, "{content_type}");
            }
        }
    }

    #[test]
    fn an_encoded_body_is_415_and_no_body_is_none() {
        let request = |encoding: &str, body: &str| {
            let headers = json!({"content-type": "application/json", "content-encoding": encoding});
            named(json!({"rawQueryString": "name=q", "headers": headers, "body": body}))
        };
        for encoding in ["gzip", "br", "identity, gzip", "deflate"] {
            assert_eq!(request(encoding, r#"{"name":"a"}"#).unwrap_err().0, 415, "{encoding}");
            assert_eq!(request(encoding, "").as_deref(), Ok("q"), "{encoding}");
        }
        assert_eq!(request("identity", r#"{"name":"a"}"#).as_deref(), Ok("a"));
    }

    #[test]
    fn the_same_parameter_twice_in_one_place_is_400_unless_nobody_asks_for_it() {
        let twice =
            |place| Err((400, format!("`name` is given twice; allowed: once in the {place}.")));
        let json = Some("application/json");
        for query in ["name=a&name=a", "name=a&x&n%61me=", "name&name"] {
            assert_eq!(name(query, None, None), twice("query string"), "{query}");
            assert_eq!(name(query, json, Some(r#"{"name":"b"}"#)), twice("query string"));
            assert_eq!(name("", Some(FORM), Some(query)), twice("form"), "{query}");
        }
        for body in [r#"{"name":"a","name":"a"}"#, r#"{"n\u0061me":null,"name":"a"}"#] {
            assert_eq!(name("", json, Some(body)), twice("JSON object"), "{body}");
        }
        let ignored = "x=1&x=2&name=a&y=&y";
        assert_eq!(name(ignored, None, None).as_deref(), Ok("a"));
        assert_eq!(name("", Some(FORM), Some(ignored)).as_deref(), Ok("a"));
        assert_eq!(name("", json, Some(r#"{"x":1,"x":2,"name":"a"}"#)).as_deref(), Ok("a"));
    }

    #[test]
    fn broken_json_utf_8_or_percent_encoding_is_400() {
        let json = Some("application/json");
        for (query, content_type, body, detail) in [
            ("name=%zz", None, "", "The query string has a % that two hex digits do not follow."),
            ("x=%&name=a", None, "", "The query string has a % that two hex digits do not follow."),
            ("name=%ff", None, "", "The query string is not UTF-8 when it is decoded."),
            ("", Some(FORM), "name=%f", "The form has a % that two hex digits do not follow."),
            ("", Some(FORM), "name=%C3", "The form is not UTF-8 when it is decoded."),
            (
                "",
                json,
                "{\"name\":\n'a'}",
                "The request's body is not valid JSON (line 2, column 1); allowed: a JSON object \
                 with `name`.",
            ),
            (
                "",
                None,
                "name=a",
                "The request's body is not valid JSON (line 1, column 2); allowed: a JSON object \
                 with `name`.",
            ),
            (
                "",
                Some(FORM),
                "{name=a",
                "The request's body is not valid JSON (line 1, column 2); allowed: a JSON object \
                 with `name`.",
            ),
            (
                "",
                json,
                "[]",
                "The request's body is JSON, but not an object; allowed: a JSON object with `name`.",
            ),
        ] {
            let expected = Err((400, detail.to_owned()));
            assert_eq!(name(query, content_type, Some(body)), expected, "{query} {body}");
        }
        for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82"] {
            for (content_type, around) in [(json, r#"{"name":"a"#), (Some(FORM), "name=a")] {
                let body = [around.as_bytes(), bytes, br#""}"#].concat();
                let members = json!({
                    "headers": {"content-type": content_type},
                    "body": base64(&body), "isBase64Encoded": true,
                });
                let expected = Err((400, "The request's body is not UTF-8.".to_owned()));
                assert_eq!(named(members), expected);
            }
        }
    }

    #[test]
    fn a_body_in_base64_is_read_as_one_in_text() {
        for (content_type, body) in [
            ("application/json", "{\"name\":\"a\0é🦀\"}".replace('\0', "\\u0000")),
            (FORM, "name=a%00é🦀".to_owned()),
        ] {
            let members = json!({
                "headers": {"content-type": content_type},
                "body": base64(body.as_bytes()), "isBase64Encoded": true,
            });
            assert_eq!(named(members).as_deref(), Ok("a\0é🦀"));
            assert_eq!(name("", Some(content_type), Some(&body)).as_deref(), Ok("a\0é🦀"));
        }
        let broken = json!({"body": "=", "isBase64Encoded": true});
        assert_eq!(named(broken).unwrap_err().0, 500);
    }
}
