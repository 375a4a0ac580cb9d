//! Clients whose requests are kept in place of being sent.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;

use super::Clients;

pub(super) const REGION: &str = "eu-central-1";

/// Keeps what it is sent, and answers the first request with a status, all others with 200.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    first_status: u16,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Recorder {
    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<HttpRequest>> {
        self.requests.lock().unwrap()
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut requests = self.requests();
        let status = if requests.is_empty() { self.first_status } else { 200 };
        requests.push(request);
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from("{}"));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

pub(super) fn credentials(session_token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret", session_token.map(str::to_owned), None, "test")
}

pub(super) fn clients(first_status: u16, session_token: Option<&str>) -> (Clients, Recorder) {
    let recorder = Recorder { first_status, requests: Arc::default() };
    let connector = recorder.clone();
    let clients = Clients::new(REGION.to_owned(), credentials(session_token), None)
        .unwrap()
        .map_http(|_| http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone())));
    (clients, recorder)
}
