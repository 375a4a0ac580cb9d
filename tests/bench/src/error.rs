//! Why a run gives no figures.

use std::fmt;

/// A run that failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The function's process has ended, or its connection.
    Ended,
    /// Nothing happened for a minute.
    TooLate,
    /// The function reported an error, or answered something else than success.
    Function(String),
    /// The operating system refused something.
    System(String),
}

impl Failure {
    pub(crate) fn of_function(answer: &[u8]) -> Self {
        Self::Function(String::from_utf8_lossy(answer).chars().take(400).collect())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("the function's process has ended"),
            Self::TooLate => f.write_str("nothing happened for a minute"),
            Self::Function(answer) => write!(f, "the function answered {answer}"),
            Self::System(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::System(error.to_string())
    }
}

impl From<nix::errno::Errno> for Failure {
    fn from(error: nix::errno::Errno) -> Self {
        Self::System(error.to_string())
    }
}
