//! A request's parameters, parsed into what they name. All that is wrong in a request alone is
//! found here, before anything is looked up.

use std::borrow::Cow;

use super::{
    CursorPage, Limit, Order, Problem, RangePage, Request,
    sources::{from_body_or_query, from_query},
};
use crate::model::{
    ApplicationName, InvalidApplicationName, InvalidKeyword, InvalidMessageBody, Keyword,
    MessageBody,
};

const NAME_RULE: &str =
    "a string of 1 to 80 characters, at least one of them visible, no control characters";
const BODY_RULE: &str = "a string of 1 to 65,535 bytes of UTF-8";
const LIMIT_RULE: &str = "a number from 1 to 100";
const BOUND_RULE: &str = "a number from 0";
const ORDER_RULE: &str = "asc or desc";
const KEYWORD_RULE: &str = "1 to 256 characters";

/// For a route that takes no parameters: those that are given are ignored, but must be readable.
///
/// # Errors
/// 400 for broken percent-encoding or invalid UTF-8 in the query string.
pub fn none(request: &Request<'_>) -> Result<(), Problem> {
    from_query(request, []).map(|[]| ())
}

/// The application's name, from the body or the query string.
///
/// # Errors
/// 400 or 415, as the contract says.
pub fn application_name(request: &Request<'_>) -> Result<ApplicationName, Problem> {
    let text = from_body_or_query(request, "name", NAME_RULE)?;
    ApplicationName::new(text).map_err(|error| {
        let wrong = match error {
            InvalidApplicationName::Blank => "is blank".to_owned(),
            InvalidApplicationName::Control => "has a control character".to_owned(),
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
    let text = from_body_or_query(request, "body", BODY_RULE)?;
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
    let [after, before, order, limit] = from_query(request, ["after", "before", "order", "limit"])?;
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
    let [cursor, limit] = from_query(request, ["cursor", "limit"])?;
    Ok(CursorPage { cursor: parse_cursor(cursor, read)?, limit: parse_limit(limit)? })
}

/// The keyword of a search, and the part of its list that the query string asks for.
///
/// # Errors
/// 400 for a keyword that is missing or not of 1 to 256 characters, and as [`cursor_page`].
pub fn search<C>(
    request: &Request<'_>,
    read: impl FnOnce(&str) -> Option<C>,
) -> Result<(Keyword, CursorPage<C>), Problem> {
    let [keyword, cursor, limit] = from_query(request, ["keyword", "cursor", "limit"])?;
    let wrong = |wrong: &str| Problem::invalid_parameter("keyword", wrong, KEYWORD_RULE);
    let keyword = keyword.ok_or_else(|| wrong("is missing"))?;
    let keyword = Keyword::new(keyword.into_owned()).map_err(|error| match error {
        InvalidKeyword::Empty => wrong("is empty"),
        InvalidKeyword::TooLong(chars) => wrong(&format!("has {chars} characters")),
    })?;
    let page = CursorPage { cursor: parse_cursor(cursor, read)?, limit: parse_limit(limit)? };
    Ok((keyword, page))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::testing::on_request;

    fn with_query<R>(query: &str, read: impl FnOnce(&Request<'_>) -> R) -> R {
        on_request(json!({"rawQueryString": query}), read)
    }

    /// What a client reads of a refusal.
    #[track_caller]
    fn refusal<T>(result: Result<T, Problem>) -> (u16, String) {
        let problem = result.map(|_| ()).unwrap_err();
        (problem.status().as_u16(), problem.detail().to_owned())
    }

    #[test]
    fn a_name_is_1_to_80_characters_one_of_them_visible_and_none_a_control_character() {
        let name = |query: &str| with_query(query, application_name);
        assert_eq!(name("name=+My+app+").unwrap().as_str(), " My app ");
        let longest = "é".repeat(80);
        assert_eq!(name(&format!("name={longest}")).unwrap().as_str(), longest);
        for (query, wrong) in [
            ("", "is missing"),
            ("Name=x", "is missing"),
            ("name", "is blank"),
            ("name=++%0A%E2%80%83", "is blank"),
            ("name=%E3%85%A4%E2%80%8B", "is blank"),
            ("name=a%0Ab", "has a control character"),
            ("name=a%C2%85", "has a control character"),
            (&format!("name={longest}x"), "has 81 characters"),
        ] {
            let detail = format!("`name` {wrong}; allowed: {NAME_RULE}.");
            assert_eq!(refusal(name(query)), (400, detail), "{query}");
        }
    }

    #[test]
    fn a_body_is_1_to_65535_bytes_and_413_where_it_is_longer() {
        let body = |query: &str| with_query(query, message_body);
        assert_eq!(body("body=+%00").unwrap().as_str(), " \0");
        assert_eq!(body(&format!("body={}", "x".repeat(65_535))).unwrap().as_str().len(), 65_535);
        for (query, status, wrong) in [
            ("", 400, "is missing"),
            ("body=", 400, "is empty"),
            (&*format!("body={}", "é".repeat(32_768)), 413, "has 65536 bytes"),
        ] {
            let detail =
                format!("`body` {wrong}; allowed: a string of 1 to 65,535 bytes of UTF-8.");
            assert_eq!(refusal(body(query)), (status, detail));
        }
    }

    #[test]
    fn a_range_is_read_from_the_query_string() {
        let page = |after, before, order, limit| RangePage {
            after,
            before,
            order,
            limit: Limit::new(limit).unwrap(),
        };
        for (query, expected) in [
            ("", RangePage::default()),
            ("cursor=!&keyword=&x=1&x=2", RangePage::default()),
            ("limit=1&order=asc", page(None, None, Order::Ascending, 1)),
            ("limit=100&order=desc", page(None, None, Order::Descending, 100)),
            ("limit=007", page(None, None, Order::Ascending, 7)),
            ("limit=%35", page(None, None, Order::Ascending, 5)),
            ("after=0&before=00", page(Some(0), Some(0), Order::Ascending, 50)),
            (
                "after=18446744073709551615&before=18446744073709551616",
                page(Some(u64::MAX), Some(u64::MAX), Order::Ascending, 50),
            ),
        ] {
            assert_eq!(with_query(query, range_page).unwrap(), expected, "{query}");
        }
        // A body is not where these come from, and is not read.
        let request = json!({"body": r#"{"limit": 1"#, "headers": {"content-type": "text/plain"}});
        assert_eq!(on_request(request, range_page).unwrap(), RangePage::default());
    }

    #[test]
    fn limits_bounds_and_orders_that_are_none_are_refused() {
        for value in ["", "+5", "%2B5", "-1", "1.5", "1e1", "ten", "0x1", "٣", "5+", "1_0"] {
            for (name, allowed) in
                [("limit", LIMIT_RULE), ("after", BOUND_RULE), ("before", BOUND_RULE)]
            {
                let detail = format!("`{name}` is not a number; allowed: {allowed}.");
                let refusal = refusal(with_query(&format!("{name}={value}"), range_page));
                assert_eq!(refusal, (400, detail), "{value}");
            }
        }
        for value in ["0", "101", "256", "306", "18446744073709551666", &"9".repeat(1000)] {
            let detail = "`limit` is out of range; allowed: a number from 1 to 100.".to_owned();
            let refusal = refusal(with_query(&format!("limit={value}"), range_page));
            assert_eq!(refusal, (400, detail), "{value}");
        }
        for value in ["", "ASC", "Desc", "asc+", "up", "1"] {
            let detail = "`order` is neither; allowed: asc or desc.".to_owned();
            let refusal = refusal(with_query(&format!("order={value}"), range_page));
            assert_eq!(refusal, (400, detail), "{value}");
        }
    }

    #[test]
    fn a_cursor_is_what_the_server_handed_out() {
        let read = |text: &str| (text == "a/b").then_some(7);
        let page = |query: &str| with_query(query, |request| cursor_page(request, read));
        let first = CursorPage { cursor: None, limit: Limit::default() };
        assert_eq!(page("after=x").unwrap(), first);
        let next = CursorPage { cursor: Some(7), limit: Limit::new(3).unwrap() };
        assert_eq!(page("limit=3&cursor=a%2Fb").unwrap(), next);
        for query in ["cursor=", "cursor", "cursor=a", "cursor=%00"] {
            assert_eq!(
                refusal(page(query)),
                (400, "`cursor` cannot be read; allowed: one from a Link of this list.".to_owned())
            );
        }
        assert_eq!(refusal(page("limit=0")).0, 400);
    }

    #[test]
    fn a_keyword_is_1_to_256_characters_each_of_them_literal() {
        let search = |query: &str| {
            with_query(query, |request| search(request, |_| Some(())).map(|(keyword, _)| keyword))
        };
        for (query, keyword) in [
            ("keyword=+", " "),
            ("keyword=%2B*%3F%25%22%00&limit=1&cursor=x&after=!", "+*?%\"\0"),
            (&*format!("keyword={}", "é".repeat(256)), &*"é".repeat(256)),
        ] {
            assert_eq!(search(query).unwrap().as_str(), keyword, "{query}");
        }
        for (query, wrong) in [
            ("", "is missing"),
            ("keyword=", "is empty"),
            (&format!("keyword={}", "é".repeat(257)), "has 257 characters"),
        ] {
            let detail = format!("`keyword` {wrong}; allowed: 1 to 256 characters.");
            assert_eq!(refusal(search(query)), (400, detail));
        }
        assert_eq!(refusal(search("keyword=x&limit=0")).0, 400);
    }
}
