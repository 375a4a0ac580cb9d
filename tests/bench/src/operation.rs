//! What is asked of a function, and what counts as success.

use clap::ValueEnum;
use hyper::body::Bytes;
use serde_json::{Value, json};

const TOKEN: &str = "123456789ABCDEFGHJKLMNPQ";
const TIME: &str = "2022-08-09T22:17:52.599Z";
/// Records of one batch.
pub(crate) const BATCH: u32 = 10;

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Operation {
    /// A message is accepted.
    CreateMessage,
    /// A message is accepted under an idempotency key.
    CreateMessageKeyed,
    /// A chat is accepted.
    CreateChat,
    /// One message is read.
    ReadMessage,
    /// A page of 50 messages is read.
    ListMessages,
    /// Ten messages of one chat are persisted.
    PersistOneChat,
    /// Ten messages of ten chats are persisted.
    PersistTenChats,
    /// Ten messages of 64 KB are persisted.
    PersistLarge,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CreateMessage => "create-message",
            Self::CreateMessageKeyed => "create-message, keyed",
            Self::CreateChat => "create-chat",
            Self::ReadMessage => "crud: one message",
            Self::ListMessages => "crud: 50 messages",
            Self::PersistOneChat => "persist-worker: 10 of one chat",
            Self::PersistTenChats => "persist-worker: 10 of ten chats",
            Self::PersistLarge => "persist-worker: 10 of 64 KB",
        }
    }

    /// The function that does it.
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::CreateMessage | Self::CreateMessageKeyed => "create-message",
            Self::CreateChat => "create-chat",
            Self::ReadMessage | Self::ListMessages => "crud",
            Self::PersistOneChat | Self::PersistTenChats | Self::PersistLarge => "persist-worker",
        }
    }

    /// Whether a build that has one program for all can do it.
    pub(crate) fn is_done_by_peers(self) -> bool {
        matches!(self, Self::CreateMessage | Self::CreateChat | Self::ReadMessage)
    }

    pub(crate) fn event(self) -> Bytes {
        let messages = format!("/applications/{TOKEN}/chats/1/messages");
        let event = match self {
            Self::CreateMessage => request("POST", &messages, Some("Hello, world"), None),
            Self::CreateMessageKeyed => {
                request("POST", &messages, Some("Hello, world"), Some("0190d5f2-7c39"))
            }
            Self::CreateChat => {
                request("POST", &format!("/applications/{TOKEN}/chats"), None, None)
            }
            Self::ReadMessage => request("GET", &format!("{messages}/7"), None, None),
            Self::ListMessages => request("GET", &messages, None, None),
            Self::PersistOneChat => batch(|_| 1, "Hello, world"),
            Self::PersistTenChats => batch(|number| number, "Hello, world"),
            Self::PersistLarge => batch(|_| 1, &"Hello, world! 01".repeat(4_095)),
        };
        Bytes::from(event.to_string())
    }

    /// Whether an answer says that it was done.
    pub(crate) fn succeeded(self, answer: &[u8]) -> bool {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        match self {
            // 200 or 201: the floor answers a read as it does a creation.
            Self::CreateMessage
            | Self::CreateMessageKeyed
            | Self::CreateChat
            | Self::ReadMessage
            | Self::ListMessages => {
                matches!(answer.get("statusCode").and_then(Value::as_u64), Some(200 | 201))
            }
            Self::PersistOneChat | Self::PersistTenChats | Self::PersistLarge => {
                answer.get("batchItemFailures") == Some(&json!([]))
            }
        }
    }
}

/// An HTTP API's event with the headers that a browser's request brings along.
fn request(method: &str, path: &str, body: Option<&str>, key: Option<&str>) -> Value {
    let mut headers = json!({
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br, zstd",
        "accept-language": "en-GB,en;q=0.9",
        "content-type": "application/json",
        "host": "abcdefghij.execute-api.us-east-1.amazonaws.com",
        "origin": "https://chat.example.com",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
            Chrome/142.0.0.0 Safari/537.36",
        "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    });
    if let (Some(key), Some(headers)) = (key, headers.as_object_mut()) {
        headers.insert("idempotency-key".to_owned(), json!(key));
    }
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "Mozilla/5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "09/Aug/2022:22:17:52 +0000",
            "timeEpoch": 1_660_083_472_599_u64,
        },
        "body": body.map(|text| json!({ "body": text }).to_string()),
        "isBase64Encoded": false,
    })
}

/// A queue's event: messages of these chats, with this text.
fn batch(chat: impl Fn(u64) -> u64, text: &str) -> Value {
    let records: Vec<Value> = (1..=u64::from(BATCH))
        .map(|number| {
            let job = json!({
                "version": 1, "attempt": 0, "kind": "create_message",
                "access_token": TOKEN, "chat_number": chat(number), "chat_created_at": TIME,
                "number": number, "body": text, "created_at": TIME,
            });
            json!({
                "messageId": format!("059f36b4-87a3-44ab-83d2-{number:012}"),
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": job.to_string(),
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1660083473000",
                    "SenderId": "AROAEXAMPLE:lambda-chat-create-message",
                    "ApproximateFirstReceiveTimestamp": "1660083473001",
                },
                "messageAttributes": {},
                "md5OfBody": "3eb5e87f90bd61baa189fed3fda3669c",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:jobs",
                "awsRegion": "us-east-1",
            })
        })
        .collect();
    json!({ "Records": records })
}
