//! `domain`: where the search engine is and how it is, in its own words and in the account's.

use aws_sdk_opensearch::{
    Client,
    operation::describe_domain::DescribeDomainError,
    types::{DomainProcessingStatusType, DomainStatus},
};
use chat::{
    search::{Generation, Search},
    telemetry::with_causes,
};
use serde::Serialize;

use crate::{
    cli::DomainOptions,
    engines::Stack,
    failure::Failure,
    report::{Report, add, counted},
};

/// <https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DescribeDomains.html>
const MAX_DOMAINS: usize = 5;

/// What `domain` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Domain {
    /// The address that the functions call.
    pub url: String,
    /// Whether it is a domain of OpenSearch Service, or an engine that is called by plain http.
    pub managed: bool,
    /// The engine's own answers; null where it gave none.
    pub engine: Option<Engine>,
    /// Why it gave none.
    pub engine_error: Option<String>,
    /// What the account says of the domain; null where there is none.
    pub domain: Option<ManagedDomain>,
}

/// An engine that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// Its release.
    pub version: String,
    /// `green`, `yellow` or `red`.
    pub health: String,
    /// The index that is searched.
    pub current: Vec<String>,
    /// The index that is being rebuilt.
    pub next: Vec<String>,
    /// Indexes that are neither.
    pub unused: Vec<String>,
    /// Documents that can be found.
    pub documents: u64,
}

/// A domain as OpenSearch Service describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManagedDomain {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its endpoint, within its VPC where it is in one.
    pub endpoint: Option<String>,
    /// What is being done to it: `Active` where nothing is.
    pub status: String,
    /// Its engine's release.
    pub version: Option<String>,
    /// Its data nodes' type.
    pub instance_type: Option<String>,
    /// How many data nodes it has.
    pub instances: Option<i32>,
    /// Storage of each, in GiB.
    pub storage_gib: Option<i32>,
    /// Whether it is created and not deleted.
    pub exists: bool,
}

/// Describes a stack's search engine, or a domain by its name.
///
/// # Errors
/// [`Failure`] where the account does not answer, or has no such domain.
pub async fn domain(
    stack: &Stack,
    search: &Search,
    options: &DomainOptions,
) -> Result<Domain, Failure> {
    let url = stack.output("SearchUrl")?.to_owned();
    let managed = url.starts_with("https://");
    let client = Client::new(stack.config());
    let domain = match &options.name {
        Some(name) => Some(named(&client, name).await?),
        None if managed => {
            let found = by_endpoint(&client, &url).await?;
            Some(found.ok_or_else(|| Failure::NoDomain(format!("at {url}")))?)
        }
        None => None,
    };
    let (engine, engine_error) = match ask(search).await {
        Ok(engine) => (Some(engine), None),
        Err(error) => (None, Some(with_causes(&error))),
    };
    Ok(Domain { url, managed, engine, engine_error, domain })
}

async fn ask(search: &Search) -> Result<Engine, Failure> {
    let indexes = search.indexes().await?;
    Ok(Engine {
        version: search.engine_version().await?,
        health: search.health().await?,
        documents: if indexes.current.is_empty() {
            0
        } else {
            search.count(Generation::Current).await?
        },
        current: indexes.current,
        next: indexes.next,
        unused: indexes.unused,
    })
}

async fn named(client: &Client, name: &str) -> Result<ManagedDomain, Failure> {
    let answer = client.describe_domain().domain_name(name).send().await;
    match answer {
        Ok(answer) => answer
            .domain_status
            .as_ref()
            .map(read)
            .ok_or_else(|| Failure::NoDomain(name.to_owned())),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeDomainError::is_resource_not_found_exception) =>
        {
            Err(Failure::NoDomain(name.to_owned()))
        }
        Err(error) => Err(Failure::of_call("DescribeDomain", error)),
    }
}

/// The domain that answers at an address.
async fn by_endpoint(client: &Client, url: &str) -> Result<Option<ManagedDomain>, Failure> {
    let answer = client
        .list_domain_names()
        .send()
        .await
        .map_err(|error| Failure::of_call("ListDomainNames", error))?;
    let names: Vec<String> = answer
        .domain_names
        .unwrap_or_default()
        .into_iter()
        .filter_map(|name| name.domain_name)
        .collect();
    for part in names.chunks(MAX_DOMAINS) {
        let answer = client
            .describe_domains()
            .set_domain_names(Some(part.to_vec()))
            .send()
            .await
            .map_err(|error| Failure::of_call("DescribeDomains", error))?;
        let found = answer.domain_status_list.iter().find(|status| answers_at(status, url));
        if let Some(status) = found {
            return Ok(Some(read(status)));
        }
    }
    Ok(None)
}

