//! Log lines: one JSON object each on standard output, where Lambda collects them. Whoever logs
//! sees to it that no token, key or body is in a field.

mod causes;
mod level;
mod line;
mod metrics;
mod panics;

use std::{
    io::{self, Write as _},
    sync::{
        OnceLock,
        atomic::{AtomicU8, Ordering},
    },
};

use crate::{config, model::Timestamp};

pub use causes::with_causes;
pub use level::{InvalidLevel, Level};
pub use line::{Field, Value};
pub(crate) use metrics::met_conflict;
pub use metrics::{Metric, Metrics};

/// How many levels are written, the most serious first: none before a process prepares its log.
static LEVELS: AtomicU8 = AtomicU8::new(0);

/// The name of the function that this process is, as Lambda says it: other stacks of an account have
/// other names.
static FUNCTION_NAME: OnceLock<String> = OnceLock::new();

/// Begins a function's log: the level is that of `LOG_LEVEL` (`info` where it is not set), a panic
/// becomes a line without its message, and metrics are those of this function.
///
/// # Errors
/// [`InvalidLevel`] where `LOG_LEVEL` names none.
pub fn init() -> Result<(), InvalidLevel> {
    panics::hide_messages();
    FUNCTION_NAME.get_or_init(|| config::optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default());
    let level = config::optional("LOG_LEVEL").map_or(Ok(Level::Info), |level| level.parse())?;
    LEVELS.store(level as u8 + 1, Ordering::Relaxed);
    Ok(())
}

/// Writes one line, as [`Lines::add`] makes it.
///
/// ```
/// # use chat::telemetry::{Level, Metrics, log};
/// let fields = [("jobs", 10.into()), ("cold_start", true.into())];
/// log(Level::Info, "jobs", "10 jobs persisted", &fields, &Metrics::default());
/// ```
pub fn log(level: Level, event: &str, message: &str, fields: &[Field<'_>], metrics: &Metrics) {
    let mut lines = Lines::default();
    lines.add(level, event, message, fields, metrics);
    lines.write();
}

/// Lines that are written together: each write takes a call of the kernel, which costs more than
/// making the line.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// Adds a line, if [`init`] was called and its level is wanted: the event's name (what a filter
    /// looks for), a message for people with the main value in it, fields, and metrics. One with
    /// metrics is wanted at every level, since nothing else counts them.
    pub fn add(
        &mut self,
        level: Level,
        event: &str,
        message: &str,
        fields: &[Field<'_>],
        metrics: &Metrics,
    ) {
        let levels = LEVELS.load(Ordering::Relaxed);
        if levels == 0 || (level as u8 >= levels && metrics.is_empty()) {
            return;
        }
        self.0 += &line::render(Timestamp::now(), level, event, message, fields, metrics);
    }

    /// Adds lines that were made elsewhere.
    pub fn append(&mut self, others: &Self) {
        self.0 += &others.0;
    }

    /// Writes them. Where the log is gone there is nobody to tell.
    pub fn write(self) {
        // One write keeps lines whole.
        let _ = io::stdout().lock().write_all(self.0.as_bytes());
    }
}

fn function_name() -> &'static str {
    FUNCTION_NAME.get().map_or("", String::as_str)
}
