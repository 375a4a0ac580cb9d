//! A request's parameters: found where the contract allows them, and parsed into what they name.
//!
//! All that is wrong in a request alone is found here, before anything is looked up. What is read
//! of a place (query string, JSON, form) must be well-formed as a whole; names that nobody asks
//! for are ignored, repeated ones too.

use std::borrow::Cow;

use super::{
    CursorPage, Limit, Order, Problem, RangePage, Request,
    encoding::pairs,
    json_object::{self, Member},
};
use crate::model::{ApplicationName, InvalidApplicationName, InvalidMessageBody, MessageBody};

const NAME_RULE: &str = "a string of 1 to 80 characters, not only white space";
const BODY_RULE: &str = "a string of 1 to 65,535 bytes of UTF-8";
const LIMIT_RULE: &str = "a number from 1 to 100";
const BOUND_RULE: &str = "a number from 0";
const ORDER_RULE: &str = "asc or desc";
const KEYWORD_RULE: &str = "1 to 256 characters";
const KEYWORD_MAX_CHARS: usize = 256;

/// The application's name, from the body or the query string.
///
/// # Errors
/// 400 or 415, as the contract says.
pub fn application_name(request: &Request<'_>) -> Result<ApplicationName, Problem> {
    let text = body_or_query(request, "name", NAME_RULE)?;
    ApplicationName::new(text).map_err(|error| {
        let wrong = match error {
            InvalidApplicationName::Blank => "is blank".to_owned(),
            InvalidApplicationName::TooLong(chars) => format!("has {chars} characters"),
        };
        Problem::invalid_parameter("name", &wrong, NAME_RULE)
    })
}

/// The message's body, from the request's body or the query string.
///
/// # Errors
/// 400, 413 or 415, as the contract says.
pub fn message_body(request: &Request<'_>) -> Result<MessageBody, Problem> {
    let text = body_or_query(request, "body", BODY_RULE)?;
    MessageBody::new(text).map_err(|error| match error {
        InvalidMessageBody::Empty => Problem::invalid_parameter("body", "is empty", BODY_RULE),
        InvalidMessageBody::TooLong(bytes) => {
            Problem::content_too_large("body", &format!("has {bytes} bytes"), BODY_RULE)
        }
    })
}

/// The part of a list of chats or messages that the query string asks for.
///
/// # Errors
/// 400 for a bound, order or limit that is none, or that is given twice.
pub fn range_page(request: &Request<'_>) -> Result<RangePage, Problem> {
    let [after, before, order, limit] = in_query(request, ["after", "before", "order", "limit"])?;
    let bound = |name, text: Option<Cow<'_, str>>| match text {
        None => Ok(None),
        Some(text) => integer(&text)
            .map(Some)
            .ok_or_else(|| Problem::invalid_parameter(name, "is not a number", BOUND_RULE)),
    };
    Ok(RangePage {
        after: bound("after", after)?,
        before: bound("before", before)?,
        order: match order.as_deref() {
            None | Some("asc") => Order::Ascending,
            Some("desc") => Order::Descending,
            Some(_) => return Err(Problem::invalid_parameter("order", "is neither", ORDER_RULE)),
        },
        limit: parse_limit(limit)?,
    })
}

/// The part of a list that the query string asks for by a cursor, which `read` reads.
///
/// # Errors
/// 400 for a limit that is none, a cursor that `read` gives up on, or one of them given twice.
pub fn cursor_page<C>(
    request: &Request<'_>,
    read: impl FnOnce(&str) -> Option<C>,
) -> Result<CursorPage<C>, Problem> {
    let [cursor, limit] = in_query(request, ["cursor", "limit"])?;
    Ok(CursorPage { cursor: parse_cursor(cursor, read)?, limit: parse_limit(limit)? })
}

/// The keyword of a search, and the part of its list that the query string asks for.
///
/// # Errors
/// 400 for a keyword that is missing or not of 1 to 256 characters, and as [`cursor_page`].
pub fn search<C>(
    request: &Request<'_>,
    read: impl FnOnce(&str) -> Option<C>,
) -> Result<(String, CursorPage<C>), Problem> {
    let [keyword, cursor, limit] = in_query(request, ["keyword", "cursor", "limit"])?;
    let wrong = |wrong: &str| Problem::invalid_parameter("keyword", wrong, KEYWORD_RULE);
    let keyword = keyword.ok_or_else(|| wrong("is missing"))?;
    match keyword.chars().count() {
        0 => return Err(wrong("is empty")),
        1..=KEYWORD_MAX_CHARS => {}
        chars => return Err(wrong(&format!("has {chars} characters"))),
    }
    let page = CursorPage { cursor: parse_cursor(cursor, read)?, limit: parse_limit(limit)? };
    Ok((keyword.into_owned(), page))
}

