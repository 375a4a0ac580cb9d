//! The secret by which requests that came through a deployment's CDN are told from others.

use std::str::FromStr;

use super::{InvalidSecretDigest, Problem, SecretDigest};

/// What the header `x-origin-secret` of every request must hold, where a deployment names it: a
/// CDN adds it, so that nobody passes the CDN's limits by calling the gateway's own address.
///
/// Two secrets may hold at once, so that one can be changed without an outage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginSecret(Vec<SecretDigest>);

impl FromStr for OriginSecret {
    type Err = InvalidSecretDigest;

    /// Reads the setting: empty, or the SHA-256 of each secret, separated by commas.
    fn from_str(setting: &str) -> Result<Self, InvalidSecretDigest> {
        if setting.is_empty() {
            return Ok(Self::default());
        }
        setting.split(',').map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl OriginSecret {
    /// Checks the header of a request.
    ///
    /// # Errors
    /// 403 where a secret is demanded and the header does not hold it.
    pub(super) fn check(&self, header: Option<&str>) -> Result<(), Problem> {
        let holds = |secret: &str| self.0.iter().any(|digest| digest.is_of(secret));
        if self.0.is_empty() || header.is_some_and(holds) {
            Ok(())
        } else {
            Err(Problem::forbidden_origin())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `abc` (FIPS 180), and of `abcd`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const ABCD: &str = "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589";

    #[test]
    fn a_request_is_refused_without_the_secret_that_a_deployment_names() {
        let secret = format!("{ABC},{ABCD}").parse::<OriginSecret>().unwrap();
        for (header, admitted) in [
            (Some("abc"), true),
            (Some("abcd"), true),
            (None, false),
            (Some(""), false),
            (Some("ABC"), false),
            (Some("abc,abc"), false),
            (Some(ABC), false),
        ] {
            let outcome = secret.check(header).map_err(|problem| problem.status().as_u16());
            assert_eq!(outcome, if admitted { Ok(()) } else { Err(403) }, "{header:?}");
            assert!(OriginSecret::default().check(header).is_ok());
        }
    }

    #[test]
    fn a_setting_is_digests_separated_by_commas() {
        assert_eq!("".parse(), Ok(OriginSecret::default()));
        assert!(ABC.parse::<OriginSecret>().is_ok());
        for setting in [",", "abc", &format!("{ABC},"), &format!("{ABC}, {ABCD}")] {
            assert!(setting.parse::<OriginSecret>().is_err(), "{setting}");
        }
    }
}
