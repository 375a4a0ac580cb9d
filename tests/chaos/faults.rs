//! The fault layer: stands where the network is, between one invocation and the engines.
//!
//! Which call meets which fault follows from the seed, the invocation's name and the call's place
//! in it alone, so a seed's faults are the same in every run.

use std::io;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use futures_util::stream;
use http_body_util::StreamBody;
use hyper::body::{Bytes, Frame};
use tokio::sync::Notify;

use crate::queue::VirtualQueue;

/// What may happen to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never arrives.
    LostCall,
    /// It lands, and its answer does not come back.
    LostAnswer,
    /// It is answered with 500 and does not land.
    ServerError,
    /// It is refused as one too many.
    Throttle,
    /// Its client gives up, and it lands afterwards.
    Late,
    /// It lands, and its answer breaks off in the middle.
    CutAnswer,
    /// It meets a transaction under way, and does not land.
    Conflict,
    /// The function is killed before the call leaves.
    KillBefore,
    /// The function is killed after the call landed.
    KillAfter,
}

const FAULTS: [Fault; 9] = [
    Fault::LostCall,
    Fault::LostAnswer,
    Fault::ServerError,
    Fault::Throttle,
    Fault::Late,
    Fault::CutAnswer,
    Fault::Conflict,
    Fault::KillBefore,
    Fault::KillAfter,
];

/// How often calls meet faults, and what all invocations of a seed share.
#[derive(Debug)]
pub(crate) struct Weather {
    pub(crate) seed: u64,
    /// Of a thousand calls, so many meet a fault.
    pub(crate) per_mille: u64,
    calm: AtomicBool,
    /// Calls on their way whose clients gave up.
    late: AtomicUsize,
    pub(crate) queue: VirtualQueue,
    trace: Mutex<Vec<String>>,
    /// Calls that may have numbered and whose answer was lost, late ones too: each may burn a number.
    pub(crate) blurred_numberings: AtomicUsize,
    /// Those of them that landed late.
    pub(crate) late_numberings: AtomicUsize,
}

impl Weather {
    pub(crate) fn new(seed: u64, per_mille: u64) -> Self {
        Self {
            seed,
            per_mille,
            calm: AtomicBool::new(false),
            late: AtomicUsize::new(0),
            queue: VirtualQueue::default(),
            trace: Mutex::default(),
            blurred_numberings: AtomicUsize::new(0),
            late_numberings: AtomicUsize::new(0),
        }
    }

    /// From now on every call goes through.
    pub(crate) fn calm_down(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    pub(crate) fn late_calls(&self) -> usize {
        self.late.load(Ordering::SeqCst)
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fault(&self, invocation: &str, call: usize) -> Option<Fault> {
        if self.is_calm() {
            return None;
        }
        let mut random = random(self.seed, &format!("{invocation} call {call}"));
        if random.u64(0..1000) >= self.per_mille {
            return None;
        }
        random.choice(FAULTS)
    }

    fn note(&self, line: String) {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Randomness that follows from the seed and a name alone.
pub(crate) fn random(seed: u64, name: &str) -> fastrand::Rng {
    // FNV-1a, which is the same on every machine and release.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ seed, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    fastrand::Rng::with_seed(hash)
}

/// The network of one invocation.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    weather: Arc<Weather>,
    invocation: Arc<str>,
    calls: Arc<AtomicUsize>,
    killed: Arc<Notify>,
}

impl Network {
    pub(crate) fn new(weather: &Arc<Weather>, invocation: &str) -> Self {
        Self {
            weather: Arc::clone(weather),
            invocation: invocation.into(),
            calls: Arc::default(),
            killed: Arc::default(),
        }
    }

    /// A client whose calls go through this network.
    pub(crate) fn wrap(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Client { inner, network: self.clone() })
    }

    /// Runs a function's work until it ends, or is killed: then there is no outcome.
    pub(crate) async fn survive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.killed.notified() => None,
            outcome = work => Some(outcome),
        }
    }