/// Whether an address is one of a domain's, its custom endpoint included.
fn answers_at(status: &DomainStatus, url: &str) -> bool {
    let custom = status
        .domain_endpoint_options
        .as_ref()
        .and_then(|options| options.custom_endpoint.as_deref());
    endpoints(status).into_iter().chain(custom).any(|endpoint| host(endpoint) == host(url))
}

fn endpoints(status: &DomainStatus) -> Vec<&str> {
    let in_vpc = status.endpoints.iter().flat_map(|endpoints| endpoints.values());
    status.endpoint.iter().chain(&status.endpoint_v2).chain(in_vpc).map(String::as_str).collect()
}

fn host(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    address.split(['/', ':']).next().unwrap_or(address)
}

fn read(status: &DomainStatus) -> ManagedDomain {
    let cluster = status.cluster_config.as_ref();
    let deleted = status.deleted.unwrap_or(false);
    let processing = status.processing.unwrap_or(false);
    let state = status.domain_processing_status.as_ref();
    let state = state.map(DomainProcessingStatusType::as_str);
    ManagedDomain {
        name: status.domain_name.clone(),
        arn: status.arn.clone(),
        endpoint: endpoints(status).first().map(|&endpoint| endpoint.to_owned()),
        status: state.unwrap_or(if processing { "Processing" } else { "Active" }).to_owned(),
        version: status.engine_version.clone(),
        instance_type: cluster
            .and_then(|cluster| cluster.instance_type.as_ref())
            .map(|kind| kind.as_str().to_owned()),
        instances: cluster.and_then(|cluster| cluster.instance_count),
        storage_gib: status.ebs_options.as_ref().and_then(|storage| storage.volume_size),
        exists: status.created.unwrap_or(true) && !deleted,
    }
}

impl Report for Domain {
    fn text(&self) -> String {
        let mut text = if self.managed {
            format!("{}\n", self.url)
        } else {
            format!(
                "{}: an engine called by plain http, no domain of OpenSearch Service\n",
                self.url
            )
        };
        match (&self.engine, &self.engine_error) {
            (Some(engine), _) => {
                add(
                    &mut text,
                    format_args!(
                        "engine {}, health {}, {} in {}\n",
                        engine.version,
                        engine.health,
                        counted(engine.documents, "document"),
                        if engine.current.is_empty() {
                            "no index".to_owned()
                        } else {
                            engine.current.join(", ")
                        },
                    ),
                );
                for (indexes, what) in [(&engine.next, "being rebuilt"), (&engine.unused, "unused")]
                {
                    for index in indexes {
                        add(&mut text, format_args!("{index} is {what}\n"));
                    }
                }
            }
            (None, error) => {
                let error = error.as_deref().unwrap_or_default();
                add(&mut text, format_args!("the engine does not answer: {error}\n"));
            }
        }
        if let Some(domain) = &self.domain {
            add(
                &mut text,
                format_args!(
                    "domain {}: {}, {}, {} × {}, {} GiB each\n",
                    domain.name,
                    domain.status,
                    domain.version.as_deref().unwrap_or("unknown version"),
                    domain.instances.unwrap_or(0),
                    domain.instance_type.as_deref().unwrap_or("unknown instances"),
                    domain.storage_gib.unwrap_or(0),
                ),
            );
        }
        text
    }

    fn is_amiss(&self) -> bool {
        let engine_is_well = self.engine.as_ref().is_some_and(|engine| engine.health != "red");
        !engine_is_well || self.domain.as_ref().is_some_and(|domain| !domain.exists)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_opensearch::types::{ClusterConfig, DomainEndpointOptions};

    use super::*;

    #[test]
    fn a_domain_is_found_by_any_of_its_addresses() {
        let status = DomainStatus::builder()
            .domain_id("1/chat")
            .domain_name("chat")
            .arn("arn:aws:es:eu-central-1:1:domain/chat")
            .cluster_config(ClusterConfig::builder().build())
            .endpoints("vpc", "vpc-chat-x.eu-central-1.es.amazonaws.com")
            .domain_endpoint_options(
                DomainEndpointOptions::builder().custom_endpoint("search.example.org").build(),
            )
            .build()
            .unwrap();
        for (url, expected) in [
            ("https://vpc-chat-x.eu-central-1.es.amazonaws.com", true),
            ("https://vpc-chat-x.eu-central-1.es.amazonaws.com:443", true),
            ("https://search.example.org/", true),
            ("https://search.example", false),
        ] {
            assert_eq!(answers_at(&status, url), expected, "{url}");
        }
        let domain = read(&status);
        assert_eq!(domain.status, "Active");
        assert!(domain.exists);
    }
}
