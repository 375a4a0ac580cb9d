//! Whether the identity may do what a deployment does, by IAM's own simulation of its policies.

use aws_sdk_iam::{
    Client,
    types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType},
};
use aws_types::SdkConfig;

use super::{
    Check, Parameters, Status,
    identity::{Identity, Principal},
    is_denied,
    policy::{self, Statement},
};

const CHECK: &str = "permissions";
const ADVICE: &str =
    "attach infra/deployer-policy.json and infra/deployer-policy-options.json (docs/deploy.md)";

/// What the simulation said of the actions.
#[derive(Debug, Default)]
struct Decisions {
    asked: usize,
    denied: Vec<String>,
    /// Denied for want of something that a simulation does not know, such as the caller's address.
    undecided: Vec<String>,
}

pub(super) async fn check(
    config: &SdkConfig,
    identity: &Identity,
    region: &str,
    stack: &str,
    parameters: &Parameters,
) -> Check {
    let client = Client::new(config);
    let source = match &identity.principal {
        Principal::User(arn) => arn.clone(),
        Principal::Role(name) => role(&client, identity, name).await,
        Principal::Root => {
            let detail = "the root user may do everything, and should not deploy";
            return Check::new(CHECK, Status::Warning, detail)
                .advise(format!("deploy as a role: {ADVICE}"));
        }
        Principal::Other => {
            let detail = "IAM simulates users and roles, and this identity is neither";
            return Check::new(CHECK, Status::Unknown, detail);
        }
    };
    let statements = match policy::needed(parameters) {
        Ok(statements) => statements,
        Err(error) => return Check::new(CHECK, Status::Problem, error.to_string()),
    };
    let mut decisions = Decisions::default();
    for statement in &statements {
        let resources = statement.resources(identity, region, stack);
        let mut pages = client
            .simulate_principal_policy()
            .policy_source_arn(&source)
            .set_action_names(Some(statement.actions().to_vec()))
            .set_resource_arns(Some(resources))
            .set_context_entries(Some(context(statement)))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => decisions.take(page.evaluation_results.unwrap_or_default()),
                Err(error) if is_denied(&error) => {
                    let detail = "iam:SimulatePrincipalPolicy is not allowed";
                    return Check::new(CHECK, Status::Unknown, detail)
                        .advise(format!("have somebody {ADVICE}"));
                }
                Err(error) => return Check::failed(CHECK, "iam:SimulatePrincipalPolicy", &error),
            }
        }
    }
    decisions.into_check()
}

/// A role's ARN has its path, which the identity of an assumed role lacks.
async fn role(client: &Client, identity: &Identity, name: &str) -> String {
    let found = client.get_role().role_name(name).send().await;
    let arn = found.ok().and_then(|answer| answer.role).map(|role| role.arn);
    // A role without a path is simulated without being looked up.
    arn.unwrap_or_else(|| {
        format!("arn:{}:iam::{}:role/{name}", identity.partition, identity.account)
    })
}

fn context(statement: &Statement) -> Vec<ContextEntry> {
    let entries = statement.context().iter();
    entries
        .map(|(key, value)| {
            ContextEntry::builder()
                .context_key_name(key)
                .context_key_values(value)
                .context_key_type(ContextKeyTypeEnum::String)
                .build()
        })
        .collect()
}

impl Decisions {
    fn take(&mut self, results: Vec<EvaluationResult>) {
        for result in results {
            self.asked += 1;
            if *result.eval_decision() == PolicyEvaluationDecisionType::Allowed {
                continue;
            }
            let on = result.eval_resource_name().unwrap_or("*");
            let what = format!("{} on {on}", result.eval_action_name());
            match result.missing_context_values() {
                [] => self.denied.push(what),
                keys => self.undecided.push(format!("{what}, by {}", keys.join(", "))),
            }
        }
    }

    fn into_check(self) -> Check {
        let Self { asked, denied, undecided } = self;
        if !denied.is_empty() {
            let detail = format!("{} of {asked} permissions are missing", denied.len());
            return Check { items: denied, ..Check::new(CHECK, Status::Problem, detail) }
                .advise(ADVICE);
        }
        if !undecided.is_empty() {
            let detail = "some permissions depend on what a simulation does not know";
            return Check { items: undecided, ..Check::new(CHECK, Status::Unknown, detail) };
        }
        Check::new(CHECK, Status::Ok, format!("all {asked} are there"))
    }
}