    async fn carry(
        self,
        inner: SharedHttpConnector,
        request: HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let operation = Operation::of(&request);
        let fault = self
            .weather
            .fault(&self.invocation, call)
            .filter(|fault| *fault != Fault::Conflict || operation.meets_transactions());
        if let Some(fault) = fault {
            self.weather.note(format!("{} {} {fault:?}", self.invocation, operation.name));
            let blurs = [Fault::LostAnswer, Fault::Late, Fault::CutAnswer].contains(&fault);
            if blurs && operation.name == "UpdateItem" {
                self.weather.blurred_numberings.fetch_add(1, Ordering::SeqCst);
                if fault == Fault::Late {
                    self.weather.late_numberings.fetch_add(1, Ordering::SeqCst);
                }
            }
        }
        match fault {
            None => self.land(inner, request, &operation).await,
            Some(Fault::LostCall) => Err(lost()),
            Some(Fault::LostAnswer) => {
                self.land(inner, request, &operation).await?;
                Err(lost())
            }
            Some(Fault::ServerError) => Ok(operation.refusal(500, "InternalServerError")),
            Some(Fault::Throttle) => Ok(operation.throttled()),
            Some(Fault::Conflict) => Ok(operation.conflict()),
            Some(Fault::CutAnswer) => {
                let answer = self.land(inner, request, &operation).await?;
                Ok(answer.map(|_| broken_off()))
            }
            Some(Fault::Late) => {
                let weather = Arc::clone(&self.weather);
                weather.late.fetch_add(1, Ordering::SeqCst);
                let pause = random(weather.seed, &format!("{} late {call}", self.invocation));
                tokio::spawn(async move {
                    let mut pause = pause;
                    let millis = pause.u64(5..400);
                    tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
                    // Its client is gone, so nobody learns what became of it.
                    let _ = self.land(inner, request, &operation).await;
                    self.weather.late.fetch_sub(1, Ordering::SeqCst);
                });
                Err(ConnectorError::timeout("the answer did not come in time".into()))
            }
            Some(Fault::KillBefore) => self.die().await,
            Some(Fault::KillAfter) => {
                let _ = self.land(inner, request, &operation).await;
                self.die().await
            }
        }
    }

    async fn land(
        &self,
        inner: SharedHttpConnector,
        request: HttpRequest,
        operation: &Operation,
    ) -> Result<HttpResponse, ConnectorError> {
        if operation.service == Service::Queue {
            return Ok(self.weather.queue.accept(&request));
        }
        inner.call(request).await
    }

    /// Nothing that the function still has in mind happens any more.
    async fn die(&self) -> Result<HttpResponse, ConnectorError> {
        self.killed.notify_one();
        std::future::pending().await
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Store,
    Queue,
    Search,
}

struct Operation {
    service: Service,
    name: String,
}

impl Operation {
    fn of(request: &HttpRequest) -> Self {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (prefix, name) = target.split_once('.').unwrap_or_default();
        let service = match prefix {
            "AmazonSQS" => Service::Queue,
            "" => Service::Search,
            _ => Service::Store,
        };
        let name = if name.is_empty() { "search" } else { name };
        Self { service, name: name.to_owned() }
    }

    fn meets_transactions(&self) -> bool {
        ["UpdateItem", "TransactWriteItems"].contains(&self.name.as_str())
    }

    fn throttled(&self) -> HttpResponse {
        match self.service {
            Service::Store => self.refusal(400, "ThrottlingException"),
            Service::Queue => self.refusal(403, "RequestThrottled"),
            Service::Search => self.refusal(429, "rejected_execution_exception"),
        }
    }

    fn conflict(&self) -> HttpResponse {
        if self.name == "UpdateItem" {
            return self.refusal(400, "TransactionConflictException");
        }
        answer(
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "CancellationReasons":[{"Code":"TransactionConflict"}]}"#,
        )
    }

    fn refusal(&self, status: u16, code: &str) -> HttpResponse {
        match self.service {
            Service::Search => answer(
                status,
                &format!(r#"{{"error":{{"type":"{code}","reason":""}},"status":{status}}}"#),
            ),
            Service::Store | Service::Queue => {
                answer(status, &format!(r#"{{"__type":"com.amazonaws#{code}","message":""}}"#))
            }
        }
    }
}

pub(crate) fn answer(status: u16, json: &str) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(json));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

fn lost() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

/// A body that ends in an error after its first byte, as one whose connection is cut does.
fn broken_off() -> SdkBody {
    let frames = [
        Ok(Frame::data(Bytes::from_static(b"{"))),
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was cut")),
    ];
    SdkBody::from_body_1_x(StreamBody::new(stream::iter(frames)))
}

#[derive(Debug)]
struct Client {
    inner: SharedHttpClient,
    network: Network,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, network: self.network.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    network: Network,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.network.clone().carry(self.inner.clone(), request))
    }
}
