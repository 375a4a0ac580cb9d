//! What the account allows: concurrent executions of functions, and roles.

use aws_sdk_iam::types::SummaryKeyType;
use aws_types::SdkConfig;

use super::{Check, Parameters, Status};

/// Executions that Lambda keeps unreserved:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
const UNRESERVED: u32 = 100;
/// Concurrent executions, in Service Quotas.
const CONCURRENCY: (&str, &str) = ("lambda", "L-B99A9384");
/// The fewest workers that the template takes.
const FEWEST_WORKERS: u32 = 2;
/// The functions' roles.
pub(super) const ROLES: i32 = 4;

/// A quota as it is applied to this account in this region.
pub(super) async fn quota(
    config: &SdkConfig,
    check: &'static str,
    (service, code): (&str, &str),
) -> Result<u32, Check> {
    let client = aws_sdk_servicequotas::Client::new(config);
    let answer = client.get_service_quota().service_code(service).quota_code(code).send().await;
    let answer =
        answer.map_err(|error| Check::failed(check, "servicequotas:GetServiceQuota", &error))?;
    let value = answer.quota.and_then(|quota| quota.value);
    // Whole numbers, as floating-point ones.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    value.map(|value| value as u32).ok_or_else(|| {
        Check::new(check, Status::Unknown, format!("Service Quotas has no value of {code}"))
    })
}

pub(super) async fn concurrency(config: &SdkConfig, parameters: &Parameters) -> Check {
    match quota(config, "concurrency", CONCURRENCY).await {
        Ok(quota) => judge_concurrency(
            quota,
            parameters.number("WorkerMaximumConcurrency"),
            parameters.number("CrudMaximumConcurrency"),
        ),
        Err(check) => check,
    }
}

fn judge_concurrency(quota: u32, workers: u32, reserved: u32) -> Check {
    let (service, code) = CONCURRENCY;
    let raise = format!(
        "aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code} --desired-value 1000"
    );
    let check = |status, detail| Check::new("concurrency", status, detail);
    if reserved > 0 && quota < reserved + UNRESERVED {
        return check(
            Status::Problem,
            format!(
                "CrudMaximumConcurrency={reserved} is refused: the account's quota is {quota} concurrent executions, of which {UNRESERVED} must stay unreserved"
            ),
        )
        .advise(format!("deploy with CrudMaximumConcurrency=0, or raise the quota: {raise}"));
    }
    if workers >= quota.saturating_sub(reserved) {
        let fewer = (quota / 2).max(FEWEST_WORKERS);
        return check(
            Status::Warning,
            format!(
                "the account's quota is {quota} concurrent executions, and a backlog would take all: WorkerMaximumConcurrency is {workers}"
            ),
        )
        .advise(format!(
            "deploy with WorkerMaximumConcurrency={fewer}, or raise the quota: {raise}"
        ));
    }
    check(Status::Ok, format!("{quota} concurrent executions, at most {workers} of them workers"))
}

pub(super) async fn roles(config: &SdkConfig) -> Check {
    let client = aws_sdk_iam::Client::new(config);
    let summary = match client.get_account_summary().send().await {
        Ok(answer) => answer.summary_map.unwrap_or_default(),
        Err(error) => return Check::failed("roles", "iam:GetAccountSummary", &error),
    };
    let value = |key| summary.get(&key).copied();
    let (Some(roles), Some(quota)) =
        (value(SummaryKeyType::Roles), value(SummaryKeyType::RolesQuota))
    else {
        return Check::new("roles", Status::Unknown, "IAM does not say how many there are");
    };
    let detail = format!("{roles} of {quota} are there; a deployment makes {ROLES}");
    if roles + ROLES > quota {
        return Check::new("roles", Status::Problem, detail)
            .advise("delete roles that nobody uses, or raise the quota L-FE177D64 of iam");
    }
    Check::new("roles", Status::Ok, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_concurrency_of_an_account_is_judged_by_what_workers_and_crud_take_of_it() {
        for (quota, workers, reserved, status) in [
            (1000, 20, 0, Status::Ok),
            (1000, 20, 900, Status::Ok),
            (1000, 20, 901, Status::Problem),
            (1000, 100, 900, Status::Warning),
            (10, 20, 0, Status::Warning),
            (10, 10, 0, Status::Warning),
            (10, 5, 0, Status::Ok),
            (10, 5, 1, Status::Problem),
        ] {
            let check = judge_concurrency(quota, workers, reserved);
            assert_eq!(check.status, status, "{quota} {workers} {reserved}");
        }
        let check = judge_concurrency(10, 20, 0);
        assert!(check.advice.unwrap().contains("WorkerMaximumConcurrency=5"));
    }
}
