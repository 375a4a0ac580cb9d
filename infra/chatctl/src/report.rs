//! How a command answers: for people, or as one JSON document; and with which exit status.

use std::{
    fmt::{self, Write as _},
    io::{self, Write as _},
    process::ExitCode,
};

use chat::telemetry::with_causes;
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;

/// What a command found or did.
pub trait Report: Serialize {
    /// For people: lines, each ended.
    fn text(&self) -> String;

    /// Whether something is not as it should be.
    fn is_amiss(&self) -> bool;
}

/// Writes an answer to standard output and says how the process ends.
///
/// # Errors
/// Where standard output is gone.
pub(crate) fn answer<R: Report>(outcome: Result<R, Failure>, json: bool) -> io::Result<ExitCode> {
    match outcome {
        Ok(report) => {
            write(&if json { line(&report)? } else { report.text() })?;
            Ok(if report.is_amiss() { ExitCode::from(1) } else { ExitCode::SUCCESS })
        }
        Err(failure) => fail(&failure, json),
    }
}

/// Says why a command could not do its work: on standard error, and as JSON where that was asked.
///
/// # Errors
/// Where standard output is gone.
pub(crate) fn fail(failure: &Failure, json: bool) -> io::Result<ExitCode> {
    let reason = with_causes(failure);
    if json {
        write(&line(&json!({ "error": reason }))?)?;
    } else {
        writeln!(io::stderr(), "chatctl: {reason}")?;
    }
    Ok(ExitCode::from(2))
}

/// A JSON document on a line of its own.
pub(crate) fn line(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
}

fn write(text: &str) -> io::Result<()> {
    io::stdout().lock().write_all(text.as_bytes())
}

/// Adds to a text.
pub(crate) fn add(text: &mut String, what: fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(what);
}

/// A number of things, in words: `1 message`, `12,345 messages`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let ending = if count == 1 { "" } else { "s" };
    format!("{text} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_things_are_written_for_people() {
        for (count, expected) in
            [(0, "0 rows"), (1, "1 row"), (999, "999 rows"), (1_234_567, "1,234,567 rows")]
        {
            assert_eq!(counted(count, "row"), expected);
        }
    }
}
