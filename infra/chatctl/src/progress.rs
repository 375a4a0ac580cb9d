//! How far a long command is: on standard error, and only where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that counts what was done. Nothing is drawn where nobody watches.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Counts things whose number is not known.
    pub(crate) fn counting(what: &'static str) -> Self {
        Self::new(
            ProgressBar::new_spinner(),
            what,
            "{spinner} {msg}: {human_pos} ({per_sec}, {elapsed})",
        )
    }

    /// Counts up to a number.
    pub(crate) fn up_to(total: u64, what: &'static str) -> Self {
        let template = "{msg} [{wide_bar}] {human_pos}/{human_len} ({eta})";
        Self::new(ProgressBar::new(total), what, template)
    }

    fn new(bar: ProgressBar, what: &'static str, template: &str) -> Self {
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub(crate) fn add(&self, count: usize) {
        self.0.inc(count as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
