//! Connections opened while a function starts, so that its first event waits for no handshake.

use aws_sdk_dynamodb::config::endpoint::ResolveEndpoint as _;
use aws_sdk_sqs::config::endpoint::ResolveEndpoint as _;
use futures_util::future::join_all;

use super::Clients;

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
    /// Opens a connection to each of these services, all at once.
    pub async fn connect(&self, services: &[Service<'_>]) {
        join_all(services.iter().map(async |service| {
            if let Some(address) = self.url(*service).await.and_then(|url| url.parse().ok()) {
                self.preconnector.open(address).await;
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
}
