//! Runs the functions' release binaries as Lambda does, with stand-ins for what they call, and
//! prints where time, CPU, memory and calls go. `make bench` builds what it measures.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is for people")]

mod certificate;
mod conflicts;
mod error;
mod http_server;
mod instructions;
mod measure;
mod memory_sizes;
mod operation;
mod plot;
mod process;
mod quota;
mod report;
mod runtime_api;
mod stand_ins;

use std::{collections::BTreeMap, error::Error, fs, path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum as _};

use crate::{
    measure::{Conditions, Figures, Subject},
    operation::Operation,
    report::Report,
    stand_ins::Behaviour,
};

/// Measures builds of the functions beside each other.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
struct Arguments {
    /// A build of all functions: its name and a folder with FUNCTION/bootstrap.
    #[arg(long = "build", value_name = "NAME=FOLDER", value_parser = named_path, required = true)]
    builds: Vec<(String, PathBuf)>,
    /// A single program for what clients ask, to compare with.
    #[arg(long = "peer", value_name = "NAME=FILE", value_parser = named_path)]
    peers: Vec<(String, PathBuf)>,
    /// What is measured; everything where this is left out.
    #[arg(long = "operation", value_enum)]
    operations: Vec<Operation>,
    /// Runs of each program, interleaved.
    #[arg(long, default_value_t = 20)]
    runs: u32,
    /// Warm calls in each run.
    #[arg(long, default_value_t = 300)]
    calls: u32,
    /// Milliseconds that the stand-ins wait before they answer.
    #[arg(long, default_value_t = 0.0)]
    latency: f64,
    /// Have the stand-ins refuse requests that are not signed and close their connections.
    #[arg(long)]
    refuse_unsigned: bool,
    /// Measure at Lambda's memory sizes, too.
    #[arg(long)]
    memory_sizes: bool,
    /// Measure the worker where writes meet conflicts, too.
    #[arg(long)]
    conflicts: bool,
    /// Count the instructions of a warm call, too, which needs valgrind.
    #[arg(long)]
    instructions: bool,
    /// The revision that the build `current` was made of.
    #[arg(long, default_value = "unknown")]
    revision: String,
    /// Where the figures go as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Where the plot goes, an SVG file.
    #[arg(long)]
    plot: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    process::keep_to_first_core()?;
    if arguments.instructions {
        // Before anything is measured that would be lost without it.
        process::find_valgrind()?;
    }
    let subjects = subjects(&arguments);
    let latency = Duration::from_secs_f64(arguments.latency / 1e3);
    let refuses_unsigned = arguments.refuse_unsigned;
    let behaviour = Behaviour { latency, refuses_unsigned, ..Behaviour::default() };
    let authority = std::env::temp_dir().join(format!("bench-{}.pem", std::process::id()));
    let tls = certificate::make(&authority)?;

    let mut figures: BTreeMap<(usize, &'static str), Vec<Figures>> = BTreeMap::new();
    for run in 1..=arguments.runs {
        eprintln!("run {run} of {}", arguments.runs);
        // Each run begins with another program, since what went before one changes its figures.
        let in_order = subjects.iter().enumerate().cycle();
        for (index, subject) in in_order.skip(run as usize).take(subjects.len()) {
            for (transport, tls) in [("http", None), ("https", Some((&tls, authority.as_path())))] {
                let calls = arguments.calls;
                let conditions =
                    Conditions { calls, behaviour, tls, quota: None, counted_in: None };
                let figures_of_run = measure::run(subject, conditions).await.map_err(|error| {
                    format!("{} of {}: {error}", subject.operation.name(), subject.build)
                })?;
                figures.entry((index, transport)).or_default().push(figures_of_run);
            }
        }
    }
    let rows = figures.iter().filter_map(|((index, transport), runs)| {
        Some(report::row(subjects.get(*index)?, transport, runs))
    });
    let mut report = Report {
        date: report::today(),
        machine: report::machine(),
        revision: arguments.revision.clone(),
        runs: arguments.runs,
        warm_calls_per_run: arguments.calls,
        latency_milliseconds: arguments.latency,
        unsigned_refused: refuses_unsigned,
        rows: rows.collect(),
        memory_sizes: Vec::new(),
        conflicts: Vec::new(),
        instructions: Vec::new(),
    };
    let of_current = |it: &&Subject| it.build == report::CURRENT;
    let current: Vec<&Subject> = subjects.iter().filter(of_current).collect();
    if arguments.memory_sizes {
        report.memory_sizes = memory_sizes::measure(&current, (&tls, &authority)).await?;
    }
    let hot_chat = current.iter().find(|it| it.operation == Operation::PersistOneChat);
    if let Some(subject) = hot_chat.filter(|_| arguments.conflicts) {
        report.conflicts = conflicts::measure(subject).await?;
    }
    if arguments.instructions {
        report.instructions = instructions::measure(&subjects, (&tls, &authority)).await?;
    }
    fs::remove_file(&authority)?;
    println!("{}", report.text());
    if let Some(file) = &arguments.json {
        fs::write(file, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    if let Some(file) = &arguments.plot {
        plot::draw(&report, file)?;
    }
    Ok(())
}

/// Each operation by each build that can do it, operation by operation.
fn subjects(arguments: &Arguments) -> Vec<Subject> {
    let asked = &arguments.operations;
    let operations = Operation::value_variants().iter().copied();
    let mut subjects = Vec::new();
    for operation in operations.filter(|it| asked.is_empty() || asked.contains(it)) {
        for (build, folder) in &arguments.builds {
            let binary = folder.join(operation.function()).join("bootstrap");
            subjects.push(Subject { operation, build: build.clone(), binary });
        }
        for (build, binary) in arguments.peers.iter().filter(|_| operation.is_done_by_peers()) {
            subjects.push(Subject { operation, build: build.clone(), binary: binary.clone() });
        }
    }
    subjects
}

fn named_path(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("must be a name, = and a path")?;
    Ok((name.to_owned(), PathBuf::from(path)))
}
