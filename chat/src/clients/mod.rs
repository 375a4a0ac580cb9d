//! The AWS SDK's clients, built once when a function starts: credentials and region from the
//! environment, one HTTP stack for all, and a bound on how long and how often each call tries.

mod ahead;
mod clock;
mod headers;
mod preconnect;
#[cfg(test)]
mod recorder;
mod signing;
mod transport;

use std::time::Duration;

pub use ahead::Service;
pub use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Region, SharedAsyncSleep, SharedHttpClient, StalledStreamProtectionConfig,
    retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_types::SdkConfig;
use clock::Clock;
use preconnect::Preconnector;
use thiserror::Error;
pub use transport::TransportError;

use crate::{
    config::{self, MissingVariable},
    search::{DEFAULT_ALIAS, InvalidSearchConfig, Search, SearchConfig, Signing},
};

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// Two calls, one after the other, end within the 10 s of an HTTP function.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(4_500);
const MAX_ATTEMPTS: u32 = 3;
/// The pause before the second attempt is random, up to this; before the third, up to twice that.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// Why a function has no clients.
#[derive(Debug, Error)]
pub enum ClientsError {
    /// A region or a credential is missing.
    #[error(transparent)]
    Missing(#[from] MissingVariable),
    /// The HTTP client cannot be set up.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// What every client of an AWS service needs.
#[derive(Debug, Clone)]
pub struct Clients {
    http: SharedHttpClient,
    preconnector: Preconnector,
    region: String,
    credentials: Credentials,
    dynamodb_endpoint: Option<String>,
    sqs_endpoint: Option<String>,
}

impl Clients {
    /// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
    /// `AWS_ENDPOINT_URL`, which Lambda (or an emulator) sets; `AWS_ENDPOINT_URL_DYNAMODB` and
    /// `AWS_ENDPOINT_URL_SQS` come before it.
    ///
    /// # Errors
    /// [`ClientsError`] for a missing region or credential, or certificates that cannot be read.
    pub fn from_environment() -> Result<Self, ClientsError> {
        let credentials = Credentials::new(
            config::required("AWS_ACCESS_KEY_ID")?,
            config::required("AWS_SECRET_ACCESS_KEY")?,
            config::optional("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let region = config::required("AWS_REGION")?;
        let clients = Self::new(region, credentials, config::optional("AWS_ENDPOINT_URL"))?;
        let endpoint = |name, general| config::optional(name).or(general);
        Ok(Self {
            dynamodb_endpoint: endpoint("AWS_ENDPOINT_URL_DYNAMODB", clients.dynamodb_endpoint),
            sqs_endpoint: endpoint("AWS_ENDPOINT_URL_SQS", clients.sqs_endpoint),
            ..clients
        })
    }

    /// Clients of a region's services, or of those at one address that stands for them all.
    ///
    /// # Errors
    /// [`TransportError`] where certificates cannot be read.
    pub fn new(
        region: String,
        credentials: Credentials,
        endpoint: Option<String>,
    ) -> Result<Self, TransportError> {
        let (http, preconnector) = transport::http_client()?;
        Ok(Self {
            http,
            preconnector,
            region,
            credentials,
            dynamodb_endpoint: endpoint.clone(),
            sqs_endpoint: endpoint,
        })
    }

    /// Puts something between the clients and the network, which may count, delay or lose calls.
    #[must_use]
    pub fn map_http(self, wrap: impl FnOnce(SharedHttpClient) -> SharedHttpClient) -> Self {
        Self { http: wrap(self.http), ..self }
    }

    /// A client of DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = self.sdk_config(self.dynamodb_endpoint.clone());
        let clock = Clock::default();
        let mut config = aws_sdk_dynamodb::config::Builder::from(&config)
            .push_auth_scheme(signing::Scheme::new(clock.clone()));
        for interceptor in interceptors(clock) {
            config.push_interceptor(interceptor);
        }
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// A client of SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let config = self.sdk_config(self.sqs_endpoint.clone());
        let clock = Clock::default();
        let mut config = aws_sdk_sqs::config::Builder::from(&config)
            .push_auth_scheme(signing::Scheme::new(clock.clone()));
        for interceptor in interceptors(clock) {
            config.push_interceptor(interceptor);
        }
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// The search engine at this address, called through the same HTTP stack.
    ///
    /// # Errors
    /// [`InvalidSearchConfig`] where the address is neither `http:` nor `https:`.
    pub fn search(&self, url: String) -> Result<Search, InvalidSearchConfig> {
        let signing =
            Signing { credentials: self.credentials.clone(), region: self.region.clone() };
        let alias = DEFAULT_ALIAS.to_owned();
        Search::new(self.http.clone(), SearchConfig { url, alias, signing: Some(signing) })
    }

    fn sdk_config(&self, endpoint: Option<String>) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(self.credentials.clone()))
            .http_client(self.http.clone())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .timeout_config(timeouts)
            // Bodies are small and each attempt is bounded: watching their flow gains nothing.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(MAX_ATTEMPTS)
                    .with_initial_backoff(FIRST_BACKOFF),
            );
        config.set_endpoint_url(endpoint);
        config.build()
    }
}

/// Never turned off, which spares the SDK from looking whether they are.
fn interceptors(clock: Clock) -> [SharedInterceptor; 2] {
    [SharedInterceptor::permanent(clock), SharedInterceptor::permanent(headers::ShortHeaders)]
}
