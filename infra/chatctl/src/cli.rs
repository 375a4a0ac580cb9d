//! What can be typed.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::preflight::Parameter;

const EXAMPLES: &str = "\
Where it finds the stack:
  in an account    chatctl --profile ops --region eu-central-1 verify
                   (credentials, profiles and region as the AWS CLI takes them)
  on this machine  AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=us-east-1 \\
                   AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test chatctl verify

Exit statuses: 0 all is as it should be, 1 something is not, 2 the command could not do its work.
Every command can be interrupted and started again. docs/chatctl.md says what each answers.";

/// Checks, mends and moves what a lambda-chat stack holds.
#[derive(Debug, Parser)]
#[command(name = "chatctl", version, after_help = EXAMPLES)]
pub struct Cli {
    /// Which stack, and how it is spoken to.
    #[command(flatten)]
    pub global: Global,
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The stack's name; its outputs say where table, queues and search are
    #[arg(long, global = true, default_value = "lambda-chat", env = "CHATCTL_STACK")]
    pub stack: String,
    /// A profile of this machine's AWS configuration
    #[arg(long, global = true)]
    pub profile: Option<String>,
    /// The stack's region
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say before a deployment what would go wrong with it: permissions, quotas, zones, tools
    Preflight(PreflightOptions),
    /// Compare counters, counts, rows and search documents, and mend what can be mended
    Verify(VerifyOptions),
    /// Build the search index anew from the table, beside the one in use, and swap them
    Reindex(ReindexOptions),
    /// Look at jobs that were given up, and have them done again
    #[command(subcommand)]
    Dlq(DlqCommand),
    /// Write an application with all its chats and messages as JSON Lines
    Export(ExportOptions),
    /// Read an application from JSON Lines, with its numbers, times, texts and revisions
    Import(ImportOptions),
    /// Say where the search engine is and how it is
    Domain(DomainOptions),
    /// Write a shell's completions to standard output
    Completions {
        /// Whose
        shell: Shell,
    },
}

/// Options of `preflight`.
#[derive(Debug, Clone, Args)]
pub struct PreflightOptions {
    /// The parameters of the deployment, as `sam deploy` takes them: SearchDomain=production …
    #[arg(long, value_name = "NAME=VALUE", num_args = 1.., value_delimiter = ' ')]
    pub parameter_overrides: Vec<Parameter>,
}

/// Options of `verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyOptions {
    /// Only this application: its access token, or the token's digest as a report shows it
    #[arg(long, env = "CHATCTL_APPLICATION", hide_env_values = true)]
    pub application: Option<String>,
    /// Mend counts, counters and documents; rows are never touched
    #[arg(long)]
    pub repair: bool,
    /// Numbers without a row are reported but no difference (a failed request leaves one)
    #[arg(long)]
    pub allow_gaps: bool,
    /// Seconds for which a difference must last to be one: what is being written settles by then
    #[arg(long, default_value = "10", value_parser = seconds)]
    pub settle: Duration,
    /// At most so many findings are listed; all are counted
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    /// Parts of the table that are read at the same time
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub segments: u32,
}

/// Options of `reindex`.
#[derive(Debug, Clone, Args)]
pub struct ReindexOptions {
    /// Keep the old index after the swap
    #[arg(long)]
    pub keep_old: bool,
    /// Drop what an interrupted reindex has built, rather than go on with it
    #[arg(long)]
    pub afresh: bool,
    /// Seconds between the swap and the deletion of the old index: searches under way end by then
    #[arg(long, default_value = "10", value_parser = seconds)]
    pub grace: Duration,
    /// Seconds for which a difference must last to be one
    #[arg(long, default_value = "10", value_parser = seconds)]
    pub settle: Duration,
    /// Parts of the table that are read at the same time
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub segments: u32,
}

/// What can be done about dead letters.
#[derive(Debug, Subcommand)]
pub enum DlqCommand {
    /// List dead letters with their reasons
    List {
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Say all about one: its job, and what the stack holds of it today
    Explain {
        /// Its message id, or the beginning of it
        id: String,
    },
    /// Send dead letters to the worker again
    Redrive {
        /// Only this one: its message id, or the beginning of it
        #[arg(long)]
        id: Option<String>,
    },
}

/// Options of `export`.
#[derive(Debug, Clone, Args)]
pub struct ExportOptions {
    /// The application's access token, or the token's digest as a report shows it
    #[arg(env = "CHATCTL_APPLICATION", hide_env_values = true)]
    pub application: String,
    /// A file that nobody else may read; standard output where it is left out
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

/// Options of `import`.
#[derive(Debug, Clone, Args)]
pub struct ImportOptions {
    /// A file that `export` wrote
    pub file: PathBuf,
    /// The file, or all `.sql` files of the folder, is a dump of the tables of the service before
    #[arg(long, conflicts_with_all = ["new_token", "access_token"])]
    pub mysql_dump: bool,
    /// Give the application a new access token
    #[arg(long, conflicts_with = "access_token")]
    pub new_token: bool,
    /// Give the application this access token: how an interrupted import under a new one goes on
    #[arg(long, env = "CHATCTL_ACCESS_TOKEN", hide_env_values = true)]
    pub access_token: Option<String>,
}

/// Options of `domain`.
#[derive(Debug, Clone, Args)]
pub struct DomainOptions {
    /// The domain's name; where it is left out, the one whose endpoint the stack uses
    #[arg(long)]
    pub name: Option<String>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_secs).map_err(|_| "a whole number of seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_takes_json_and_a_stack() {
        for words in [
            "preflight --parameter-overrides SearchDomain=production MonthlyBudget=50",
            "verify --repair --settle 0",
            "reindex --keep-old",
            "dlq list",
            "dlq explain 0",
            "dlq redrive",
            "export x",
            "import x --new-token",
            "import x --mysql-dump",
            "domain",
            "completions bash",
        ] {
            let words = format!("chatctl {words} --json --stack other");
            let cli = Cli::try_parse_from(words.split(' ')).unwrap();
            assert!(cli.global.json, "{words}");
            assert_eq!(cli.global.stack, "other", "{words}");
        }
    }
}
