//! API Gateway's event (HTTP API, payload format 2.0): the members that are used, borrowed from
//! its text where that holds no escapes.

use std::{borrow::Cow, ops::Deref};

use serde::Deserialize;
use thiserror::Error;

use super::Method;

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
    route_key: Cow<'a, str>,
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
    pub(super) content_encoding: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) content_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) idempotency_key: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) if_match: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) if_none_match: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) x_origin_secret: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestContext<'a> {
    #[serde(borrow)]
    pub(super) http: Http<'a>,
    #[serde(borrow, default)]
    pub(super) request_id: Cow<'a, str>,
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

    /// Whether the gateway limited the request as it limits searches, which it does on their own
    /// routes and on `$default`. A local invoke names no route.
    ///
    /// A path whose word `search` is percent-encoded may be taken for a message's by the gateway,
    /// which compares the path as it was sent and passes it on decoded.
    pub(super) fn is_limited_as_search(&self) -> bool {
        matches!(&*self.route_key, "" | "$default") || self.route_key.ends_with("/messages/search")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_limited_as_one_on_its_own_routes_and_on_the_default_one() {
        for (route_key, limited) in [
            ("ANY /applications/{access_token}/chats/{chat_number}/messages/search", true),
            ("$default", true),
            ("", true),
            (
                "ANY /applications/{access_token}/chats/{chat_number}/messages/{message_number}",
                false,
            ),
        ] {
            let json = serde_json::json!({
                "routeKey": route_key, "rawPath": "/", "requestContext": {"http": {"method": "GET"}},
            });
            let json = json.to_string();
            let event = HttpEvent::parse(&json).unwrap();
            assert_eq!(event.is_limited_as_search(), limited, "{route_key}");
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
