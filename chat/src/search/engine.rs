//! The way to the engine: one HTTP client for the whole function, each call signed where the engine
//! stands in AWS, bounded in time, and tried again where its failure was quick and may pass.

use std::{
    convert::Infallible,
    fmt,
    time::{Duration, Instant, SystemTime},
};

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::SharedHttpClient,
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    },
};
use aws_smithy_types::body::SdkBody;

use super::{
    config::{InvalidSearchConfig, SearchConfig, Signing},
    error::EngineError,
    refusal::Refusal,
};

/// Longer than the engine works on any request: it is told to give up after 5 s.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;
/// The pause before a further attempt is random, up to this and twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// An attempt that has less time than this is not begun.
const LEAST_TIME: Duration = Duration::from_millis(50);
/// SigV4's name for managed domains.
const SIGNED_SERVICE: &str = "es";

/// A request, whole.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    /// Path and query, escaped where that is needed: the signature is one of the escaped form.
    pub(super) target: String,
    pub(super) content_type: &'static str,
    pub(super) body: SdkBody,
}

/// What the engine sent, with a status below 300.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    body: SdkBody,
}

impl Answer {
    fn of(response: &HttpResponse) -> Self {
        // A clone of a body held in memory shares its bytes.
        let body = response.body().try_clone().unwrap_or_else(SdkBody::empty);
        Self { status: response.status().as_u16(), body }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.body.bytes().unwrap_or_default()
    }
}

#[derive(Clone)]
pub(super) struct Engine {
    url: String,
    signing: Option<Signing>,
    /// Any answer is an answer here, so it has no errors of its own.
    operation: Operation<HttpRequest, Answer, Infallible>,
}

impl Engine {
    pub(super) fn new(
        http: SharedHttpClient,
        config: SearchConfig,
    ) -> Result<Self, InvalidSearchConfig> {
        let url = config.url.trim_end_matches('/').to_owned();
        let signing = match config.signing {
            _ if url.starts_with("http://") => None,
            _ if !url.starts_with("https://") => return Err(InvalidSearchConfig::Scheme),
            None => return Err(InvalidSearchConfig::NoCredentials),
            signing => signing,
        };
        let operation = Operation::builder()
            .service_name("search")
            .operation_name("call")
            .http_client(http)
            .endpoint_url(&url)
            .no_auth()
            .no_retry()
            .serializer(Ok)
            .deserializer(|response| Ok::<_, OrchestratorError<Infallible>>(Answer::of(response)))
            .build();
        Ok(Self { url, signing, operation })
    }

    /// Sends a request that may safely arrive twice, at most [`ATTEMPTS`] times.
    pub(super) async fn send(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Answer, EngineError> {
        for attempt in 1.. {
            let result = self.attempt(request, deadline).await;
            let Some(pause) = result.as_ref().err().and_then(|error| pause_after(error, attempt))
            else {
                return result;
            };
            if Instant::now() + pause + LEAST_TIME > deadline {
                return result;
            }
            tokio::time::sleep(pause).await;
        }
        Err(EngineError::TooLate)
    }

    async fn attempt(&self, request: &Request, deadline: Instant) -> Result<Answer, EngineError> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left < LEAST_TIME {
            return Err(EngineError::TooLate);
        }
        let http = self.http(request).map_err(EngineError::Unsent)?;
        let answer = tokio::time::timeout(left.min(ATTEMPT_TIMEOUT), self.operation.invoke(http))
            .await
            .map_err(|_| EngineError::TooLate)?
            .map_err(|error| EngineError::NoAnswer(error.into()))?;
        if answer.status < 300 {
            return Ok(answer);
        }
        Err(Refusal::read(answer.bytes()).into_error(answer.status))
    }

