//! Who deploys, as IAM's simulation names identities.

use aws_types::SdkConfig;

use crate::failure::Failure;

/// The caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// As STS says it.
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) partition: String,
    pub(super) principal: Principal,
}

/// Whose policies decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// A user, by its ARN.
    User(String),
    /// A role, by its name: an assumed role's ARN leaves out the path.
    Role(String),
    /// The account's root user, whom no policy of the account limits.
    Root,
    /// One that cannot be simulated, such as a federated user.
    Other,
}

impl Identity {
    /// Anyone who has credentials may ask this.
    pub(super) async fn ask(config: &SdkConfig) -> Result<Self, Failure> {
        let answer = aws_sdk_sts::Client::new(config)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| Failure::of_call("GetCallerIdentity", error))?;
        Ok(Self::of(answer.arn.as_deref().unwrap_or_default()))
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    fn of(arn: &str) -> Self {
        let mut fields = arn.splitn(6, ':').skip(1);
        let partition = fields.next().unwrap_or_default().to_owned();
        let account = fields.nth(2).unwrap_or_default().to_owned();
        let mut name = fields.next().unwrap_or_default().split('/');
        let principal = match (name.next(), name.next()) {
            (Some("user"), Some(_)) => Principal::User(arn.to_owned()),
            (Some("assumed-role"), Some(role)) => Principal::Role(role.to_owned()),
            (Some("root"), None) => Principal::Root,
            _ => Principal::Other,
        };
        Self { arn: arn.to_owned(), account, partition, principal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_identity_is_recognized() {
        let user = "arn:aws:iam::123456789012:user/teams/ana";
        for (arn, partition, principal) in [
            (user, "aws", Principal::User(user.to_owned())),
            (
                "arn:aws-cn:sts::123456789012:assumed-role/deploy/ci",
                "aws-cn",
                Principal::Role("deploy".to_owned()),
            ),
            ("arn:aws:iam::123456789012:root", "aws", Principal::Root),
            ("arn:aws:sts::123456789012:federated-user/ana", "aws", Principal::Other),
        ] {
            let identity = Identity::of(arn);
            assert_eq!(identity.principal, principal);
            assert_eq!(identity.partition, partition);
            assert_eq!(identity.account, "123456789012");
        }
    }
}
