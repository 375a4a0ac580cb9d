//! The tools that `sam build` needs, and their versions.

use std::{
    ffi::{OsStr, OsString},
    time::Duration,
};

use tokio::{process::Command, time::timeout};

use super::{Check, Status};

/// SAM is a Python program of many files, which a cold disk reads slowly.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A tool.
#[derive(Debug)]
struct Tool {
    check: &'static str,
    command: [&'static str; 2],
    arguments: &'static [&'static str],
    oldest: Version,
    install: &'static str,
}

type Version = (u32, u32);

const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

fn tools() -> [Tool; 3] {
    [
        Tool {
            check: "SAM",
            command: ["sam", "--version"],
            arguments: &[],
            // The first that builds Rust without --beta-features:
            // https://github.com/aws/aws-sam-cli/pull/8526
            oldest: (1, 156),
            install: "pip install --upgrade aws-sam-cli",
        },
        Tool {
            check: "cargo-lambda",
            command: ["cargo", "lambda"],
            arguments: &["--version"],
            oldest: (1, 9), // the oldest that this was built with
            install: "pip install --upgrade cargo-lambda",
        },
        Tool {
            check: "Rust",
            command: ["cargo", "--version"],
            arguments: &[],
            oldest: version(RUST).unwrap_or_default(),
            install: "rustup update stable",
        },
    ]
}

pub(super) async fn checks(path: &OsStr) -> Vec<Check> {
    let [sam, lambda, rust] = tools();
    let (sam, lambda, rust) =
        tokio::join!(check(sam, path), check(lambda, path), check(rust, path));
    vec![sam, lambda, rust]
}

async fn check(tool: Tool, path: &OsStr) -> Check {
    let [program, first] = tool.command;
    let mut command = Command::new(program);
    command.arg(first).args(tool.arguments).env("PATH", path).kill_on_drop(true);
    let problem =
        |detail: String| Check::new(tool.check, Status::Problem, detail).advise(tool.install);
    let said = match timeout(TIMEOUT, command.output()).await {
        Ok(Ok(output)) if output.status.success() => output.stdout,
        Ok(Ok(output)) => {
            let reason = String::from_utf8_lossy(&output.stderr);
            let line = reason.lines().next().unwrap_or_default().to_owned();
            return problem(format!("`{program} {first}` failed: {line}"));
        }
        Ok(Err(error)) => return problem(format!("`{program}` does not start: {error}")),
        Err(_) => return problem(format!("`{program} {first}` did not end")),
    };
    let said = String::from_utf8_lossy(&said);
    let (major, minor) = tool.oldest;
    match version(&said) {
        Some(found) if found >= tool.oldest => {
            Check::new(tool.check, Status::Ok, said.lines().next().unwrap_or_default())
        }
        Some((found, later)) => problem(format!("{found}.{later} is older than {major}.{minor}")),
        None => Check::new(tool.check, Status::Unknown, format!("no version in {:?}", said.trim())),
    }
}

/// The first number with a dot in a text: `SAM CLI, version 1.167.0`, `cargo-lambda 1.9.2 (…)`.
fn version(text: &str) -> Option<Version> {
    text.split(|character: char| !character.is_ascii_digit() && character != '.').find_map(|word| {
        let mut parts = word.split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    })
}

/// Where tools are looked for.
pub(crate) fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_a_tool_says() {
        for (text, expected) in [
            ("SAM CLI, version 1.167.0\n", Some((1, 167))),
            ("cargo-lambda 1.9.2 (67129fc 2026-08-21Z)", Some((1, 9))),
            ("1.95", Some((1, 95))),
            ("no version", None),
        ] {
            assert_eq!(version(text), expected);
        }
    }
}
