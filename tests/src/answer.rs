//! An answer of the service, and the checks that every answer must pass.

use std::collections::BTreeSet;
use std::fmt;

use hyper::HeaderMap;
use hyper::body::Bytes;
use serde_json::Value;

/// One answer, with the request that it belongs to for the sake of a failure's message.
#[derive(Clone)]
pub struct Answer {
    /// The request's verb and target.
    pub request: String,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

/// Words of the inside that no client may read.
const INTERNAL: [&str; 14] = [
    "dynamo",
    "sqs",
    "opensearch",
    "elastic",
    "amazon",
    "aws-",
    "lambda",
    "arn:",
    "app#",
    "chat#",
    "panicked",
    "src/",
    "serde",
    "exception",
];

impl Answer {
    /// A header's value, if the answer carries it once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "more than one {name}: {self:?}");
        value.to_str().ok()
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|_| panic!("not UTF-8: {self:?}"))
    }

    /// Checks the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Checks that this is JSON under a status, and parses it.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        self.expect(status);
        assert!(self.has_media_type("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that this is a 200 with a plain array, and parses it.
    #[track_caller]
    pub fn list(&self) -> Vec<Value> {
        match self.json(200) {
            Value::Array(items) => items,
            _ => panic!("not a plain array: {self:?}"),
        }
    }

    /// Checks that this is a whole problem document under a status, and returns its detail.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        self.expect(status);
        assert!(self.has_media_type("application/problem+json"), "{self:?}");
        let problem: Value =
            serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let members = problem.as_object().unwrap_or_else(|| panic!("not an object: {self:?}"));
        let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["detail", "error", "status", "title", "type"], "{self:?}");
        assert_eq!(problem["status"], status, "{self:?}");
        let title = problem["title"].as_str().unwrap_or_default();
        let kind = problem["type"].as_str().unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(!title.is_empty() && !kind.is_empty() && !detail.is_empty(), "{self:?}");
        if kind == "about:blank" {
            assert_eq!(title, phrase(status), "RFC 9457, section 4.2.1: {self:?}");
        }
        let error = match status {
            404 => "404: Record not found".to_owned(),
            500 => "500: Internal error".to_owned(),
            _ => format!("{status}: {title}"),
        };
        assert_eq!(problem["error"], error, "{self:?}");
        for word in INTERNAL {
            assert!(!self.text().to_lowercase().contains(word), "{word} is internal: {self:?}");
        }
        detail.to_owned()
    }

    /// Checks that this is a 404 of something that never was: there is nothing to wait for.
    #[track_caller]
    pub fn never(&self) {
        self.problem(404);
        assert_eq!(self.header("retry-after"), None, "{self:?}");
    }

    /// Checks that this is a 404 of something that has a number but no row yet.
    #[track_caller]
    pub fn not_yet(&self) {
        self.problem(404);
        assert_eq!(self.header("retry-after"), Some("1"), "{self:?}");
    }

    /// The verbs that the answer allows.
    #[track_caller]
    pub fn allow(&self) -> BTreeSet<String> {
        let allow = self.header("allow").unwrap_or_else(|| panic!("no Allow: {self:?}"));
        allow.split(',').map(|verb| verb.trim().to_owned()).collect()
    }

    fn has_media_type(&self, expected: &str) -> bool {
        let sent = self.header("content-type").unwrap_or_default();
        let essence = sent.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(expected)
    }
}

/// The status's own words (RFC 9110, section 15; RFC 6585).
fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => panic!("{status} is no status of the contract"),
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(600).collect();
        write!(formatter, "{} → {} {:?} {shown}", self.request, self.status, self.headers)
    }
}
