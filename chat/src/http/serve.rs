//! The loop in which a function gets events and answers them, with one log line for each.

use std::{
    cell::Cell, convert::Infallible, error::Error, fmt::Write as _, panic::AssertUnwindSafe,
    time::Instant,
};

use futures_util::FutureExt as _;
use lambda_runtime::{Context, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;

use super::{HttpEvent, Method, Problem, Request, Response};
use crate::telemetry::{self, Field, Level};

/// What a function does with the requests to its routes.
pub trait Handler {
    /// Answers a request whose route has its method: GET (HEAD too), POST, PUT or PATCH.
    ///
    /// # Errors
    /// The problem to answer; its source goes to the log.
    fn handle(
        &self,
        request: &Request<'_>,
        context: &Context,
    ) -> impl Future<Output = Result<Response, Problem>>;
}

/// Serves the function's events, one at a time, until the process ends.
///
/// A panic of the handler is answered with 500, and its message is not logged.
///
/// # Errors
/// Those of the connection to Lambda.
///
/// # Panics
/// Where Lambda's own environment variables are missing.
pub async fn serve(handler: impl Handler) -> Result<(), lambda_runtime::Error> {
    telemetry::hide_panic_messages();
    let cold_start = Cell::new(true);
    let service = service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let cold_start = cold_start.replace(false);
        let handler = &handler;
        async move {
            let (json, context) = event.into_parts();
            Ok::<_, Infallible>(answer(handler, json.get(), &context, cold_start).await)
        }
    });
    Runtime::new(service).run().await
}

/// Answers one event and logs that it did.
async fn answer(
    handler: &impl Handler,
    json: &str,
    context: &Context,
    cold_start: bool,
) -> Response {
    let started = Instant::now();
    let event = HttpEvent::parse(json);
    let method = event.as_ref().map_or(Method::GET, HttpEvent::method);
    let request = match &event {
        Ok(event) => Request::new(event),
        Err(error) => Err(Problem::internal(*error)),
    };
    let route = request.as_ref().map_or("none", |request| request.route().template());
    let outcome = match request {
        Ok(request) => dispatch(handler, &request, context).await,
        Err(problem) => Err(problem),
    };
    let error = outcome.as_ref().err().and_then(logged_error);
    let answer = outcome.unwrap_or_else(Problem::into_response);

    let method_name = loggable(&method);
    let status = answer.status().as_u16();
    let mut fields: Vec<Field<'_>> = vec![
        ("route", route.into()),
        ("method", method_name.into()),
        ("status", u64::from(status).into()),
        ("duration_ms", started.elapsed().into()),
        ("request_id", (&*context.request_id).into()),
        ("cold_start", cold_start.into()),
    ];
    if let Ok(event) = &event {
        fields.push(("gateway_request_id", event.gateway_request_id().into()));
    }
    if let Some(error) = &error {
        fields.push(("error", (&**error).into()));
    }
    let level = if error.is_some() { Level::Error } else { Level::Info };
    telemetry::log(level, "request", &format!("{method_name} {route} {status}"), &fields);

    if method == Method::HEAD { answer.without_body() } else { answer }
}

/// Answers what needs no handler, and has it answer the rest.
async fn dispatch(
    handler: &impl Handler,
    request: &Request<'_>,
    context: &Context,
) -> Result<Response, Problem> {
    let route = request.route();
    if request.method() == Method::OPTIONS {
        return Ok(Response::options(route.allow()));
    }
    if !route.allows(request.method()) {
        return Err(Problem::method_not_allowed(route.allow()));
    }
    // After a panic nothing of this request is used again.
    AssertUnwindSafe(async { handler.handle(request, context).await })
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Problem::internal("the handler panicked")))
}

/// Why an answer is the server's fault, with all its causes; none where it is not.
fn logged_error(problem: &Problem) -> Option<String> {
    let source = problem.source().filter(|_| problem.status().is_server_error())?;
    let mut text = source.to_string();
    let mut cause = source.source();
    while let Some(error) = cause {
        // Writing to a String does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    Some(text)
}

/// The method's name, unless the client made it up.
fn loggable(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::StatusCode;

    /// Answers with the method that it was shown; panics or fails where the route tells it to.
    struct Echo;

    impl Handler for Echo {
        async fn handle(
            &self,
            request: &Request<'_>,
            context: &Context,
        ) -> Result<Response, Problem> {
            match request.route().template().rsplit('/').next() {
                Some("{access_token}") => panic!("secret"),
                Some("chats") => Err(Problem::unavailable(1, "away")),
                _ => Ok(Response::ok(format!("{} {}", request.method(), context.request_id))),
            }
        }
    }

    async fn answer_to(method: &str, path: &str) -> Response {
        let event = json!({"rawPath": path, "requestContext": {"http": {"method": method}}});
        let mut context = Context::default();
        context.request_id = "id".to_owned();
        answer(&Echo, &event.to_string(), &context, false).await
    }

    #[tokio::test]
    async fn an_unknown_path_comes_before_a_method_and_both_before_the_handler() {
        for (method, path, status, allow) in [
            ("GET", "/nothing", 404, None),
            ("OPTIONS", "/nothing", 404, None),
            ("DELETE", "/nothing", 404, None),
            ("OPTIONS", "/applications", 204, Some("GET, HEAD, OPTIONS, POST")),
            ("OPTIONS", "/applications/x", 204, Some("GET, HEAD, OPTIONS, PATCH, PUT")),
            ("DELETE", "/applications/", 405, Some("GET, HEAD, OPTIONS, POST")),
            ("BREW", "/applications", 405, Some("GET, HEAD, OPTIONS, POST")),
            ("get", "/applications", 405, Some("GET, HEAD, OPTIONS, POST")),
            ("é", "/applications", 405, Some("GET, HEAD, OPTIONS, POST")),
            ("PUT", "/applications/x/chats/1/messages/search", 405, Some("GET, HEAD, OPTIONS")),
            ("GET", "/applications", 200, None),
            ("POST", "/applications/", 200, None),
        ] {
            let answer = answer_to(method, path).await;
            assert_eq!(answer.status(), status, "{method} {path}");
            assert_eq!(answer.header("allow"), allow, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn head_answers_as_get_without_its_body() {
        for path in ["/applications", "/nothing", "/applications/x/chats"] {
            let (get, head) = (answer_to("GET", path).await, answer_to("HEAD", path).await);
            assert!(!get.body().is_empty() && head.body().is_empty(), "{path}");
            assert_eq!(get.without_body(), head, "{path}");
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_and_the_next_request_is_served() {
        let answer = answer_to("GET", "/applications/x").await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.body().contains("secret"));
        assert_eq!(answer_to("GET", "/applications").await.body(), "GET id");
    }

    #[tokio::test]
    async fn what_is_no_event_is_an_internal_error() {
        for event in ["{}", "null", "[1]", r#"{"httpMethod":"GET","path":"/applications"}"#] {
            let answer = answer(&Echo, event, &Context::default(), true).await;
            assert_eq!(answer.status(), 500, "{event}");
        }
    }

    #[test]
    fn a_server_error_is_logged_with_all_its_causes_and_others_with_none() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::fmt::Error);

        let expected = format!("outer: {}", std::fmt::Error);
        assert_eq!(logged_error(&Problem::internal(Outer(std::fmt::Error))), Some(expected));
        assert_eq!(logged_error(&Problem::unavailable(1, "away")), Some("away".to_owned()));
        assert_eq!(logged_error(&Problem::bad_request("x")), None);
    }
}
