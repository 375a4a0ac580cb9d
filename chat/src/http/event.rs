//! API Gateway's event (HTTP API, payload format 2.0): the members that are used, borrowed from
//! its text where that holds no escapes.

use std::{borrow::Cow, ops::Deref};

use serde::Deserialize;
use thiserror::Error;

use super::{Method, Route};

/// A text borrowed from JSON. A field `Option<Cow<str>>` would always be copied, since only a
/// field that is a `Cow` itself can be told to borrow.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// One request, as the gateway hands it over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpEvent<'a> {
    #[serde(borrow)]
    pub(super) raw_path: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) raw_query_string: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) headers: Headers<'a>,
    #[serde(borrow)]
    pub(super) request_context: RequestContext<'a>,
    #[serde(borrow, default)]
    pub(super) body: Option<Text<'a>>,
    #[serde(default)]
    pub(super) is_base64_encoded: bool,
}

/// The headers that any route reads. The gateway writes all names in lower case and joins
/// repeated ones with commas.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Headers<'a> {
    #[serde(borrow)]
    pub(super) accept: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) accept_encoding: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) authorization: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) content_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) if_match: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) if_none_match: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestContext<'a> {
    #[serde(borrow, default)]
    pub(super) api_id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) domain_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) http: Http<'a>,
    #[serde(borrow, default)]
    pub(super) request_id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) stage: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct Http<'a> {
    #[serde(borrow)]
    pub(super) method: Cow<'a, str>,
}

/// A text that is no event of an HTTP API in payload format 2.0. Quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the event is not an HTTP API's in payload format 2.0 (column {column})")]
pub struct MalformedEvent {
    column: usize,
}

impl<'a> HttpEvent<'a> {
    /// Reads an event's JSON.
    ///
    /// # Errors
    /// [`MalformedEvent`] where the path or the method is missing or a member has another type.
    pub fn parse(json: &'a str) -> Result<Self, MalformedEvent> {
        serde_json::from_str(json).map_err(|error| MalformedEvent { column: error.column() })
    }

    /// The method as it was sent.
    pub(super) fn method(&self) -> Method {
        let method = &self.request_context.http.method;
        // No gateway lets pass what is no method; no route has CONNECT.
        Method::from_bytes(method.as_bytes()).unwrap_or(Method::CONNECT)
    }

    /// The gateway's own id of the request.
    pub(super) fn gateway_request_id(&self) -> &str {
        &self.request_context.request_id
    }

    /// The path below the base path.
    ///
    /// On the API's own address only a stage's name precedes the routes. On another domain a
    /// mapping of any depth may, so there the routes begin at the first segment `applications`, and
    /// the pages at the segment from which on the path is one.
    pub(super) fn route_path(&self) -> &str {
        let path = &*self.raw_path;
        let RequestContext { api_id, domain_name, stage, .. } = &self.request_context;
        let own_address = !api_id.is_empty()
            && domain_name
                .strip_prefix(&**api_id)
                .is_some_and(|rest| rest.starts_with(".execute-api."));
        let base_path = if !own_address {
            mapped_base_path(path)
        } else if stage.is_empty() || stage == "$default" {
            None
        } else {
            path.strip_prefix('/').and_then(|rest| rest.strip_prefix(&**stage))
        };
        // What follows the stage's name must be a segment of its own.
        base_path.filter(|rest| rest.starts_with('/')).unwrap_or(path)
    }
}

