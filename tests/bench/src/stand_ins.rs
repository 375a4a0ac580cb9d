//! What answers in place of DynamoDB, SQS and OpenSearch: at once, or after a latency that stands
//! for theirs, and always with success. They keep nothing; the engines are for the tests.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{CONNECTION, HeaderValue},
};
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;

use crate::{
    certificate,
    http_server::{Answers, Server, WholeRequest},
};

/// How many messages a page holds.
const PAGE: u64 = 50;
const TIME: &str = "2022-08-09T22:17:52.599Z";

/// The stand-ins of one run.
#[derive(Debug)]
pub(crate) struct StandIns {
    dynamodb: Server,
    sqs: Server,
    search: Server,
    scheme: &'static str,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    calls: AtomicU64,
    connections: AtomicU64,
}

/// How the stand-ins behave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Behaviour {
    /// What they wait before they answer.
    pub(crate) latency: Duration,
    /// The part of DynamoDB's writes that meet a conflict, from 0 to 1.
    pub(crate) conflict_rate: f64,
    /// Whether they refuse a request that is not signed, and close its connection.
    pub(crate) refuses_unsigned: bool,
}

/// One of them.
#[derive(Debug)]
struct Engine {
    reply: fn(&WholeRequest) -> Option<Value>,
    behaviour: Behaviour,
    counts: Arc<Counts>,
}

impl StandIns {
    pub(crate) async fn start(tls: Option<&TlsAcceptor>, behaviour: Behaviour) -> io::Result<Self> {
        let counts = Arc::new(Counts::default());
        let start = async |reply| {
            let engine = Engine { reply, behaviour, counts: Arc::clone(&counts) };
            Server::start(Arc::new(engine), tls.cloned()).await
        };
        Ok(Self {
            dynamodb: start(dynamodb).await?,
            sqs: start(sqs).await?,
            search: start(search).await?,
            scheme: if tls.is_some() { "https" } else { "http" },
            counts,
        })
    }

    /// The variables that lead a function here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let url = |server: &Server| {
            format!("{}://{}:{}", self.scheme, certificate::HOST, server.address.port())
        };
        let sqs = url(&self.sqs);
        vec![
            ("AWS_ENDPOINT_URL_DYNAMODB", url(&self.dynamodb)),
            ("AWS_ENDPOINT_URL_SQS", sqs.clone()),
            ("SEARCH_URL", url(&self.search)),
            ("JOBS_QUEUE_URL", format!("{sqs}/000000000000/jobs")),
            ("DEAD_LETTER_QUEUE_URL", format!("{sqs}/000000000000/dead-letters")),
        ]
    }

    pub(crate) fn calls(&self) -> u64 {
        self.counts.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::Relaxed)
    }
}

impl Answers for Engine {
    async fn answer(self: Arc<Self>, request: WholeRequest) -> Response<Full<Bytes>> {
        let conflict = conflict(&request)
            .filter(|_| fastrand::f64() < self.behaviour.conflict_rate)
            .map(|conflict| (400, conflict.to_string()));
        let (status, body) = conflict.unwrap_or_else(|| match (self.reply)(&request) {
            Some(body) => (200, body.to_string()),
            None => (404, "{}".to_owned()),
        });
        // Builds of release 0.1.0 open their connections by a request without a meaning.
        let is_call = request.head.method != "GET";
        if is_call {
            self.counts.calls.fetch_add(1, Ordering::Relaxed);
        }
        if !self.behaviour.latency.is_zero() {
            tokio::time::sleep(self.behaviour.latency).await;
        }
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        if !is_call && self.behaviour.refuses_unsigned {
            *response.status_mut() = StatusCode::FORBIDDEN;
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn connected(&self) {
        self.counts.connections.fetch_add(1, Ordering::Relaxed);
    }
}

fn operation(request: &WholeRequest) -> Option<&str> {
    request.head.headers.get("x-amz-target")?.to_str().ok()?.rsplit('.').next()
}

/// What DynamoDB answers to a write of an item that another transaction is writing.
fn conflict(request: &WholeRequest) -> Option<Value> {
    let kind = |name| format!("com.amazonaws.dynamodb.v20120810#{name}");
    Some(match operation(request)? {
        "TransactWriteItems" => json!({
            "__type": kind("TransactionCanceledException"),
            "Message": "Transaction cancelled, please refer cancellation reasons",
            "CancellationReasons": [{ "Code": "TransactionConflict" }],
        }),
        "UpdateItem" => json!({
            "__type": kind("TransactionConflictException"),
            "Message": "Transaction is ongoing for the item",
        }),
        _ => return None,
    })
}

fn dynamodb(request: &WholeRequest) -> Option<Value> {
    Some(match operation(request)? {
        "UpdateItem" => json!({ "Attributes": {
            "pk": { "S": "NUMBERS" }, "sk": { "S": "NUMBERS" },
            "created_at": { "S": TIME }, "last_number": { "N": "7" },
            "last_request": { "S": "8476a536-e9f4-11e8-9739-2dfe598c3fcd" },
        } }),
        "PutItem" | "TransactWriteItems" => json!({}),
        "GetItem" => json!({ "Item": message(7) }),
        "Query" => json!({ "Items": (1..=PAGE).map(message).collect::<Vec<_>>() }),
        _ => return None,
    })
}

fn message(number: u64) -> Value {
    json!({
        "sk": { "S": format!("MESSAGE#{number:010}") },
        "body": { "S": "Hello, world" },
        "created_at": { "S": TIME }, "updated_at": { "S": TIME },
        "revision": { "N": "1" }, "last_request": { "S": "none" },
    })
}

fn sqs(request: &WholeRequest) -> Option<Value> {
    let message_id = "5fea7756-0ea4-451a-a703-a558b933e274";
    (operation(request)? == "SendMessage").then(|| json!({ "MessageId": message_id }))
}

/// Takes every document of a bulk request, but for those of an index that is not there.
fn search(request: &WholeRequest) -> Option<Value> {
    if request.head.uri.path() != "/_bulk" {
        return None;
    }
    let lines = request.body.split(|byte| *byte == b'\n').step_by(2);
    let items: Vec<Value> = lines
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .map(|action| match action.pointer("/index/_index").and_then(Value::as_str) {
            Some("messages-next") => json!({ "index": { "status": 404, "error": {
                "type": "index_not_found_exception",
                "reason": "no such index [messages-next] and [require_alias] request flag is \
                    [true] and [messages-next] is not an alias",
            } } }),
            _ => json!({ "index": {
                "_index": "messages-1", "_id": action.pointer("/index/_id"), "_version": 1,
                "result": "created", "_shards": { "total": 2, "successful": 1, "failed": 0 },
                "_seq_no": 0, "_primary_term": 1, "status": 201,
            } }),
        })
        .collect();
    Some(json!({ "took": 3, "errors": false, "items": items }))
}
