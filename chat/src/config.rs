//! Configuration from environment variables. A function reads only what it needs, at its start.

use std::env;

use thiserror::Error;

/// A variable that a function cannot do without.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the environment variable {0} is missing or empty")]
pub struct MissingVariable(&'static str);

/// The value of a variable that must be set.
///
/// # Errors
/// [`MissingVariable`] names it where it is not set, or empty.
pub fn required(name: &'static str) -> Result<String, MissingVariable> {
    optional(name).ok_or(MissingVariable(name))
}

/// The value of a variable that may be left out; an empty one counts as left out.
pub fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        assert_eq!(
            required("LAMBDA_CHAT_NOT_SET").unwrap_err().to_string(),
            "the environment variable LAMBDA_CHAT_NOT_SET is missing or empty"
        );
    }
}
