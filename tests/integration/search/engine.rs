//! The engine itself, for what the room does not do: refresh, make odd indexes, look inside.

use aws_smithy_http_client::Builder;
use chat::search::{Search, SearchConfig};
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use tests::variable;

pub(crate) fn url() -> String {
    variable("TEST_SEARCH_URL")
}

/// The room, with connections of its own: they belong to the runtime of one test.
pub(crate) fn search(url: String, alias: &str) -> Search {
    let config = SearchConfig { url, alias: alias.to_owned(), signing: None };
    Search::new(Builder::new().build_http(), config).unwrap()
}

pub(crate) struct Engine {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Engine {
    pub(crate) fn new() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// A request's status and JSON.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", url().trim_end_matches('/')))
            .header("content-type", "application/json")
            .body(Full::from(body))
            .unwrap();
        let response = self.client.request(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// A request that must succeed.
    pub(crate) async fn done(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }
}
