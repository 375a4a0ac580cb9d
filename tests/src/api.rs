//! A client of the deployed stack. What a test writes goes over the wire byte for byte: no
//! normalised paths, no added content type.

use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::uri::{Authority, Scheme};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::time::timeout;

use crate::{Answer, openapi::assert_described, variable};

/// A request unanswered for this long has failed: the functions give up after 10 s.
const LONGEST_REQUEST: Duration = Duration::from_mins(1);

/// Connections idle for longer are not used again: the server may be about to close them.
const LONGEST_IDLE: Duration = Duration::from_secs(1);

/// The deployed stack at `BASE_URL`. Belongs to the runtime of one test.
#[derive(Clone)]
pub struct Api {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    scheme: Scheme,
    authority: Authority,
    base_path: String,
}

impl Default for Api {
    fn default() -> Self {
        Self::new()
    }
}

impl Api {
    /// A client of its own for each test: connections live in the test's runtime.
    pub fn new() -> Self {
        let base: Uri = variable("BASE_URL").parse().expect("BASE_URL is an address");
        let parts = base.into_parts();
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_idle_timeout(LONGEST_IDLE)
                .build(connector()),
            scheme: parts.scheme.expect("BASE_URL begins with http:// or https://"),
            authority: parts.authority.expect("BASE_URL names a host"),
            base_path: parts
                .path_and_query
                .map(|path| path.path().trim_end_matches('/').to_owned())
                .unwrap_or_default(),
        }
    }

    /// A request with any verb. The target is a path below the base, with its query.
    pub fn call(&self, method: &str, target: impl Into<String>) -> Call {
        Call {
            api: self.clone(),
            method: Method::from_bytes(method.as_bytes()).expect("a verb"),
            target: target.into(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A GET.
    pub fn get(&self, target: impl Into<String>) -> Call {
        self.call("GET", target)
    }

    /// A POST.
    pub fn post(&self, target: impl Into<String>) -> Call {
        self.call("POST", target)
    }

    /// A PUT.
    pub fn put(&self, target: impl Into<String>) -> Call {
        self.call("PUT", target)
    }
}

/// A request under construction; awaiting it sends it.
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    api: Api,
    method: Method,
    target: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Call {
    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.headers.push((HeaderName::from_static(name), value));
        self
    }

    /// Sends a JSON value.
    pub fn json(self, value: &Value) -> Self {
        self.typed("application/json", value.to_string())
    }

    /// Sends a form.
    pub fn form(self, form: impl Into<Bytes>) -> Self {
        self.typed("application/x-www-form-urlencoded", form)
    }

    /// Sends a body under a content type.
    pub fn typed(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.header("content-type", content_type).untyped(body)
    }

    /// Sends a body with no content type.
    pub fn untyped(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    async fn send(self) -> Answer {
        let described: String =
            format!("{} {}", self.method, self.target).chars().take(300).collect();
        let (method, target) = (self.method.clone(), self.target.clone());
        let uri = Uri::builder()
            .scheme(self.api.scheme)
            .authority(self.api.authority)
            .path_and_query(format!("{}{}", self.api.base_path, self.target))
            .build()
            .expect("a target that can stand in a request line");
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        for (name, value) in self.headers {
            request.headers_mut().append(name, value);
        }
        let exchange = async {
            let (head, body) = match self.api.client.request(request).await {
                Ok(response) => response.into_parts(),
                Err(error) => panic!("{described}: {error:?}"),
            };
            let body = match body.collect().await {
                Ok(body) => body.to_bytes(),
                Err(error) => panic!("{described}: the answer broke off: {error:?}"),
            };
            Answer {
                request: described.clone(),
                status: head.status.as_u16(),
                headers: head.headers,
                body,
            }
        };
        let answer = timeout(LONGEST_REQUEST, exchange).await;
        let answer = answer.unwrap_or_else(|late| panic!("{described}: no answer in time: {late}"));
        assert_described(method.as_str(), &target, &answer);
        answer
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Built once a process: reading the system's certificates takes longer than a request.
fn connector() -> HttpsConnector<HttpConnector> {
    static CONNECTOR: OnceLock<HttpsConnector<HttpConnector>> = OnceLock::new();
    let build = || {
        HttpsConnectorBuilder::new()
            .with_native_roots()
            .expect("the system's certificates")
            .https_or_http()
            .enable_http1()
            .build()
    };
    CONNECTOR.get_or_init(build).clone()
}
