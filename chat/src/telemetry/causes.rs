//! An error with all that caused it, for the log.

use std::{error::Error, fmt::Write as _};

/// The error's text and those of its causes, outermost first, with colons between.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a String does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_written_with_all_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::fmt::Error);
        let expected = format!("outer: {}", std::fmt::Error);
        assert_eq!(with_causes(&Outer(std::fmt::Error)), expected);
    }
}
