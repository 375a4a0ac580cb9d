//! Whether a stack of this name is there, and in a state from which it can be deployed.

use aws_sdk_cloudformation::{Client, error::ProvideErrorMetadata as _, types::StackStatus};
use aws_types::SdkConfig;

use super::{Check, Status};

const CHECK: &str = "stack";
const ACTION: &str = "cloudformation:DescribeStacks";

pub(super) struct Found {
    pub(super) exists: bool,
    pub(super) check: Check,
}

pub(super) async fn check(config: &SdkConfig, stack: &str) -> Found {
    match Client::new(config).describe_stacks().stack_name(stack).send().await {
        Ok(answer) => {
            let status = answer.stacks().first().and_then(|found| found.stack_status());
            let check = status.map_or_else(
                || Check::new(CHECK, Status::Unknown, format!("{stack} has no status")),
                |status| judge(stack, status),
            );
            Found { exists: status.is_some(), check }
        }
        // The answer for a name that no stack has.
        Err(error)
            if error.code() == Some("ValidationError")
                && error.message().is_some_and(|said| said.contains("does not exist")) =>
        {
            Found { exists: false, check: Check::new(CHECK, Status::Ok, format!("{stack} is new")) }
        }
        Err(error) => Found { exists: false, check: Check::failed(CHECK, ACTION, &error) },
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
fn judge(stack: &str, status: &StackStatus) -> Check {
    let state = status.as_str();
    let detail = format!("{stack} is {state}");
    let check = |status| Check::new(CHECK, status, detail.clone());
    if state.ends_with("_IN_PROGRESS") && *status != StackStatus::ReviewInProgress {
        return check(Status::Problem).advise("wait until that is over");
    }
    match status {
        StackStatus::RollbackComplete | StackStatus::RollbackFailed | StackStatus::CreateFailed => {
            check(Status::Problem)
                .advise("its creation failed, so it takes no update: delete it, then deploy")
        }
        StackStatus::UpdateRollbackFailed => check(Status::Problem)
            .advise("aws cloudformation continue-update-rollback, then deploy"),
        StackStatus::DeleteFailed => {
            check(Status::Problem).advise("delete what it could not delete, then the stack")
        }
        _ => check(Status::Ok),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_takes_no_update_is_a_problem() {
        for (state, expected) in [
            ("CREATE_COMPLETE", Status::Ok),
            ("UPDATE_ROLLBACK_COMPLETE", Status::Ok),
            ("REVIEW_IN_PROGRESS", Status::Ok),
            ("UPDATE_IN_PROGRESS", Status::Problem),
            ("ROLLBACK_COMPLETE", Status::Problem),
            ("UPDATE_ROLLBACK_FAILED", Status::Problem),
            ("DELETE_FAILED", Status::Problem),
        ] {
            assert_eq!(judge("lambda-chat", &StackStatus::from(state)).status, expected, "{state}");
        }
    }
}
