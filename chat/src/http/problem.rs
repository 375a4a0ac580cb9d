//! Every answer that is an error (RFC 9457): the one place where a status gets its words.

use std::{borrow::Cow, error::Error, fmt};

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Response, StatusCode};
use crate::telemetry::with_causes;

/// An error answer: what the client reads, and apart from it what only the log says.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: Cow<'static, str>,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    source: Option<Box<dyn Error + Send + Sync>>,
    /// JSON of a member `checks` that this problem has, as RFC 9457 lets problems have.
    checks: Option<Box<RawValue>>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into(), headers: Vec::new(), source: None, checks: None }
    }

    fn with_header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn with_retry_after(self, seconds: u32) -> Self {
        self.with_header("retry-after", seconds.to_string())
    }

    fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// 400: the request cannot be read.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400: a parameter, what is wrong with it, and what is allowed.
    ///
    /// ```
    /// # use chat::http::Problem;
    /// Problem::invalid_parameter("limit", "is not a number", "a number from 1 to 100");
    /// ```
    pub fn invalid_parameter(name: &str, wrong: &str, allowed: &str) -> Self {
        Self::bad_request(parameter_detail(name, wrong, allowed))
    }

    /// 401: the deployment's admin key is missing or another.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Listing and creating applications takes the admin key: `Authorization: Bearer <key>`.",
        )
        .with_header("www-authenticate", "Bearer")
    }

    /// 403: the request did not come through the deployment's CDN.
    pub(super) fn forbidden_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This address takes requests from the deployment's CDN only; send them there.",
        )
    }

    /// 404: no such route or record.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Nothing has this address.")
    }

    /// 404 for a number that is assigned and whose row is not written yet, with `Retry-After: 1`.
    pub fn not_yet_written() -> Self {
        Self::new(StatusCode::NOT_FOUND, "This number is assigned and not yet written; try again.")
            .with_retry_after(1)
    }

    /// 405: the route has not this method; `allow` is what it has.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("This address does not have this method; allowed: {allow}."),
        )
        .with_header("allow", allow)
    }

    /// 409: a request with the same idempotency key is still under way.
    pub fn request_under_way(retry_after_seconds: u32) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "A request with this Idempotency-Key is still under way; try again.",
        )
        .with_retry_after(retry_after_seconds)
    }

    /// 412: the entity is no longer one that `If-Match` names.
    pub fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "No entity tag in If-Match is the current one; read the entity again.",
        )
    }

    /// 412: the entity is one that `If-None-Match` names.
    pub fn entity_exists() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "An entity tag in If-None-Match is the current one.",
        )
    }

    /// 413: a parameter is too long; what is wrong with it, and what is allowed.
    pub fn content_too_large(name: &str, wrong: &str, allowed: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, parameter_detail(name, wrong, allowed))
    }

    /// 415: the request's body has a content type that is not read.
    pub fn unsupported_media_type() -> Self {
        const READ: &str = "application/json, application/x-www-form-urlencoded";
        // RFC 9110, section 15.5.16: Accept tells which types would have been read.
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type is another than those allowed: application/json, \
             application/x-www-form-urlencoded, or none for JSON.",
        )
        .with_header("accept", READ)
    }

    /// 415: the request's body is compressed, or encoded otherwise.
    pub(super) fn unsupported_content_encoding() -> Self {
        // RFC 9110, section 12.5.3: Accept-Encoding in an answer tells which codings are read.
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Encoding is not supported; allowed: identity, or none.",
        )
        .with_header("accept-encoding", "identity")
    }

    /// 422: the idempotency key was used with another payload.
    pub fn idempotency_key_reused() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This Idempotency-Key was used with another payload within the last 24 hours; \
             a new request takes a new key.",
        )
    }

    /// 429: too many requests for one application or chat at once.
    pub fn too_many_requests(retry_after_seconds: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests at once; try again.")
            .with_retry_after(retry_after_seconds)
    }

    /// 500: a fault of ours. The source goes to the log only.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The fault is the server's.")
            .with_source(source)
    }

    /// 503: something that the service needs is away or overloaded; the same request may succeed
    /// later. The source goes to the log only.
    pub fn unavailable(
        retry_after_seconds: u32,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The service cannot do this now; try again.")
            .with_retry_after(retry_after_seconds)
            .with_source(source)
    }

    /// 503: some of what the service needs does not answer; which, the JSON of `checks` says.
    pub fn not_ready(retry_after_seconds: u32, checks: Box<RawValue>) -> Self {
        let detail = "Some of what the service needs does not answer; `checks` says which.";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        Self { checks: Some(checks), ..problem.with_retry_after(retry_after_seconds) }
    }

    /// The answer's status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// What the client reads.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The source with all its causes, where the server is at fault.
    pub(super) fn logged_error(&self) -> Option<String> {
        self.source().filter(|_| self.status.is_server_error()).map(with_causes)
    }

    /// The answer, without what is for the log only.
    pub fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'static str,
            title: &'static str,
            status: u16,
            detail: &'a str,
            error: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            checks: Option<&'a RawValue>,
        }
        let (status, title) = (self.status.as_u16(), title(self.status));
        let error = match status {
            404 => "404: Record not found",
            500 => "500: Internal error",
            _ => &*format!("{status}: {title}"),
        };
        let (detail, checks) = (&*self.detail, self.checks.as_deref());
        let body = Body { r#type: "about:blank", title, status, detail, error, checks };
        // Texts and an integer always have a JSON form.
        let body = serde_json::to_string(&body).unwrap_or_default();
        let response = Response::new(self.status).with_content("application/problem+json", body);
        self.headers
            .into_iter()
            .fold(response, |response, (name, value)| response.with_header(name, value))
    }
}

