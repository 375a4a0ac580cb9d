//! Preflight against AWS as it answers: a server of a test's own speaks the protocols of all five
//! services.

mod aws;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use super::*;
use aws::{Aws, Fault};

/// A folder with tools that say their versions.
fn tools(sam: &str, lambda: &str) -> PathBuf {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("preflight-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let cargo = format!(
        "if [ \"$1\" = lambda ]; then echo 'cargo-lambda {lambda}'; else echo 'cargo {RUST}'; fi"
    );
    for (name, script) in [("sam", format!("echo 'SAM CLI, version {sam}'")), ("cargo", cargo)] {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

async fn ask(aws: &Aws, overrides: &[&str]) -> Preflight {
    ask_with(aws, overrides, &tools("1.167.0", "1.9.2")).await.unwrap()
}

async fn ask_with(
    aws: &Aws,
    overrides: &[&str],
    path: &std::path::Path,
) -> Result<Preflight, Failure> {
    let given: Vec<Parameter> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    let found =
        preflight(&aws.config(), "lambda-chat", &given.into(), path.as_os_str().to_owned()).await;
    fs::remove_dir_all(path).unwrap();
    found
}

fn of<'a>(preflight: &'a Preflight, name: &str) -> &'a Check {
    preflight.checks.iter().find(|each| each.check == name).unwrap()
}

#[tokio::test]
async fn a_deployment_that_will_succeed_has_no_problem() {
    let aws = Aws::start(&[]);
    for overrides in [&[][..], &["SearchDomain=production"], &["SearchDomain=existing"]] {
        let found = ask(&aws, overrides).await;
        assert!(found.checks.iter().all(|each| each.status == Status::Ok), "{}", found.text());
        assert!(!found.is_amiss());
    }
    assert!(aws.requests().iter().any(|body| body.contains("lambda%3APutFunctionRecursionConfig")));
    assert!(
        aws.requests().iter().any(|body| body
            .contains("PolicySourceArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteams%2Fdeploy")),
        "the role has the path that only IAM knows"
    );
}

#[tokio::test]
async fn a_new_account_with_10_functions_is_told_what_to_deploy_with() {
    let aws = Aws::start(&[Fault::Concurrency(10)]);
    let found = ask(&aws, &[]).await;
    let check = of(&found, "concurrency");
    assert_eq!(check.status, Status::Warning);
    assert!(check.advice.as_ref().unwrap().contains("WorkerMaximumConcurrency=5"));
    assert!(!found.is_amiss(), "the defaults deploy and work there");

    let found = ask(&aws, &["CrudMaximumConcurrency=5"]).await;
    assert_eq!(of(&found, "concurrency").status, Status::Problem);
    assert!(found.is_amiss());
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let aws = Aws::start(&[Fault::Denied("lambda:PutFunctionRecursionConfig")]);
    let found = ask(&aws, &[]).await;
    let check = of(&found, "permissions");
    assert_eq!(check.status, Status::Problem);
    assert_eq!(
        check.items,
        [
            "lambda:PutFunctionRecursionConfig on arn:aws:lambda:eu-central-1:123456789012:function:lambda-chat-preflight"
        ]
    );
    assert!(check.advice.as_ref().unwrap().contains("infra/deployer-policy.json"));
    assert!(found.is_amiss());
    assert!(found.text().ends_with("1 problem, 0 warnings\n"));
}

#[tokio::test]
async fn who_may_not_ask_is_told_so_and_deploys_all_the_same() {
    let aws = Aws::start(&[
        Fault::Forbidden("SimulatePrincipalPolicy"),
        Fault::Forbidden("GetServiceQuota"),
        Fault::Forbidden("ListInstanceTypeDetails"),
        Fault::Forbidden("GetAccountSummary"),
    ]);
    let found = ask(&aws, &[]).await;
    for name in ["permissions", "concurrency", "roles", "search nodes", "search domains"] {
        let check = of(&found, name);
        assert_eq!(check.status, Status::Unknown, "{name}");
        assert!(check.advice.is_some(), "{name}");
    }
    assert!(!found.is_amiss());
}

