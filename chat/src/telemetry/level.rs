//! How serious a line is, and which lines are wanted.

use std::str::FromStr;

use thiserror::Error;

/// How serious a log line is, most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Level {
    /// Somebody should look at it: an answer of 5xx, a job given up.
    Error,
    /// Handled, but worth counting: something was tried again or sent away for later.
    Warn,
    /// One line for each request or batch.
    Info,
    /// Details for whoever searches a fault.
    Debug,
}

/// A text that names no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a log level is one of error, warn, info and debug")]
pub struct InvalidLevel;

impl Level {
    /// The level's name, which Lambda's own filter of log levels reads too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

impl FromStr for Level {
    type Err = InvalidLevel;

    /// Reads a level's name, whatever its case.
    fn from_str(text: &str) -> Result<Self, InvalidLevel> {
        [Self::Error, Self::Warn, Self::Info, Self::Debug]
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(text))
            .ok_or(InvalidLevel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_named_whatever_its_case() {
        for (text, level) in [
            ("error", Level::Error),
            ("WARN", Level::Warn),
            ("Info", Level::Info),
            ("debug", Level::Debug),
        ] {
            assert_eq!(text.parse(), Ok(level), "{text}");
        }
        for text in ["", "trace", "info ", "2"] {
            assert_eq!(text.parse::<Level>(), Err(InvalidLevel), "{text:?}");
        }
    }
}
