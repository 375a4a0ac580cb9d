//! A request whose route is known.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    BasePath, EntityTags, HttpEvent, IdempotencyKey, Method, Problem, Route, negotiation::names,
};

/// A request to one of the routes. Borrows from the event.
pub struct Request<'a> {
    event: &'a HttpEvent<'a>,
    method: Method,
    route: Route<'a>,
    trailing_slash: bool,
}

impl<'a> Request<'a> {
    /// Finds the route that the event asks for.
    ///
    /// # Errors
    /// 404 where its path names none, or a search that the gateway took for a message: `search` is
    /// no message's number.
    pub fn new(event: &'a HttpEvent<'a>, base_path: &BasePath) -> Result<Self, Problem> {
        let path = base_path.strip(&event.raw_path);
        let route = Route::parse(path).ok_or_else(Problem::not_found)?;
        if matches!(route, Route::MessageSearch { .. }) && !event.is_limited_as_search() {
            return Err(Problem::not_found());
        }
        let method = match event.method() {
            Method::HEAD => Method::GET,
            method => method,
        };
        Ok(Self { event, method, route, trailing_slash: path.ends_with('/') })
    }

    /// The method; GET for HEAD too, whose answer is the same and loses its body later.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Whether the method is GET or HEAD; otherwise it is the route's one that writes.
    pub fn reads(&self) -> bool {
        self.method == Method::GET
    }

