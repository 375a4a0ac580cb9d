//! Connections opened while a function starts, so that its first event waits for no handshake.

use std::{convert::Infallible, error::Error, time::Duration};

use aws_sdk_dynamodb::config::endpoint::ResolveEndpoint as _;
use aws_sdk_sqs::config::endpoint::ResolveEndpoint as _;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, OrchestratorError};
use aws_smithy_types::timeout::TimeoutConfig;
use futures_util::future::join_all;

use super::Clients;

/// Longest that a start waits for its connections; the first calls go on from there.
const PATIENCE: Duration = Duration::from_secs(1);

/// Something that a function calls.
#[derive(Debug, Clone, Copy)]
pub enum Service<'a> {
    /// Rows and counters.
    DynamoDb,
    /// Jobs.
    Sqs,
    /// Documents, at this address.
    Search(&'a str),
}

impl Clients {
    /// Opens a connection to each of these services, all at once, by a request that means nothing.
    /// Where one cannot be opened, the first call to it tries again, and says so if it fails, too.
    pub async fn connect(&self, services: &[Service<'_>]) {
        join_all(services.iter().map(async |service| {
            if let Some(url) = self.url(*service).await {
                let _ = self.ask_nothing(&url).await;
            }
        }))
        .await;
    }

    /// Where a service answers: at the address that stands for it, or at its region's.
    async fn url(&self, service: Service<'_>) -> Option<String> {
        let region = Some(self.region.clone());
        match service {
            Service::DynamoDb if self.dynamodb_endpoint.is_none() => {
                let params = aws_sdk_dynamodb::config::endpoint::Params::builder();
                let params = params.set_region(region).build().ok()?;
                let resolver = aws_sdk_dynamodb::config::endpoint::DefaultResolver::new();
                Some(resolver.resolve_endpoint(&params).await.ok()?.url().to_owned())
            }
            Service::Sqs if self.sqs_endpoint.is_none() => {
                let params = aws_sdk_sqs::config::endpoint::Params::builder();
                let params = params.set_region(region).build().ok()?;
                let resolver = aws_sdk_sqs::config::endpoint::DefaultResolver::new();
                Some(resolver.resolve_endpoint(&params).await.ok()?.url().to_owned())
            }
            Service::DynamoDb => self.dynamodb_endpoint.clone(),
            Service::Sqs => self.sqs_endpoint.clone(),
            Service::Search(url) => Some(url.to_owned()),
        }
    }

    /// One unsigned `GET /`. The pool keeps its connection.
    async fn ask_nothing(&self, url: &str) -> Result<(), impl Error> {
        let operation = Operation::builder()
            .service_name("ahead")
            .operation_name("connect")
            .http_client(self.http.clone())
            .endpoint_url(url)
            .no_auth()
            .no_retry()
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .serializer(|()| Ok(HttpRequest::empty()))
            .deserializer(|_| Ok::<_, OrchestratorError<Infallible>>(()))
            .build();
        operation.invoke(()).await
    }
}