#[tokio::test]
async fn a_region_of_two_zones_takes_no_production_domain() {
    let aws = Aws::start(&[Fault::Zones(2)]);
    let found = ask(&aws, &["SearchDomain=production"]).await;
    assert_eq!(of(&found, "search nodes").status, Status::Problem);
    assert!(!ask(&aws, &["SearchDomain=small"]).await.is_amiss());
    let aws = Aws::start(&[Fault::Zones(0)]);
    assert_eq!(of(&ask(&aws, &[]).await, "search nodes").status, Status::Problem, "not offered");
}

#[tokio::test]
async fn a_stack_that_takes_no_update_is_a_problem() {
    let aws = Aws::start(&[Fault::Stack("ROLLBACK_COMPLETE")]);
    let found = ask(&aws, &[]).await;
    assert_eq!(of(&found, "stack").status, Status::Problem);
}

#[tokio::test]
async fn a_full_account_takes_no_new_stack_but_an_update() {
    let full = [Fault::Roles(998), Fault::Domains(100)];
    let found = ask(&Aws::start(&full), &[]).await;
    for name in ["roles", "search domains"] {
        assert_eq!(of(&found, name).status, Status::Problem, "{name}");
    }
    let [roles, domains] = full;
    let aws = Aws::start(&[roles, domains, Fault::Stack("UPDATE_COMPLETE")]);
    assert!(!ask(&aws, &[]).await.is_amiss());
}

#[tokio::test]
async fn a_service_that_fails_is_asked_a_few_times_and_is_a_problem() {
    let aws = Aws::start(&[Fault::Broken("GetServiceQuota")]);
    let found = ask(&aws, &["SearchDomain=existing"]).await;
    assert_eq!(of(&found, "concurrency").status, Status::Problem);
    assert_eq!(of(&found, "permissions").status, Status::Ok, "the others are asked all the same");
    let asked = aws.requests().iter().filter(|body| body.contains("L-B99A9384")).count();
    assert_eq!(asked, 3);
    assert!(found.is_amiss());
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_given_up_and_is_a_problem() {
    let begun = Instant::now();
    let aws = Aws::start(&[Fault::Silent("GetServiceQuota")]);
    let found = ask(&aws, &["SearchDomain=existing"]).await;
    let check = of(&found, "concurrency");
    assert_eq!(check.status, Status::Problem);
    assert!(check.detail.contains("timeout"), "{}", check.detail);
    assert!(begun.elapsed() < 3 * MAX_ATTEMPTS * ATTEMPT_TIMEOUT);
}

#[tokio::test]
async fn aws_out_of_reach_ends_the_command_soon() {
    let begun = Instant::now();
    let path = tools("1.167.0", "1.9.2");
    let failure = ask_with(&Aws::out_of_reach(), &[], &path).await.unwrap_err();
    assert!(matches!(failure, Failure::Call { call: "GetCallerIdentity", .. }));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn old_and_missing_tools_are_problems() {
    let aws = Aws::start(&[]);
    let found = ask_with(&aws, &[], &tools("1.100.0", "0.9.0")).await.unwrap();
    for name in ["SAM", "cargo-lambda"] {
        let check = of(&found, name);
        assert_eq!(check.status, Status::Problem, "{name}");
        assert!(check.detail.contains("older than"), "{}", check.detail);
        assert!(check.advice.as_ref().unwrap().contains("pip install"));
    }
    let nowhere = tools("", "");
    fs::remove_file(nowhere.join("sam")).unwrap();
    let found = ask_with(&aws, &[], &nowhere).await.unwrap();
    assert_eq!(of(&found, "SAM").status, Status::Problem);
    assert!(of(&found, "SAM").detail.contains("does not start"));
}