    /// The route, with the path's segments.
    pub fn route(&self) -> Route<'a> {
        self.route
    }

    /// Whether the path asked ends in a slash, against which relative references are resolved.
    pub fn trailing_slash(&self) -> bool {
        self.trailing_slash
    }

    /// The query string as it was sent, without its question mark.
    pub(super) fn query(&self) -> &'a str {
        &self.event.raw_query_string
    }

    /// The media type without its parameters, in the case in which it was sent; none where the
    /// header is missing or empty.
    ///
    /// It ends at a comma too: a header sent twice arrives joined by one, and a proxy may double it.
    pub(super) fn media_type(&self) -> Option<&'a str> {
        let header = self.event.headers.content_type.as_deref()?;
        let media_type = header.split([',', ';']).next().unwrap_or(header).trim();
        (!media_type.is_empty()).then_some(media_type)
    }

    /// Whether the body is as it is: no coding, or the one that changes nothing.
    pub(super) fn is_unencoded(&self) -> bool {
        let codings = self.event.headers.content_encoding.as_deref().unwrap_or_default();
        codings
            .split(',')
            .map(str::trim)
            .all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
    }

    /// The bytes of the body, empty where there is none; copied only from base64.
    ///
    /// # Errors
    /// 500 where the gateway's base64 is broken.
    pub(super) fn body(&self) -> Result<Cow<'a, [u8]>, Problem> {
        match self.event.body.as_deref() {
            None => Ok(Cow::Borrowed(&[])),
            Some(text) if self.event.is_base64_encoded => {
                STANDARD.decode(text).map(Cow::Owned).map_err(Problem::internal)
            }
            Some(text) => Ok(Cow::Borrowed(text.as_bytes())),
        }
    }

    /// Whether `Accept` names HTML: only what shows pages to people does.
    pub fn asks_for_html(&self) -> bool {
        self.event.headers.accept.as_deref().is_some_and(|header| names(header, "text/html"))
    }

    /// Whether `Accept-Encoding` names gzip.
    pub fn accepts_gzip(&self) -> bool {
        self.event.headers.accept_encoding.as_deref().is_some_and(|header| names(header, "gzip"))
    }

    /// The header `Authorization`.
    pub fn authorization(&self) -> Option<&'a str> {
        self.event.headers.authorization.as_deref()
    }

    /// The entity tags of `If-Match`; none without that header.
    pub fn if_match(&self) -> Option<EntityTags<'a>> {
        self.event.headers.if_match.as_deref().map(EntityTags::new)
    }

    /// The entity tags of `If-None-Match`; none without that header.
    pub fn if_none_match(&self) -> Option<EntityTags<'a>> {
        self.event.headers.if_none_match.as_deref().map(EntityTags::new)
    }

    /// The key of `Idempotency-Key`; none without that header.
    ///
    /// # Errors
    /// 400 where it is not 1 to 255 visible ASCII characters.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        self.event.headers.idempotency_key.as_deref().map(IdempotencyKey::parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::testing::{event, on_request};

    #[test]
    fn head_is_handled_as_get() {
        for (sent, method, reads) in [
            ("GET", Method::GET, true),
            ("HEAD", Method::GET, true),
            ("POST", Method::POST, false),
            ("PATCH", Method::PATCH, false),
            ("get", Method::from_bytes(b"get").unwrap(), false),
        ] {
            on_request(json!({"requestContext": {"http": {"method": sent}}}), |request| {
                assert_eq!((request.method(), request.reads()), (&method, reads), "{sent}");
            });
        }
    }

    #[test]
    fn a_path_that_is_no_route_is_404() {
        for path in ["//", "/applications//", "/v1/chats", "/application"] {
            let json = event(json!({"rawPath": path}));
            let event = HttpEvent::parse(&json).unwrap();
            assert_eq!(
                Request::new(&event, &BasePath::default()).map(|_| ()).unwrap_err().status(),
                404,
                "{path}"
            );
        }
    }

    #[test]
    fn a_search_that_the_gateway_took_for_a_message_is_404() {
        let path = "/applications/x/chats/1/messages/search";
        let messages = "ANY /applications/{access_token}/chats/{chat_number}/messages";
        for (end, status) in [("{message_number}", Some(404)), ("search", None)] {
            let json = event(json!({"rawPath": path, "routeKey": format!("{messages}/{end}")}));
            let event = HttpEvent::parse(&json).unwrap();
            let refused = Request::new(&event, &BasePath::default()).map(|_| ()).err();
            assert_eq!(refused.map(|problem| problem.status().as_u16()), status, "{end}");
        }
    }

    #[test]
    fn the_media_type_ends_at_a_comma_or_semicolon() {
        for (header, media_type) in [
            (json!(null), None),
            (json!(""), None),
            (json!(" "), None),
            (json!("; charset=utf-8"), None),
            (json!("text/plain"), Some("text/plain")),
            (json!(" text/plain ; charset=utf-8"), Some("text/plain")),
            (json!("application/json,application/json"), Some("application/json")),
        ] {
            on_request(json!({"headers": {"content-type": header}}), |request| {
                assert_eq!(request.media_type(), media_type);
            });
        }
    }

    #[test]
    fn a_coding_that_changes_nothing_is_none() {
        for (header, unencoded) in [
            (json!(null), true),
            (json!(""), true),
            (json!("identity"), true),
            (json!(" Identity , identity"), true),
            (json!("gzip"), false),
            (json!("identity, br"), false),
            (json!("*"), false),
        ] {
            on_request(json!({"headers": {"content-encoding": header}}), |request| {
                assert_eq!(request.is_unencoded(), unencoded, "{header}");
            });
        }
    }

    #[test]
    fn a_text_body_without_escapes_is_not_copied() {
        let json = event(json!({"body": "name=é"}));
        let event = HttpEvent::parse(&json).unwrap();
        let body = Request::new(&event, &BasePath::default()).unwrap().body().unwrap();
        assert_eq!(body, "name=é".as_bytes());
        let within = json.as_bytes().as_ptr_range();
        assert!(matches!(body, Cow::Borrowed(bytes) if within.contains(&bytes.as_ptr())));
    }

    #[test]
    fn headers_are_given_as_they_were_sent() {
        let headers = json!({
            "authorization": "Bearer key", "idempotency-key": "k", "if-match": "\"1\"",
            "if-none-match": "*", "cookie": "x", "accept": "text/html, */*;q=0.8",
            "accept-encoding": "gzip, br",
        });
        on_request(json!({"headers": headers}), |request| {
            assert_eq!(request.authorization(), Some("Bearer key"));
            assert_eq!(request.idempotency_key().unwrap().unwrap().as_str(), "k");
            assert!(request.if_match().unwrap().match_strongly(1));
            assert!(request.if_none_match().unwrap().match_weakly(9));
            assert!(request.asks_for_html() && request.accepts_gzip());
        });
        on_request(json!({"headers": {"idempotency-key": "é"}}), |request| {
            assert_eq!(request.idempotency_key().unwrap_err().status(), 400);
            assert!(request.authorization().is_none() && request.if_match().is_none());
            assert!(!request.asks_for_html() && !request.accepts_gzip());
        });
    }
}
