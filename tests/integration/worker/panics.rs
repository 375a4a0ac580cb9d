//! A bug that panics on one record: provoked between the worker and its engines, since nothing
//! that a record can hold is known to do it.

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use chat::{clients::Clients, jobs::Job, store::Store};
use tests::{clients, variable};

use super::setup::Setup;

/// Panics on each call whose body holds this text, and lets the others pass.
#[derive(Debug, Clone)]
struct PanicsOn<T> {
    inner: T,
    text: &'static str,
}

impl HttpClient for PanicsOn<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(PanicsOn { inner, text: self.text })
    }
}

impl HttpConnector for PanicsOn<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
        assert!(!body.contains(self.text), "on purpose");
        self.inner.call(request)
    }
}

fn panicking_clients(text: &'static str) -> Clients {
    clients("TEST_DYNAMODB_URL").map_http(|inner| SharedHttpClient::new(PanicsOn { inner, text }))
}

#[tokio::test]
async fn a_panic_while_writing_one_record_fails_that_record_alone() {
    let mut setup = Setup::new().await;
    let panicking = panicking_clients("pear");
    setup.worker.store = Store::new(panicking.dynamodb(), &setup.table);
    let jobs = [setup.message(1, 1, "apple"), setup.message(1, 2, "pear"), setup.chat(2)];
    let bodies: Vec<String> = jobs.iter().map(Job::to_body).collect();
    assert_eq!(setup.handle(&bodies).await, ["1"]);
    assert_eq!((setup.message_count(1).await, setup.chat_count().await), (Some(1), 2));
    setup.finds(1, "apple", &[1]).await;
}

#[tokio::test]
async fn a_panic_while_indexing_one_record_fails_that_record_alone() {
    let mut setup = Setup::new().await;
    setup.worker.search = panicking_clients("pear").search(variable("TEST_SEARCH_URL")).unwrap();
    let jobs = [setup.message(1, 1, "apple"), setup.message(1, 2, "pear")];
    let bodies: Vec<String> = jobs.iter().map(Job::to_body).collect();
    assert_eq!(setup.handle(&bodies).await, ["1"]);
    assert_eq!(setup.message_count(1).await, Some(2), "its row stands");
    setup.finds(1, "apple", &[1]).await;
}
