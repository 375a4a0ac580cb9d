//! The process around the commands.

use std::{io, process::ExitCode};

use chatctl::cli::Cli;
use clap::Parser as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<ExitCode> {
    chatctl::run(Cli::parse()).await
}
