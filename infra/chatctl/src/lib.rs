//! The operator's command line of lambda-chat: checks, mends and moves what a stack holds. Each
//! command is a function of the stack's engines, so that tests call it as `main` does.

mod applications;
pub mod cli;
mod dead_letters;
mod domain;
mod engines;
mod export;
mod failure;
mod import;
mod indexing;
mod lines;
mod mysql;
mod preflight;
mod progress;
mod queues;
mod reindex;
mod report;
mod verify;
mod writing;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use chat::store::NumberRange;
use clap::CommandFactory as _;

pub use dead_letters::{DeadLetters, Explained, Job, Letter, Redriven, explain, list, redrive};
pub use domain::{Domain, ManagedDomain, domain};
pub use engines::{Engines, Stack};
pub use export::{Exported, export};
pub use failure::Failure;
pub use import::{Imported, import};
pub use mysql::{Migrated, migrate};
pub use preflight::{Check, Parameter, Parameters, Preflight, Status, preflight};
pub use reindex::{Reindexed, reindex};
pub use report::Report;
pub use verify::{Depth, Digest, Finding, Judged, Range, Verification, Whereabouts, verify};

use cli::{Cli, Command, DlqCommand};

/// Does what was typed, and says how the process ends.
///
/// # Errors
/// Where standard output is gone.
pub async fn run(cli: Cli) -> io::Result<ExitCode> {
    let Cli { global, command } = cli;
    if let Command::Completions { shell } = command {
        let mut completions = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "chatctl", &mut completions);
        io::stdout().lock().write_all(&completions)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Preflight(options) = command {
        let parameters = Parameters::from(options.parameter_overrides);
        let config = engines::configuration(&global).await;
        let found = preflight(&config, &global.stack, &parameters, preflight::path()).await;
        return report::answer(found, global.json);
    }
    let found = async {
        let stack = Stack::find(&global).await?;
        let engines = stack.engines().await?;
        Ok((stack, engines))
    };
    let (stack, engines) = match found.await {
        Ok(found) => found,
        Err(failure) => return report::fail(&failure, global.json),
    };
    let json = global.json;
    match command {
        Command::Verify(options) => report::answer(verify(&engines, &options).await, json),
        Command::Reindex(options) => report::answer(reindex(&engines, &options).await, json),
        Command::Dlq(DlqCommand::List { limit }) => {
            report::answer(list(&engines, limit).await, json)
        }
        Command::Dlq(DlqCommand::Explain { id }) => {
            report::answer(explain(&engines, &id).await, json)
        }
        Command::Dlq(DlqCommand::Redrive { id }) => {
            report::answer(redrive(&engines, id.as_deref()).await, json)
        }
        Command::Export(options) => {
            let exported = export(&engines, &options).await;
            if options.output.is_some() || exported.is_err() {
                return report::answer(exported, json);
            }
            // Standard output holds the application itself.
            if let Ok(exported) = exported {
                let text = if json { report::line(&exported)? } else { exported.text() };
                write!(io::stderr(), "{text}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Import(options) if options.mysql_dump => {
            report::answer(migrate(&engines, &options.file).await, json)
        }
        Command::Import(options) => report::answer(import(&engines, &options).await, json),
        Command::Domain(options) => {
            report::answer(domain(&stack, &engines.search, &options).await, json)
        }
        Command::Completions { .. } | Command::Preflight(_) => Ok(ExitCode::SUCCESS),
    }
}

/// The rows behind a number, in order.
fn range_behind(after: u64, limit: u32) -> NumberRange {
    // The highest number that there can be has ten digits.
    NumberRange { first: after + 1, last: 9_999_999_999, descending: false, limit }
}
