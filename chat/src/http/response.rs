//! An answer in the gateway's payload format 2.0.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{Request, StatusCode, etag};
use crate::model::Revision;

/// An answer: status, headers, and a text or bytes.
#[derive(PartialEq, Eq)]
pub struct Response {
    status: StatusCode,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: String,
    is_base64_encoded: bool,
    /// Of what was created, for the log.
    number: Option<u64>,
}

impl Response {
    pub(super) const fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
            is_base64_encoded: false,
            number: None,
        }
    }

    /// 200 with JSON.
    pub fn ok(json: String) -> Self {
        Self::new(StatusCode::OK).with_content("application/json", json)
    }

    /// 200 with a text of any type.
    pub fn ok_text(content_type: &'static str, text: String) -> Self {
        Self::new(StatusCode::OK).with_content(content_type, text)
    }

    /// 200 with bytes, which the gateway takes as base64.
    pub fn ok_bytes(content_type: &'static str, bytes: &[u8]) -> Self {
        let mut answer = Self::ok_text(content_type, STANDARD.encode(bytes));
        answer.is_base64_encoded = true;
        answer
    }

    /// 303 to an address, relative to the one asked.
    pub fn see_other(location: &'static str) -> Self {
        Self::new(StatusCode::SEE_OTHER).with_header("location", location)
    }

    /// 201 with JSON and the `Location` of what was created under `id` in the collection asked.
    ///
    /// It is relative to the address asked, which may stand below any base path: RFC 3986 drops
    /// what follows that address's last slash, so the collection's name is repeated where none
    /// ends it.
    pub fn created(request: &Request<'_>, id: impl fmt::Display, json: String) -> Self {
        let location = if request.trailing_slash() {
            id.to_string()
        } else {
            format!("{}/{id}", request.route().collection())
        };
        Self::new(StatusCode::CREATED)
            .with_content("application/json", json)
            .with_header("location", location)
    }

    /// 204 with `Allow`: the answer to OPTIONS.
    pub fn options(allow: &'static str) -> Self {
        Self::new(StatusCode::NO_CONTENT).with_header("allow", allow)
    }

    /// 304: what the client has is current. The answer's `ETag` is still to be added.
    pub const fn not_modified() -> Self {
        Self::new(StatusCode::NOT_MODIFIED)
    }

    /// Adds the strong `ETag` of a revision.
    #[must_use]
    pub fn with_etag(self, revision: Revision) -> Self {
        self.with_header("etag", etag(revision))
    }

    /// Adds the `Link` to the next page, where there is one.
    #[must_use]
    pub fn with_link(self, next: Option<String>) -> Self {
        match next {
            Some(link) => self.with_header("link", link),
            None => self,
        }
    }

    /// Adds, for the log, the number of what was created.
    #[must_use]
    pub fn with_number(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }

    /// Adds a header; its name is in lower case.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds what every answer says to caches and browsers. Without a word of the handler's own on
    /// caches, an answer is not stored, or asked for again each time where it has an `ETag`: what
    /// stands below a token is its holder's alone.
    pub(super) fn with_headers_of_all(self) -> Self {
        let caching = match (self.header("cache-control"), self.header("etag")) {
            (Some(_), _) => None,
            (None, Some(_)) => Some("private, no-cache"),
            (None, None) => Some("no-store"),
        };
        let answer = match caching {
            Some(caching) => self.with_header("cache-control", caching),
            None => self,
        };
        answer
            .with_header("x-content-type-options", "nosniff")
            .with_header("referrer-policy", "no-referrer")
    }

    pub(super) fn with_content(mut self, content_type: &'static str, body: String) -> Self {
        self.body = body;
        self.with_header("content-type", content_type)
    }

    /// The answer to HEAD: the same without its body.
    pub(super) fn without_body(mut self) -> Self {
        self.body = String::new();
        self.is_base64_encoded = false;
        self
    }

    /// The answer's status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// A header's value; its name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| &**value)
    }

    pub(super) const fn number(&self) -> Option<u64> {
        self.number
    }

    /// The body's text, or its bytes in base64.
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// Shows the status only: an answer holds tokens and messages.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({})", self.status)
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Headers<'a>(&'a [(&'static str, Cow<'static, str>)]);

        impl Serialize for Headers<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }

        let mut answer = serializer.serialize_struct("Response", 4)?;
        answer.serialize_field("statusCode", &self.status.as_u16())?;
        answer.serialize_field("headers", &Headers(&self.headers))?;
        answer.serialize_field("body", &self.body)?;
        answer.serialize_field("isBase64Encoded", &self.is_base64_encoded)?;
        answer.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::testing::on_request;

    #[test]
    fn an_answer_has_the_gateway_s_payload_format() {
        let answer = Response::ok("{\"a\":\"é\"}".to_owned())
            .with_etag(7)
            .with_link(None)
            .with_link(Some("<?limit=1>; rel=\"next\"".to_owned()));
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            concat!(
                r#"{"statusCode":200,"headers":{"content-type":"application/json","#,
                r#""etag":"\"7\"","link":"<?limit=1>; rel=\"next\""},"#,
                r#""body":"{\"a\":\"é\"}","isBase64Encoded":false}"#
            )
        );
        let bytes = serde_json::to_value(Response::ok_bytes("image/png", b"\x89PNG")).unwrap();
        assert_eq!((&bytes["body"], &bytes["isBase64Encoded"]), (&json!("iVBORw=="), &json!(true)));
        assert_eq!(Response::not_modified().with_etag(7).body(), "");
        assert_eq!(Response::options("GET").header("allow"), Some("GET"));
    }

    #[test]
    fn a_location_is_relative_to_the_address_asked() {
        let token = "1".repeat(24);
        for (path, id, expected) in [
            ("/applications", &*token, format!("applications/{token}")),
            ("/applications/", &token, token.clone()),
            ("/applications/x/chats", "7", "chats/7".to_owned()),
            ("/applications/x/chats/", "7", "7".to_owned()),
            ("/applications/x/chats/1/messages", "9", "messages/9".to_owned()),
            ("/applications/x/chats/1/messages/", "9", "9".to_owned()),
        ] {
            let answer = on_request(json!({"rawPath": path}), |request| {
                Response::created(request, id, "{}".to_owned())
            });
            assert_eq!(answer.header("location"), Some(&*expected), "{path}");
        }
    }
}
