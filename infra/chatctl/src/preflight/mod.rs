//! What would go wrong with a deployment, told before it begins: who deploys and whether that
//! identity may, what the account and the region allow, and the tools that build.

mod identity;
mod parameters;
mod permissions;
mod policy;
mod quotas;
mod search_domain;
mod stack;
#[cfg(test)]
mod tests;
mod tools;

use std::{ffi::OsString, time::Duration};

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_types::SdkConfig;
use chat::telemetry::with_causes;
use serde::Serialize;

use crate::{
    failure::Failure,
    report::{Report, add, counted},
};
use identity::Identity;
pub use parameters::{Parameter, Parameters};
pub(crate) use tools::path;

/// A check is asked again by whoever waits for it, so it ends sooner than other commands' calls.
const MAX_ATTEMPTS: u32 = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// How one check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// A deployment succeeds, and something about it is worth knowing.
    Warning,
    /// A deployment would fail, or the check itself did.
    Problem,
    /// The caller may not ask, or nothing can be told.
    Unknown,
}

/// One check.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Of what.
    pub check: &'static str,
    /// How it came out.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// What it applies to, where that is a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
}

/// All checks.
#[derive(Debug, Serialize)]
pub struct Preflight {
    /// The identity that deploys.
    pub identity: String,
    /// Where to.
    pub region: String,
    /// In the order of a deployment.
    pub checks: Vec<Check>,
}

/// Checks a deployment of `stack` with `parameters`. The tools are looked for on `path`.
///
/// # Errors
/// [`Failure`] where there is no region, or AWS does not say who asks.
pub async fn preflight(
    config: &SdkConfig,
    stack: &str,
    parameters: &Parameters,
    path: OsString,
) -> Result<Preflight, Failure> {
    let region = config.region().ok_or(Failure::NoRegion)?.to_string();
    let config = config
        .to_builder()
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        )
        .build();
    let identity = Identity::ask(&config).await?;
    // Boxed: the SDK's futures are large.
    let (stack_found, permissions, concurrency, roles, domain, tools) = tokio::join!(
        Box::pin(stack::check(&config, stack)),
        Box::pin(permissions::check(&config, &identity, &region, stack, parameters)),
        Box::pin(quotas::concurrency(&config, parameters)),
        Box::pin(quotas::roles(&config)),
        Box::pin(search_domain::checks(&config, &region, parameters)),
        tools::checks(&path),
    );
    let exists = stack_found.exists;
    let mut checks = tools;
    checks.extend([stack_found.check, permissions, concurrency]);
    // A stack that is there has its roles and its domain.
    if !exists {
        checks.push(roles);
        checks.extend(domain);
    }
    Ok(Preflight { identity: identity.arn, region, checks })
}

impl Check {
    fn new(check: &'static str, status: Status, detail: impl Into<String>) -> Self {
        Self { check, status, detail: detail.into(), advice: None, items: Vec::new() }
    }

    fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// A call that was refused tells nothing of the deployment; one that failed is a problem.
    fn failed<E>(check: &'static str, action: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        if is_denied(error) {
            return Self::new(check, Status::Unknown, format!("{action} is not allowed"))
                .advise(format!("allow {action} to have this checked"));
        }
        // Of a quota that was never raised, and of a role whose path nobody may look up.
        if matches!(error.code(), Some("NoSuchResourceException" | "NoSuchEntity")) {
            return Self::new(check, Status::Unknown, format!("{action} knows nothing of it"))
                .advise("look it up in the AWS console");
        }
        let reason = with_causes(error);
        Self::new(check, Status::Problem, format!("{action} failed: {reason}"))
            .advise("see that this machine reaches AWS in this region, then run preflight again")
    }
}

fn is_denied<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    matches!(error.code(), Some("AccessDenied" | "AccessDeniedException"))
}

impl Report for Preflight {
    fn text(&self) -> String {
        let mut text = String::new();
        add(&mut text, format_args!("{} in {}\n", self.identity, self.region));
        for Check { check, status, detail, advice, items } in &self.checks {
            let status = match status {
                Status::Ok => "ok",
                Status::Warning => "warning",
                Status::Problem => "problem",
                Status::Unknown => "unknown",
            };
            add(&mut text, format_args!("{status}: {check}: {detail}\n"));
            for item in items {
                add(&mut text, format_args!("  {item}\n"));
            }
            if let Some(advice) = advice {
                add(&mut text, format_args!("  {advice}\n"));
            }
        }
        let problems = self.count(Status::Problem);
        let warnings = self.count(Status::Warning);
        let (problems, warnings) = (counted(problems, "problem"), counted(warnings, "warning"));
        add(&mut text, format_args!("{problems}, {warnings}\n"));
        text
    }

    fn is_amiss(&self) -> bool {
        self.count(Status::Problem) > 0
    }
}

impl Preflight {
    fn count(&self, status: Status) -> u64 {
        self.checks.iter().filter(|check| check.status == status).map(|_| 1).sum()
    }
}
