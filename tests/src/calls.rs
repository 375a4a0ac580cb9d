//! Counting what a function calls, and events to call it with.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use persist_worker::Invocation;
use serde_json::{Value, json};

use crate::permissions::{Permission, permissions};

/// The calls that went through an HTTP client, in their order.
#[derive(Debug, Clone, Default)]
pub struct CallLog(Arc<Mutex<Vec<Noted>>>);

#[derive(Debug)]
struct Noted {
    name: String,
    permissions: Vec<Permission>,
}

impl CallLog {
    /// A client that notes each call before it goes on.
    pub fn wrap(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Logging { inner, log: self.clone() })
    }

    /// The calls since this was asked last: an operation's name, or method and path.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes()).into_iter().map(|call| call.name).collect()
    }

    /// What the calls since this was asked last take of whoever makes them.
    pub fn take_permissions(&self) -> BTreeSet<Permission> {
        std::mem::take(&mut *self.notes()).into_iter().flat_map(|call| call.permissions).collect()
    }

    fn notes(&self) -> MutexGuard<'_, Vec<Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, request: &HttpRequest) {
        let name = if let Some(target) = request.headers().get("x-amz-target") {
            target.rsplit('.').next().unwrap_or(target).to_owned()
        } else {
            let path = request.uri().split('?').next().unwrap_or_default();
            let path = path.splitn(4, '/').nth(3).unwrap_or_default();
            format!("{} /{path}", request.method())
        };
        self.notes().push(Noted { name, permissions: permissions(request) });
    }
}

#[derive(Debug)]
struct Logging {
    inner: SharedHttpClient,
    log: CallLog,
}

impl HttpClient for Logging {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(LoggingConnector { inner, log: self.log.clone() })
    }
}

#[derive(Debug)]
struct LoggingConnector {
    inner: SharedHttpConnector,
    log: CallLog,
}

impl HttpConnector for LoggingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.log.note(&request);
        self.inner.call(request)
    }
}

/// An invocation of the worker that Lambda would end then.
pub fn invocation(ends: SystemTime) -> Invocation<'static> {
    Invocation { request_id: "test", ends, cold_start: false }
}

/// The event that a gateway sends for a request with a JSON body.
pub fn event(method: &str, path: &str, query: &str, body: &Value) -> String {
    event_with_headers(method, path, query, body, &[])
}

/// The event that a gateway sends for a request with a JSON body and further headers.
pub fn event_with_headers(
    method: &str,
    path: &str,
    query: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> String {
    let json = [("content-type", "application/json")];
    let headers: BTreeMap<&str, &str> = json.iter().chain(headers).copied().collect();
    json!({
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "apiId": "api",
            "domainName": "api.execute-api.us-east-1.amazonaws.com",
            "http": {"method": method},
            "requestId": "gateway",
            "stage": "$default",
        },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
    .to_string()
}
