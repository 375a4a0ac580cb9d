//! The loop in which a function gets events and answers them, with one log line for each.

use std::{cell::Cell, convert::Infallible, panic::AssertUnwindSafe, time::Instant};

use futures_util::FutureExt as _;
use lambda_runtime::{Context, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;

use super::{Deployment, HttpEvent, Method, Problem, Request, Response, served::Served};

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
/// A panic of the handler is answered with 500.
///
/// # Errors
/// [`super::InvalidDeployment`], and those of the connection to Lambda.
///
/// # Panics
/// Where Lambda's own environment variables are missing.
pub async fn serve(handler: impl Handler) -> Result<(), lambda_runtime::Error> {
    let deployment = Deployment::from_environment()?;
    let cold_start = Cell::new(true);
    let service = service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let cold_start = cold_start.replace(false);
        let (handler, deployment) = (&handler, &deployment);
        async move {
            let (json, context) = event.into_parts();
            // Boxed, since the types of futures would nest too deep for the compiler.
            let answer = Box::pin(answer(handler, deployment, json.get(), &context, cold_start));
            Ok::<_, Infallible>(answer.await)
        }
    });
    Runtime::new(service).run().await
}

/// Answers one event, the JSON that a gateway sends, and logs that it did.
pub async fn answer(
    handler: &impl Handler,
    deployment: &Deployment,
    json: &str,
    context: &Context,
    cold_start: bool,
) -> Response {
    let started = Instant::now();
    let (answer, served) = answer_unlogged(handler, deployment, json, context).await;
    served.log(&answer, started.elapsed(), context, cold_start);
    let answer = answer.with_headers_of_all();
    if served.method == Some(Method::HEAD) { answer.without_body() } else { answer }
}

async fn answer_unlogged(
    handler: &impl Handler,
    deployment: &Deployment,
    json: &str,
    context: &Context,
) -> (Response, Served) {
    let mut served = Served::default();
    let outcome = match HttpEvent::parse(json) {
        Err(error) => Err(Problem::internal(error)),
        Ok(event) => {
            served.method = Some(event.method());
            event.gateway_request_id().clone_into(&mut served.gateway_request_id);
            let secret = event.headers.x_origin_secret.as_deref();
            let admitted = deployment.origin_secret.check(secret);
            match admitted.and_then(|()| Request::new(&event, &deployment.base_path)) {
                Err(problem) => Err(problem),
                Ok(request) => {
                    served.route = Some(request.route().template());
                    dispatch(handler, &request, context).await
                }
            }
        }
    };
    served.error = outcome.as_ref().err().and_then(Problem::logged_error);
    (outcome.unwrap_or_else(Problem::into_response), served)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::{StatusCode, testing::event};

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
        let context_of_event = json!({"http": {"method": method}});
        let event = event(json!({"rawPath": path, "requestContext": context_of_event}));
        let mut context = Context::default();
        context.request_id = "id".to_owned();
        answer(&Echo, &Deployment::default(), &event, &context, false).await
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
    async fn every_answer_says_that_it_is_not_to_be_kept_sniffed_or_told_of() {
        for (method, path) in [
            ("GET", "/applications"),
            ("GET", "/nothing"),
            ("OPTIONS", "/applications"),
            ("HEAD", "/applications"),
            ("GET", "/applications/x"),
        ] {
            let answer = answer_to(method, path).await;
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{method} {path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        }
    }

    #[tokio::test]
    async fn a_deployment_behind_a_cdn_refuses_what_comes_past_it() {
        // SHA-256 of `abc` (FIPS 180).
        let secret = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let deployment =
            Deployment { origin_secret: secret.parse().unwrap(), ..Deployment::default() };
        let base_path = "chat".parse().unwrap();
        let deployment = Deployment { base_path, ..deployment };
        for (path, header, status) in [
            ("/chat/applications", Some("abc"), 200),
            ("/chat/applications", Some("abd"), 403),
            ("/chat/applications", None, 403),
            ("/nothing", None, 403),
            ("/nothing", Some("abc"), 404),
        ] {
            let event = event(json!({"rawPath": path, "headers": {"x-origin-secret": header}}));
            let answer = answer(&Echo, &deployment, &event, &Context::default(), false).await;
            assert_eq!(answer.status(), status, "{path} {header:?}");
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
            let answer =
                answer(&Echo, &Deployment::default(), event, &Context::default(), true).await;
            assert_eq!(answer.status(), 500, "{event}");
        }
    }

    #[tokio::test]
    async fn neither_tokens_keys_nor_bodies_appear_in_a_log_line() {
        let members = json!({
            "rawPath": "/applications/SECRET/chats/SECRET/messages",
            "rawQueryString": "body=SECRET",
            "headers": {
                "authorization": "Bearer SECRET", "idempotency-key": "SECRET",
                "content-type": "SECRET", "if-match": "SECRET",
            },
            "body": "SECRET",
        });
        let deployment = Deployment::default();
        let (_, served) =
            answer_unlogged(&Echo, &deployment, &event(members), &Context::default()).await;
        let line = format!("{served:?}");
        assert!(line.contains("/messages") && !line.contains("SECRET"), "{line}");
    }
}
