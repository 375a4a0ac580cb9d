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

/// The function that this process is.
static SERVICE: OnceLock<&'static str> = OnceLock::new();

/// Begins a function's log: the level is that of `LOG_LEVEL` (`info` where it is not set), a panic
/// becomes a line without its message, and metrics are those of this service.
///
/// # Errors
/// [`InvalidLevel`] where `LOG_LEVEL` names none.
pub fn init(service: &'static str) -> Result<(), InvalidLevel> {
    panics::hide_messages();
    SERVICE.get_or_init(|| service);
    let level = config::optional("LOG_LEVEL").map_or(Ok(Level::Info), |level| level.parse())?;
    LEVELS.store(level as u8 + 1, Ordering::Relaxed);
    Ok(())
}

/// Writes one line, if [`init`] was called and its level is wanted: the event's name (what a filter
/// looks for), a message for people with the main value in it, and fields.
///
/// ```
/// # use chat::telemetry::{Level, log};
/// log(Level::Info, "jobs", "10 jobs persisted", &[("jobs", 10.into()), ("cold_start", true.into())]);
/// ```
pub fn log(level: Level, event: &str, message: &str, fields: &[Field<'_>]) {
    log_with_metrics(level, event, message, fields, &Metrics::default());
}

/// Writes one line as [`log`] does, with metrics; one that has any is written at every level, since
/// nothing else counts them.
pub fn log_with_metrics(
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
    let line = line::render(Timestamp::now(), level, event, message, fields, metrics);
    // One write a line keeps lines whole; where the log is gone there is nobody to tell.
    let _ = io::stdout().lock().write_all(line.as_bytes());
}

fn service() -> &'static str {
    SERVICE.get().copied().unwrap_or("none")
}
