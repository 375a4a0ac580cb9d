//! Whether the region offers the search domain's nodes, in zones enough, and the account another
//! domain.

use std::collections::BTreeSet;

use aws_sdk_opensearch::Client;
use aws_types::SdkConfig;

use super::{Check, Parameters, Status, quotas::quota};

const ENGINE: &str = "OpenSearch_2.19";
const SMALL: &str = "t3.small.search";
const PRODUCTION: &str = "r6g.large.search";
const MASTER: &str = "m6g.large.search";
/// Zones of a production domain.
const ZONES: usize = 3;
/// Domains per region, in Service Quotas.
const DOMAINS: (&str, &str) = ("es", "L-076D529E");

pub(super) async fn checks(
    config: &SdkConfig,
    region: &str,
    parameters: &Parameters,
) -> Vec<Check> {
    let client = Client::new(config);
    let nodes = match parameters.text("SearchInstanceType") {
        "" if parameters.text("SearchDomain") == "production" => PRODUCTION,
        "" => SMALL,
        given => given,
    };
    match parameters.text("SearchDomain") {
        "existing" => Vec::new(),
        "production" => {
            let (nodes, masters, domains) = tokio::join!(
                offered(&client, region, nodes, ZONES),
                offered(&client, region, MASTER, ZONES),
                domains(&client, config),
            );
            vec![nodes, masters, domains]
        }
        _ => {
            let (nodes, domains) =
                tokio::join!(offered(&client, region, nodes, 1), domains(&client, config));
            vec![nodes, domains]
        }
    }
}

/// OpenSearch Service says in which zones it offers a type, which may be fewer than the region has.
async fn offered(client: &Client, region: &str, instance_type: &str, zones: usize) -> Check {
    const CHECK: &str = "search nodes";
    let mut pages = client
        .list_instance_type_details()
        .engine_version(ENGINE)
        .instance_type(instance_type)
        .retrieve_azs(true)
        .into_paginator()
        .send();
    let mut is_offered = false;
    let mut found = BTreeSet::new();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => return Check::failed(CHECK, "es:ListInstanceTypeDetails", &error),
        };
        for details in page.instance_type_details() {
            if details.instance_type().is_some_and(|each| each.as_str() == instance_type) {
                is_offered = true;
                found.extend(details.availability_zones().iter().cloned());
            }
        }
    }
    if !is_offered {
        let detail = format!("{ENGINE} has no {instance_type} in {region}");
        return Check::new(CHECK, Status::Problem, detail)
            .advise("choose another SearchInstanceType, or another region");
    }
    if found.is_empty() {
        let detail = format!("OpenSearch Service does not say which zones have {instance_type}");
        return Check::new(CHECK, Status::Unknown, detail);
    }
    let zones_found = found.into_iter().collect::<Vec<_>>().join(", ");
    let detail = format!("{instance_type} is in {zones_found}; {zones} needed");
    if zones_found.split(", ").count() < zones {
        return Check::new(CHECK, Status::Problem, detail)
            .advise("choose another SearchInstanceType or region, or SearchDomain=small");
    }
    Check::new(CHECK, Status::Ok, detail)
}

async fn domains(client: &Client, config: &SdkConfig) -> Check {
    const CHECK: &str = "search domains";
    let (listed, quota) =
        tokio::join!(client.list_domain_names().send(), quota(config, CHECK, DOMAINS));
    let domains = match listed {
        Ok(answer) => answer.domain_names().len(),
        Err(error) => return Check::failed(CHECK, "es:ListDomainNames", &error),
    };
    let quota = match quota {
        Ok(quota) => quota,
        Err(check) => return check,
    };
    let detail = format!("{domains} of {quota} are there; a deployment makes 1");
    if usize::try_from(quota).is_ok_and(|quota| domains >= quota) {
        let (service, code) = DOMAINS;
        return Check::new(CHECK, Status::Problem, detail)
            .advise(format!("use an existing domain, or raise the quota {code} of {service}"));
    }
    Check::new(CHECK, Status::Ok, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_the_one_of_the_template() {
        let template = include_str!("../../../search-domain.yaml");
        for expected in [
            format!("EngineVersion: {ENGINE}\n"),
            format!("!Ref InstanceType, {PRODUCTION}]\n"),
            format!("!Ref InstanceType, {SMALL}]\n"),
            format!("DedicatedMasterType: {MASTER}\n"),
            format!("AvailabilityZoneCount: {ZONES} "),
        ] {
            assert!(template.contains(&expected), "{expected}");
        }
    }

    #[test]
    fn the_roles_are_those_of_the_template() {
        let template = include_str!("../../../../template.yaml");
        let roles = template.matches("Type: AWS::IAM::Role\n").count();
        assert_eq!(i32::try_from(roles).unwrap(), super::super::quotas::ROLES);
    }
}
