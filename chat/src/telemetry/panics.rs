//! A panic's line. Its message may quote what was worked on, so only its place is written.

use std::panic::{self, PanicHookInfo};

use super::{Level, Metrics, log};

/// From now on a panic is one log line with its place in the source. The standard library's own
/// message is not written: that of a slice at a wrong index quotes the text, a message's body.
pub(super) fn hide_messages() {
    panic::set_hook(Box::new(|info| {
        let place = place(info);
        let message = format!("panicked at {place}");
        let fields = [("place", (&*place).into())];
        log(Level::Error, "panic", &message, &fields, &Metrics::default());
    }));
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string)
}