    /// The request as it goes out, with its signature.
    fn http(&self, request: &Request) -> Result<HttpRequest, BoxError> {
        let body = request.body.try_clone().ok_or("the body is a stream")?;
        let mut http = HttpRequest::new(body);
        http.set_method(request.method)?;
        http.set_uri(request.target.as_str())?;
        http.headers_mut().try_insert("content-type", request.content_type)?;
        if let Some(signing) = &self.signing {
            let url = format!("{}{}", self.url, request.target);
            for (name, value) in signature(signing, request, url, SystemTime::now())? {
                http.headers_mut().try_insert(name, value)?;
            }
        }
        Ok(http)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The headers that sign a request.
fn signature(
    signing: &Signing,
    request: &Request,
    url: String,
    time: SystemTime,
) -> Result<Vec<(String, String)>, BoxError> {
    let identity = signing.credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&signing.region)
        .name(SIGNED_SERVICE)
        .time(time)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let headers = [("content-type", request.content_type)];
    let body = SignableBody::Bytes(request.body.bytes().unwrap_or_default());
    let signable = SignableRequest::new(request.method, url, headers.into_iter(), body)?;
    let (instructions, _) = sign(signable, &params)?.into_parts();
    let headers = instructions.headers();
    Ok(headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// How long to wait before trying again; `None` where that cannot help: the failure will stay, or
/// has taken the time that was left.
fn pause_after(error: &EngineError, attempt: u32) -> Option<Duration> {
    let quick = match error {
        EngineError::NoAnswer(_) => true,
        EngineError::Refused { status, .. } => matches!(status, 429 | 502..=504),
        _ => false,
    };
    if !quick || attempt >= ATTEMPTS {
        return None;
    }
    // Without randomness all functions that one outage has failed would come back at once.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    let longest = FIRST_PAUSE * 2_u32.pow(attempt - 1);
    Some(longest.mul_f64(f64::from(random) / f64::from(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_smithy_http_client::Builder;

    use super::*;

    fn engine(url: &str, signing: Option<Signing>) -> Result<Engine, InvalidSearchConfig> {
        let config = SearchConfig { url: url.to_owned(), alias: "messages".to_owned(), signing };
        Engine::new(Builder::new().build_http(), config)
    }

    fn signing() -> Signing {
        let credentials =
            Credentials::new("AKIDEXAMPLE", "secret", Some("session".to_owned()), None, "test");
        Signing { credentials, region: "eu-central-1".to_owned() }
    }

    fn request() -> Request {
        Request {
            method: "POST",
            target: "/_bulk?timeout=5s".to_owned(),
            content_type: "application/x-ndjson",
            body: SdkBody::from("{}\n"),
        }
    }

    #[test]
    fn an_engine_in_aws_needs_somebody_to_sign() {
        assert!(engine("http://localhost:9200/", None).is_ok());
        assert!(engine("https://domain.example", Some(signing())).is_ok());
        for (url, error) in [
            ("https://domain.example", InvalidSearchConfig::NoCredentials),
            ("localhost:9200", InvalidSearchConfig::Scheme),
            ("", InvalidSearchConfig::Scheme),
        ] {
            assert_eq!(engine(url, None).unwrap_err(), error, "{url}");
        }
    }

    #[test]
    fn calls_to_an_engine_in_aws_are_signed_and_others_are_not() {
        let signed = engine("https://domain.example", Some(signing())).unwrap();
        let http = signed.http(&request()).unwrap();
        let authorization = http.headers().get("authorization").unwrap();
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
        assert!(authorization.contains("/eu-central-1/es/aws4_request"), "{authorization}");
        assert!(
            authorization
                .contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token")
        );
        assert_eq!(http.headers().get("x-amz-security-token"), Some("session"));
        assert_eq!(http.uri(), "/_bulk?timeout=5s");

        let unsigned = engine("http://localhost:9200", Some(signing())).unwrap();
        let http = unsigned.http(&request()).unwrap();
        assert_eq!(http.headers().get("authorization"), None);
        assert_eq!(http.headers().get("content-type"), Some("application/x-ndjson"));
    }

    #[test]
    fn a_failure_that_may_pass_is_tried_again_after_a_growing_random_pause() {
        let refused = |status| EngineError::Refused { status, kind: String::new() };
        for (error, again) in [
            (EngineError::NoAnswer("broken".into()), true),
            (refused(429), true),
            (refused(503), true),
            (refused(500), false),
            (refused(400), false),
            (refused(404), false),
            (EngineError::TooLate, false),
            (EngineError::TimedOut, false),
        ] {
            assert_eq!(pause_after(&error, 1).is_some(), again, "{error:?}");
            assert_eq!(pause_after(&error, ATTEMPTS), None);
        }
        let pauses: Vec<_> = (0..20).filter_map(|_| pause_after(&refused(429), 2)).collect();
        assert!(pauses.iter().all(|pause| *pause <= 2 * FIRST_PAUSE));
        assert!(pauses.windows(2).any(|pair| pair[0] != pair[1]), "{pauses:?}");
    }
}
