//! Clients whose requests are kept in place of being sent.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::SystemTime,
};

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;
use time::PrimitiveDateTime;

use super::{Clients, signing};

pub(super) const REGION: &str = "eu-central-1";

/// What the first request is answered; all others succeed.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) date: Option<String>,
    pub(super) body: &'static str,
}

impl Answer {
    pub(super) fn good() -> Self {
        Self { status: 200, date: None, body: "{}" }
    }
}

/// Keeps what it is sent.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    first: Answer,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Recorder {
    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<HttpRequest>> {
        self.requests.lock().unwrap()
    }

    /// When each request was signed.
    pub(super) fn times(&self) -> Vec<SystemTime> {
        let time_of = |request: &HttpRequest| {
            let text = request.headers().get("x-amz-date").unwrap();
            PrimitiveDateTime::parse(text, signing::TIME).unwrap().assume_utc().into()
        };
        self.requests().iter().map(time_of).collect()
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut requests = self.requests();
        let answer = if requests.is_empty() { self.first.clone() } else { Answer::good() };
        requests.push(request);
        let body = SdkBody::from(answer.body);
        let mut response = HttpResponse::new(answer.status.try_into().unwrap(), body);
        if let Some(date) = answer.date {
            response.headers_mut().insert("date", date);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

pub(super) fn credentials(session_token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret", session_token.map(str::to_owned), None, "test")
}

pub(super) fn clients(first: Answer, session_token: Option<&str>) -> (Clients, Recorder) {
    let recorder = Recorder { first, requests: Arc::default() };
    let connector = recorder.clone();
    let clients = Clients::new(REGION.to_owned(), credentials(session_token), None)
        .unwrap()
        .map_http(|_| http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone())));
    (clients, recorder)
}
