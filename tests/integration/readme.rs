//! The README's tour, run as it is printed.

use std::{path::Path, process::Command};

use tests::{eventually, variable};

/// A command of the tour and what it prints.
struct Step {
    command: String,
    output: String,
}

#[tokio::test]
async fn the_tour_of_the_readme_works_as_printed() {
    let steps = tour();
    assert!(steps.len() > 10, "the tour was not found");
    let mut token = String::new();
    for step in steps {
        let creates = step.command.contains("-X POST");
        let run = |token: &str| {
            let command = step.command.replace("http://127.0.0.1:3000", &variable("BASE_URL"));
            bash(&format!("{command}\nprintf '\n%s' \"$TOKEN\""), token)
        };
        let expected = redacted(&step.output);
        if creates {
            let (output, new_token) = run(&token);
            token = new_token;
            assert_eq!(redacted(&output), expected, "{}", step.command);
            continue;
        }
        // What was created shows up in a moment, and a person types slowly.
        eventually(&step.command, async || {
            let (output, _) = run(&token);
            if redacted(&output) == expected { Ok(()) } else { Err(output) }
        })
        .await;
    }
}

/// The commands of the section, each with the lines up to the next.
fn tour() -> Vec<Step> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (_, section) = readme.split_once("## Try it").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut steps: Vec<Step> = Vec::new();
    let mut in_block = false;
    for line in section.lines() {
        if line.starts_with("```") {
            in_block = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| in_block) {
            steps.push(Step { command: command.to_owned(), output: String::new() });
        } else if in_block {
            let step = steps.last_mut().expect("a command before its output");
            step.output.push_str(line);
        }
    }
    steps
}

/// What a command prints, and the token that is set after it.
fn bash(script: &str, token: &str) -> (String, String) {
    let output = Command::new("bash").args(["-c", script]).env("TOKEN", token).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (printed, token) = printed.rsplit_once('\n').unwrap();
    (printed.trim_end().to_owned(), token.to_owned())
}

/// The text with its times and tokens replaced, which are others in every run.
fn redacted(text: &str) -> String {
    let mut parts: Vec<String> = text.split('"').map(str::to_owned).collect();
    for part in &mut parts {
        if chat::model::Timestamp::parse(part).is_ok() {
            "TIME".clone_into(part);
        } else if chat::model::AccessToken::parse(part).is_ok() {
            "TOKEN".clone_into(part);
        }
    }
    parts.join("\"")
}
