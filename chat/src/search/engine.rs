//! The way to the engine: one HTTP client for the whole function, each call signed where the engine
//! stands in AWS, bounded in time, and tried again where its failure was quick and may pass.

use std::{
    fmt,
    time::{Duration, Instant, SystemTime},
};

use aws_credential_types::Credentials;
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
use aws_smithy_types::{body::SdkBody, timeout::TimeoutConfig};
use serde::Deserialize;
use thiserror::Error;

use super::error::EngineError;

/// The alias that documents are written to and searched under.
pub const DEFAULT_ALIAS: &str = "messages";

/// The engine stands in the function's own region.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 3;
/// The pause before a further attempt is random, up to this and twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// An attempt that has less time than this is not begun.
const LEAST_TIME: Duration = Duration::from_millis(50);
/// SigV4's name for managed domains.
const SIGNED_SERVICE: &str = "es";

/// Where the engine is and who calls it.
#[derive(Debug, Clone)]
pub struct SearchConfig {
    /// Its address: `http:` is called unsigned (a local engine), `https:` signed.
    pub url: String,
    /// The name that documents are written to and searched under, normally [`DEFAULT_ALIAS`]; the
    /// first index is `<alias>-1`, an index being rebuilt goes by `<alias>-next`.
    pub alias: String,
    /// Needed for `https:`.
    pub signing: Option<Signing>,
}

/// Whose signature the calls bear.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The function's own.
    pub credentials: Credentials,
    /// The domain's region.
    pub region: String,
}

/// Why a configuration leads to no engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSearchConfig {
    /// Neither `http:` nor `https:`.
    #[error("the search engine's address begins with neither http:// nor https://")]
    Scheme,
    /// `https:` without anybody to sign.
    #[error("the search engine's address is https:// and there are no credentials to sign with")]
    NoCredentials,
}

/// A request, whole.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: &'static str,
    /// Path and query, which hold nothing that needs an escape.
    pub(super) target: String,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
}

/// What the engine sent, with a status below 300.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    body: SdkBody,
}

impl Answer {
    pub(super) fn bytes(&self) -> &[u8] {
        self.body.bytes().unwrap_or_default()
    }
}

#[derive(Clone)]
pub(super) struct Engine {
    url: String,
    signing: Option<Signing>,
    operation: Operation<Signed, Answer, NoError>,
}

/// A request and the headers that its signature consists of.
#[derive(Debug)]
struct Signed {
    request: Request,
    headers: Vec<(String, String)>,
}

/// Any answer is an answer here, so the operation has no errors of its own.
#[derive(Debug, Error)]
#[error("never")]
struct NoError;

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
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build())
            .serializer(serialize)
            .deserializer(deserialize)
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
        let signed = self.sign(request.clone()).map_err(EngineError::Unsigned)?;
        let answer = tokio::time::timeout(left, self.operation.invoke(signed))
            .await
            .map_err(|_| EngineError::TooLate)?
            .map_err(|error| EngineError::NoAnswer(error.into()))?;
        if answer.status < 300 {
            return Ok(answer);
        }
        Err(Refusal::read(answer.bytes()).into_error(answer.status))
    }

    fn sign(&self, request: Request) -> Result<Signed, BoxError> {
        let Some(Signing { credentials, region }) = &self.signing else {
            return Ok(Signed { request, headers: Vec::new() });
        };
        let identity = credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(SIGNED_SERVICE)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let url = format!("{}{}", self.url, request.target);
        let headers = [("content-type", request.content_type)];
        let body = SignableBody::Bytes(&request.body);
        let signable = SignableRequest::new(request.method, url, headers.into_iter(), body)?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let headers = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Signed { request, headers })
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("url", &self.url).finish_non_exhaustive()
    }
}

fn serialize(signed: Signed) -> Result<HttpRequest, BoxError> {
    let Signed { request, headers } = signed;
    let mut http = HttpRequest::new(SdkBody::from(request.body));
    http.set_method(request.method)?;
    http.set_uri(request.target)?;
    http.headers_mut().try_insert("content-type", request.content_type)?;
    for (name, value) in headers {
        http.headers_mut().try_insert(name, value)?;
    }
    Ok(http)
}

fn deserialize(response: &HttpResponse) -> Result<Answer, OrchestratorError<NoError>> {
    // A clone of a body held in memory shares its bytes.
    let body = response.body().try_clone().unwrap_or_else(SdkBody::empty);
    Ok(Answer { status: response.status().as_u16(), body })
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

/// The error in an answer, reduced to the engine's names for it: its explanations may quote
/// documents.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    #[serde(rename = "type")]
    kind: String,
    caused_by: Option<Box<Refusal>>,
    root_cause: Vec<Refusal>,
}

impl Refusal {
    /// Reads the body of an answer; one without a readable error has no kind.
    fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: Refusal,
        }
        serde_json::from_slice(body).map_or_else(|_| Self::default(), |Body { error }| error)
    }

    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    pub(super) fn into_error(self, status: u16) -> EngineError {
        let mut kind = if self.kind.is_empty() { "without a reason".to_owned() } else { self.kind };
        let mut inner = self.root_cause.into_iter().next().or(self.caused_by.map(|inner| *inner));
        while let Some(cause) = inner {
            if !kind.ends_with(&cause.kind) {
                kind = format!("{kind}: {}", cause.kind);
            }
            inner = cause.caused_by.map(|inner| *inner);
        }
        EngineError::Refused { status, kind }
    }
}