/// The phrases of RFC 9110, which `StatusCode` does not have for 413 and 422.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        StatusCode::UNPROCESSABLE_ENTITY => "Unprocessable Content",
        status => status.canonical_reason().unwrap_or_default(),
    }
}

fn parameter_detail(name: &str, wrong: &str, allowed: &str) -> String {
    format!("`{name}` {wrong}; allowed: {allowed}.")
}

/// The status; what led to it is the source.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn errors_are_problem_json_with_the_original_service_s_member() {
        for (problem, status, title, error, header) in [
            (Problem::bad_request("x"), 400, "Bad Request", "400: Bad Request", None),
            (
                Problem::unauthorized(),
                401,
                "Unauthorized",
                "401: Unauthorized",
                Some(("www-authenticate", "Bearer")),
            ),
            (Problem::forbidden_origin(), 403, "Forbidden", "403: Forbidden", None),
            (Problem::not_found(), 404, "Not Found", "404: Record not found", None),
            (
                Problem::not_yet_written(),
                404,
                "Not Found",
                "404: Record not found",
                Some(("retry-after", "1")),
            ),
            (
                Problem::method_not_allowed("GET, HEAD, OPTIONS"),
                405,
                "Method Not Allowed",
                "405: Method Not Allowed",
                Some(("allow", "GET, HEAD, OPTIONS")),
            ),
            (
                Problem::request_under_way(2),
                409,
                "Conflict",
                "409: Conflict",
                Some(("retry-after", "2")),
            ),
            (
                Problem::precondition_failed(),
                412,
                "Precondition Failed",
                "412: Precondition Failed",
                None,
            ),
            (
                Problem::content_too_large("body", "is long", "less"),
                413,
                "Content Too Large",
                "413: Content Too Large",
                None,
            ),
            (
                Problem::idempotency_key_reused(),
                422,
                "Unprocessable Content",
                "422: Unprocessable Content",
                None,
            ),
            (
                Problem::too_many_requests(1),
                429,
                "Too Many Requests",
                "429: Too Many Requests",
                Some(("retry-after", "1")),
            ),
            (Problem::internal("x"), 500, "Internal Server Error", "500: Internal error", None),
            (
                Problem::unavailable(5, "x"),
                503,
                "Service Unavailable",
                "503: Service Unavailable",
                Some(("retry-after", "5")),
            ),
        ] {
            let detail = problem.detail().to_owned();
            let answer = serde_json::to_value(problem.into_response()).unwrap();
            assert_eq!(answer["statusCode"], status);
            assert_eq!(answer["isBase64Encoded"], false);
            let mut headers = json!({"content-type": "application/problem+json"});
            if let Some((name, value)) = header {
                headers[name] = value.into();
            }
            assert_eq!(answer["headers"], headers);
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(
                body,
                json!({
                    "type": "about:blank", "title": title, "status": status,
                    "detail": detail, "error": error,
                })
            );
        }
    }

    #[test]
    fn a_refused_type_or_coding_is_415_with_what_would_have_been_read() {
        for (problem, header, value) in [
            (
                Problem::unsupported_media_type(),
                "accept",
                "application/json, application/x-www-form-urlencoded",
            ),
            (Problem::unsupported_content_encoding(), "accept-encoding", "identity"),
        ] {
            let answer = problem.into_response();
            assert_eq!(answer.status(), 415);
            assert_eq!(answer.header(header), Some(value));
        }
    }

    #[test]
    fn nothing_internal_leaks() {
        for problem in [
            Problem::internal("table chat-prod is away"),
            Problem::unavailable(1, "table chat-prod is away"),
        ] {
            assert_eq!(problem.source().unwrap().to_string(), "table chat-prod is away");
            let answer = serde_json::to_string(&problem.into_response()).unwrap();
            assert!(!answer.contains("chat-prod"), "{answer}");
        }
    }

    #[test]
    fn a_server_error_is_logged_with_all_its_causes_and_others_with_none() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] fmt::Error);

        let expected = format!("outer: {}", fmt::Error);
        assert_eq!(Problem::internal(Outer(fmt::Error)).logged_error(), Some(expected));
        assert_eq!(Problem::unavailable(1, "away").logged_error().as_deref(), Some("away"));
        assert_eq!(Problem::bad_request("x").logged_error(), None);
    }
}
