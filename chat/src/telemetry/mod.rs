//! Log lines: one JSON object each on standard output, where Lambda collects them. Whoever logs
//! sees to it that no token, key or body is in a field.

mod causes;
mod level;
mod line;
mod panics;

use std::{
    io::{self, Write as _},
    sync::atomic::{AtomicU8, Ordering},
};

use crate::{config, model::Timestamp};

pub use causes::with_causes;
pub use level::{InvalidLevel, Level};
pub use line::{Field, Value};

/// How many levels are written, the most serious first: none before a process prepares its log.
static LEVELS: AtomicU8 = AtomicU8::new(0);

/// Begins a function's log: the level is that of `LOG_LEVEL` (`info` where it is not set), and a
/// panic becomes a line without its message.
///
/// # Errors
/// [`InvalidLevel`] where `LOG_LEVEL` names none.
pub fn init() -> Result<(), InvalidLevel> {
    panics::hide_messages();
    let level = config::optional("LOG_LEVEL").map_or(Ok(Level::Info), |level| level.parse())?;
    LEVELS.store(level as u8 + 1, Ordering::Relaxed);
    Ok(())
}

/// Writes one line, if [`init`] was called and its level is wanted: the event's name (what a filter looks for), a
/// message for people with the main value in it, and fields.
///
/// ```
/// # use chat::telemetry::{Level, log};
/// log(Level::Info, "jobs", "10 jobs persisted", &[("jobs", 10.into()), ("cold_start", true.into())]);
/// ```
pub fn log(level: Level, event: &str, message: &str, fields: &[Field<'_>]) {
    if level as u8 >= LEVELS.load(Ordering::Relaxed) {
        return;
    }
    let line = line::render(Timestamp::now(), level, event, message, fields);
    // One write a line keeps lines whole; where the log is gone there is nobody to tell.
    let _ = io::stdout().lock().write_all(line.as_bytes());
}
