//! Why a command could not do its work.

use std::{error::Error, io, path::PathBuf};

use chat::{
    jobs::QueueError,
    search::{EngineError, InvalidSearchConfig},
    store::{PersistError, StoreError},
};
use thiserror::Error;

type Source = Box<dyn Error + Send + Sync>;

/// Why a command could not do its work. What it did until then stands, and it can be started again.
#[derive(Debug, Error)]
pub enum Failure {
    /// Nothing says which region is meant.
    #[error("no region: give --region, AWS_REGION or a profile that has one")]
    NoRegion,
    /// There is no such stack, or nobody says so.
    #[error("the stack {stack} could not be read from CloudFormation")]
    NoStack {
        /// Its name.
        stack: String,
        /// What the SDK said.
        source: Source,
    },
    /// A stack of something else.
    #[error("the stack {stack} has no output {output}: is it lambda-chat?")]
    NoOutput {
        /// The stack's name.
        stack: String,
        /// What is missing.
        output: &'static str,
    },
    /// Nobody to sign.
    #[error("no credentials to sign the search engine's calls with")]
    NoCredentials(#[source] Source),
    /// The search engine's address is none.
    #[error(transparent)]
    SearchConfig(#[from] InvalidSearchConfig),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing rows.
    #[error(transparent)]
    Persist(#[from] PersistError),
    /// The search engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Sending a job.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// Another call to AWS.
    #[error("{call} failed")]
    Call {
        /// Which.
        call: &'static str,
        /// What the SDK said.
        source: Source,
    },
    /// The text is neither a token nor a digest, or names nothing here.
    #[error("there is no such application")]
    NoApplication,
    /// No dead letter has this id.
    #[error("no dead letter that can be received now has an id that begins with {0:?}")]
    NoDeadLetter(String),
    /// Several dead letters have ids that begin so.
    #[error("{0} dead letters have ids that begin so: give more of it")]
    ManyDeadLetters(usize),
    /// A file.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Standard output is gone.
    #[error("standard output")]
    Output(#[from] io::Error),
    /// A file that no export wrote, or that is cut off.
    #[error("line {line}: {what}")]
    Format {
        /// From 1.
        line: u64,
        /// What is wrong; never a part of the line.
        what: String,
    },
    /// An export that would leave rows out.
    #[error("rows are numbered beyond their counter; run verify --repair first")]
    BeyondCounter,
    /// The token is another application's.
    #[error("an application with this token is there and is not the one in the file")]
    OtherApplication,
    /// No randomness for a token.
    #[error("the operating system gave no randomness")]
    Randomness,
    /// The search engine took no document for too long.
    #[error("the search engine did not take documents for {0} s; start again to go on")]
    NotIndexed(u64, #[source] Source),
    /// The aliases changed hands meanwhile.
    #[error(
        "what was being built is no longer the next index: another reindex, or the last call of one that was cut off, has swapped or dropped it; start again"
    )]
    NotNext,
    /// A domain that the account does not have.
    #[error("the account has no search domain {0}")]
    NoDomain(String),
}

impl Failure {
    /// Wraps what the SDK said of a call.
    pub(crate) fn of_call(call: &'static str, source: impl Into<Source>) -> Self {
        Self::Call { call, source: source.into() }
    }
}