fn parse_limit(text: Option<Cow<'_, str>>) -> Result<Limit, Problem> {
    let Some(text) = text else { return Ok(Limit::default()) };
    let wrong = |wrong| Problem::invalid_parameter("limit", wrong, LIMIT_RULE);
    let number = integer(&text).ok_or_else(|| wrong("is not a number"))?;
    Limit::new(number).ok_or_else(|| wrong("is out of range"))
}

fn parse_cursor<C>(
    text: Option<Cow<'_, str>>,
    read: impl FnOnce(&str) -> Option<C>,
) -> Result<Option<C>, Problem> {
    let Some(text) = text else { return Ok(None) };
    read(&text).map(Some).ok_or_else(|| {
        Problem::invalid_parameter("cursor", "cannot be read", "one from a Link of this list")
    })
}

/// A decimal number without a sign. One beyond 64 bits is beyond every number that is handed out,
/// so the largest of them stands for it.
fn integer(text: &str) -> Option<u64> {
    let decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    decimal.then(|| text.parse().unwrap_or(u64::MAX))
}

/// A string that must be given, in the body or the query string; where both give it, the body's
/// counts, a JSON null too.
fn body_or_query(request: &Request<'_>, name: &str, rule: &str) -> Result<String, Problem> {
    let [in_query] = in_query(request, [name])?;
    let text = match in_body(request, name)? {
        Given::Text(text) => Some(text),
        Given::Null => return Err(Problem::invalid_parameter(name, "is null", rule)),
        Given::Other => return Err(Problem::invalid_parameter(name, "is not a string", rule)),
        Given::Not => in_query.map(Cow::into_owned),
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
fn in_body(request: &Request<'_>, name: &str) -> Result<Given, Problem> {
    let bytes = request.body()?;
    if bytes.is_empty() {
        return Ok(Given::Not);
    }
    let is_form = match request.media_type() {
        None => false,
        Some(media_type) if media_type.eq_ignore_ascii_case("application/json") => false,
        Some(media_type)
            if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") =>
        {
            // What `curl -d '{…}'` sends is JSON under a form's name.
            !bytes.starts_with(b"{")
        }
        Some(_) => return Err(Problem::unsupported_media_type()),
    };
    let text = str::from_utf8(&bytes)
        .map_err(|_| Problem::bad_request("The request's body is not UTF-8."))?;
    if is_form {
        let [value] = in_pairs(text, [name], "form")?;
        return Ok(value.map_or(Given::Not, |value| Given::Text(value.into_owned())));
    }
    match json_object::member(text, name) {
        Ok(None) => Ok(Given::Not),
        Ok(Some(Member::Null)) => Ok(Given::Null),
        Ok(Some(Member::Text(text))) => Ok(Given::Text(text.into_owned())),
        Ok(Some(Member::Other)) => Ok(Given::Other),
        Err(json_object::InvalidObject::Twice) => Err(given_twice(name, "JSON object")),
        Err(error) => Err(Problem::bad_request(format!(
            "The request's body {error}; allowed: a JSON object with `{name}`."
        ))),
    }
}

/// What the query string gives under the names.
fn in_query<'r, const N: usize>(
    request: &Request<'r>,
    names: [&str; N],
) -> Result<[Option<Cow<'r, str>>; N], Problem> {
    in_pairs(request.query(), names, "query string")
}

fn in_pairs<'t, const N: usize>(
    text: &'t str,
    names: [&str; N],
    place: &str,
) -> Result<[Option<Cow<'t, str>>; N], Problem> {
    let mut values = [const { None }; N];
    for pair in pairs(text) {
        let (name, value) =
            pair.map_err(|error| Problem::bad_request(format!("The {place} {error}.")))?;
        for (wanted, slot) in names.iter().zip(&mut values) {
            if name == *wanted && slot.replace(value.clone()).is_some() {
                return Err(given_twice(wanted, place));
            }
        }
    }
    Ok(values)
}

fn given_twice(name: &str, place: &str) -> Problem {
    Problem::invalid_parameter(name, "is given twice", &format!("once in the {place}"))
}