/// What follows the segments before the first `applications` or before a page's own; nothing where
/// one is empty. A mapping may itself be named like a page.
fn mapped_base_path(path: &str) -> Option<&str> {
    let mut rest = path;
    loop {
        let after_slash = rest.strip_prefix('/')?;
        let (segment, _) = after_slash.split_once('/').unwrap_or((after_slash, ""));
        match segment {
            "" => return None,
            "applications" => return Some(rest),
            "assets" | "console" | "docs" | "health" | "openapi.json"
                if Route::parse(rest).is_some() =>
            {
                return Some(rest);
            }
            _ => rest = after_slash.strip_prefix(segment)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(domain: &str, stage: &str, path: &str) -> String {
        serde_json::json!({
            "version": "2.0", "rawPath": path, "unknown": {"nested": [1, null, "x"]},
            "requestContext": {
                "apiId": "abc123", "domainName": domain, "stage": stage,
                "http": {"method": "GET", "sourceIp": "192.0.2.1"},
            },
        })
        .to_string()
    }

    #[test]
    fn routes_answer_with_and_without_a_base_path() {
        let own = "abc123.execute-api.eu-west-1.amazonaws.com";
        let custom = "chat.example.com";
        for (domain, stage, path, expected) in [
            (own, "$default", "/applications/x", "/applications/x"),
            (own, "$default", "/v1/applications", "/v1/applications"),
            (own, "$default", "/applications/applications", "/applications/applications"),
            (own, "prod", "/prod/applications/", "/applications/"),
            (own, "prod", "/applications", "/applications"),
            (own, "prod", "/production/applications", "/production/applications"),
            (own, "prod", "/prod", "/prod"),
            (own, "applications", "/applications/applications/x", "/applications/x"),
            (custom, "$default", "/applications/x", "/applications/x"),
            (custom, "prod", "/chat/v1/applications/x/chats", "/applications/x/chats"),
            (custom, "prod", "/chat/applications/applications", "/applications/applications"),
            (custom, "prod", "/chat/v1", "/chat/v1"),
            (custom, "prod", "/", "/"),
            (custom, "prod", "/chat/v1/console", "/console"),
            (custom, "prod", "/chat/docs/", "/docs/"),
            (custom, "prod", "/chat/health", "/health"),
            (custom, "prod", "/chat/health/ready", "/health/ready"),
            (custom, "prod", "/docs/docs", "/docs"),
            (custom, "prod", "/docs/applications/x", "/applications/x"),
            (custom, "prod", "/docs/openapi.json", "/openapi.json"),
            (custom, "prod", "/assets/assets/1/console.js", "/assets/1/console.js"),
            (custom, "prod", "/applications/console", "/applications/console"),
            (own, "prod", "/prod/", "/"),
            (own, "prod", "/prod/console", "/console"),
            (custom, "prod", "//applications", "//applications"),
            (custom, "prod", "/chat//applications", "/chat//applications"),
            (custom, "prod", "/chat/applicationsx", "/chat/applicationsx"),
            (
                "abc1234.execute-api.eu-west-1.amazonaws.com",
                "prod",
                "/x/applications",
                "/applications",
            ),
            ("", "", "/applications", "/applications"),
            (custom, "prod", "", ""),
            (custom, "prod", "applications", "applications"),
        ] {
            let json = event(domain, stage, path);
            let event = HttpEvent::parse(&json).unwrap();
            assert_eq!(event.route_path(), expected, "{domain} {stage} {path}");
        }
    }

    #[test]
    fn an_event_lacks_what_a_request_lacks() {
        let json = r#"{"rawPath":"/","requestContext":{"http":{"method":"GET"}}}"#;
        let event = HttpEvent::parse(json).unwrap();
        assert!(event.body.is_none() && event.headers.content_type.is_none());
        assert!(event.raw_query_string.is_empty() && !event.is_base64_encoded);
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let json = r#"{"rawPath":"/a b","headers":{"content-type":"text/plain","if-match":"\"1\""},
            "requestContext":{"http":{"method":"PUT"}},"body":"plain"}"#;
        let event = HttpEvent::parse(json).unwrap();
        assert!(matches!(event.raw_path, Cow::Borrowed("/a b")));
        assert!(matches!(event.body, Some(Text(Cow::Borrowed("plain")))));
        assert!(matches!(event.headers.content_type, Some(Text(Cow::Borrowed("text/plain")))));
        assert_eq!(event.headers.if_match.as_deref(), Some("\"1\""));
    }

    #[test]
    fn a_malformed_event_is_refused_without_a_quote_of_it() {
        for json in ["{}", "[]", "\"secret\"", r#"{"rawPath":"/secret","requestContext":"secret"}"#]
        {
            let error = HttpEvent::parse(json).map(|_| ()).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{json}");
        }
    }
}
