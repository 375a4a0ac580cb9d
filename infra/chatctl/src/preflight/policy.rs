//! The deployer's policies in `infra/`, with the names of one deployment in the place of wildcards.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::{identity::Identity, parameters::Parameters};

/// `make check` compares them with the templates.
const POLICIES: [&str; 2] = [
    include_str!("../../../deployer-policy.json"),
    include_str!("../../../deployer-policy-options.json"),
];
/// The name of the stack that the policies are written for.
const STACK: &str = "lambda-chat";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: Vec<Statement>,
}

/// What one statement allows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    pub(super) sid: String,
    action: OneOrMany,
    resource: OneOrMany,
    #[serde(default)]
    condition: Condition,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    #[serde(default)]
    string_equals: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl Statement {
    pub(super) fn actions(&self) -> &[String] {
        self.action.all()
    }

    /// What a request says of itself where the statement applies.
    pub(super) fn context(&self) -> &BTreeMap<String, String> {
        &self.condition.string_equals
    }

    /// Resources of this deployment that the statement covers.
    pub(super) fn resources(&self, identity: &Identity, region: &str, stack: &str) -> Vec<String> {
        let resources = self.resource.all().iter();
        resources.map(|pattern| resource(pattern, identity, region, stack)).collect()
    }
}

/// The statements that a deployment with these parameters needs.
pub(super) fn needed(parameters: &Parameters) -> Result<Vec<Statement>, serde_json::Error> {
    let mut needed = Vec::new();
    for policy in POLICIES {
        let document: Document = serde_json::from_str(policy)?;
        needed.extend(document.statement.into_iter().filter(|each| is_needed(each, parameters)));
    }
    Ok(needed)
}

fn is_needed(statement: &Statement, parameters: &Parameters) -> bool {
    match statement.sid.as_str() {
        "SearchDomain" => parameters.text("SearchDomain") != "existing",
        "DomainName" | "DomainNameRole" => !parameters.text("DomainName").is_empty(),
        "Record" | "RecordChange" => !parameters.text("HostedZoneId").is_empty(),
        "Budget" => parameters.number("MonthlyBudget") > 0,
        // What preflight itself asks tells on its own whether it may be asked.
        "Preflight" => false,
        _ => true,
    }
}

/// `arn:partition:service:region:account:resource`, where a policy has wildcards.
fn resource(pattern: &str, identity: &Identity, region: &str, stack: &str) -> String {
    let mut fields: Vec<String> = pattern.splitn(6, ':').map(str::to_owned).collect();
    let [_, partition, _, place, account, name] = fields.as_mut_slice() else {
        return pattern.to_owned(); // "*"
    };
    partition.clone_from(&identity.partition);
    for (field, value) in [(place, region), (account, identity.account.as_str())] {
        if field == "*" {
            value.clone_into(field);
        }
    }
    *name = name.replace(STACK, stack).replace('*', "preflight");
    fields.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            arn: String::new(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
            principal: super::super::identity::Principal::Root,
        }
    }

    #[test]
    fn a_pattern_becomes_a_resource_of_the_deployment() {
        for (pattern, expected) in [
            ("*", "*"),
            (
                "arn:aws:dynamodb:*:*:table/lambda-chat-*",
                "arn:aws:dynamodb:eu-west-1:123456789012:table/chat-preflight",
            ),
            ("arn:aws:iam::*:role/lambda-chat-*", "arn:aws:iam::123456789012:role/chat-preflight"),
            (
                "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31",
                "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31",
            ),
            ("arn:aws:apigateway:*::/apis/*", "arn:aws:apigateway:eu-west-1::/apis/preflight"),
        ] {
            assert_eq!(resource(pattern, &identity(), "eu-west-1", "chat"), expected);
        }
    }

    #[test]
    fn what_a_deployment_does_not_make_needs_no_permission() {
        let sids = |overrides: &[&str]| {
            let given: Vec<_> = overrides.iter().map(|text| text.parse().unwrap()).collect();
            let needed = needed(&Parameters::from(given)).unwrap();
            needed.into_iter().map(|statement| statement.sid).collect::<Vec<_>>()
        };
        let plain = sids(&["SearchDomain=existing"]);
        let all = sids(&["DomainName=chat.example.com", "HostedZoneId=Z1", "MonthlyBudget=50"]);
        for sid in ["SearchDomain", "DomainName", "DomainNameRole", "Record", "Budget"] {
            assert!(!plain.iter().any(|each| each == sid), "{sid}");
            assert!(all.iter().any(|each| each == sid), "{sid}");
        }
        assert!(plain.iter().any(|each| each == "Functions"));
    }
}
