//! What a stack consists of, found by its outputs.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sqs::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_types::SdkConfig;
use chat::{
    search::{DEFAULT_ALIAS, Search, SearchConfig, Signing},
    store::Store,
};

use crate::{cli::Global, failure::Failure};

/// An operator waits longer than a client of the service does.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_ATTEMPTS: u32 = 8;

/// The engines of one stack.
#[derive(Debug, Clone)]
pub struct Engines {
    /// Rows, counts and counters.
    pub store: Store,
    /// Documents.
    pub search: Search,
    /// The way to both queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Where the worker takes jobs from.
    pub jobs_url: String,
    /// Where jobs go that were given up.
    pub dead_letters_url: String,
}

/// A stack and the account that it is in.
#[derive(Debug, Clone)]
pub struct Stack {
    name: String,
    config: SdkConfig,
    http: SharedHttpClient,
    outputs: Vec<(String, String)>,
}

/// The SDK's configuration for an account and a region.
pub(crate) async fn configuration(global: &Global) -> SdkConfig {
    configuration_with(global, http_client()).await
}

/// The functions' TLS stack: the SDK's own would be a second one.
fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

async fn configuration_with(global: &Global, http: SharedHttpClient) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        );
    if let Some(profile) = &global.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &global.region {
        loader = loader.region(Region::new(region.clone()));
    }
    loader.load().await
}

impl Stack {
    /// Looks a stack up.
    ///
    /// # Errors
    /// [`Failure`] where there is none, or nobody may ask.
    pub async fn find(global: &Global) -> Result<Self, Failure> {
        let http = http_client();
        let config = configuration_with(global, http.clone()).await;
        if config.region().is_none() {
            return Err(Failure::NoRegion);
        }
        let client = aws_sdk_cloudformation::Client::new(&config);
        let answer =
            client.describe_stacks().stack_name(&global.stack).send().await.map_err(|error| {
                Failure::NoStack { stack: global.stack.clone(), source: error.into() }
            })?;
        let outputs = answer
            .stacks
            .unwrap_or_default()
            .into_iter()
            .flat_map(|stack| stack.outputs.unwrap_or_default())
            .filter_map(|output| output.output_key.zip(output.output_value))
            .collect();
        Ok(Self { name: global.stack.clone(), config, http, outputs })
    }

    /// An output of the stack.
    ///
    /// # Errors
    /// [`Failure::NoOutput`] names the one that is missing.
    pub fn output(&self, name: &'static str) -> Result<&str, Failure> {
        let output = self.outputs.iter().find(|(key, _)| key == name);
        output
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| Failure::NoOutput { stack: self.name.clone(), output: name })
    }

    /// The SDK's configuration.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The stack's engines. The search engine's calls are signed with the credentials of this
    /// moment.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn engines(&self) -> Result<Engines, Failure> {
        Ok(Engines {
            store: Store::connect(&self.config, self.output("TableName")?),
            search: self.search().await?,
            sqs: aws_sdk_sqs::Client::new(&self.config),
            jobs_url: self.output("JobsQueueUrl")?.to_owned(),
            dead_letters_url: self.output("DeadLetterQueueUrl")?.to_owned(),
        })
    }

    /// The stack's search engine.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn search(&self) -> Result<Search, Failure> {
        use aws_sdk_sqs::config::ProvideCredentials as _;

        let url = self.output("SearchUrl")?.to_owned();
        let signing = match (self.config.credentials_provider(), self.config.region()) {
            (Some(provider), Some(region)) if url.starts_with("https://") => Some(Signing {
                credentials: provider
                    .provide_credentials()
                    .await
                    .map_err(|error| Failure::NoCredentials(error.into()))?,
                region: region.to_string(),
            }),
            _ => None,
        };
        let config = SearchConfig { url, alias: DEFAULT_ALIAS.to_owned(), signing };
        Ok(Search::new(self.http.clone(), config)?)
    }
}
