//! What a log line looks like.

use std::time::Duration;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::Level;
use crate::model::Timestamp;

/// A field's name and value.
pub type Field<'a> = (&'a str, Value<'a>);

/// A field's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A count, a status, a size.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// A span of time, written in milliseconds to three decimals.
    Milliseconds(Duration),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Duration> for Value<'_> {
    fn from(duration: Duration) -> Self {
        Self::Milliseconds(duration)
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(number),
            Self::Flag(flag) => serializer.serialize_bool(flag),
            Self::Milliseconds(duration) => {
                // Dividing whole microseconds writes no digit that was not measured.
                let micros = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
                serializer.serialize_f64(f64::from(micros) / 1000.0)
            }
        }
    }
}

struct Line<'a> {
    timestamp: String,
    level: Level,
    event: &'a str,
    message: &'a str,
    fields: &'a [Field<'a>],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &self.timestamp)?;
        map.serialize_entry("level", self.level.name())?;
        map.serialize_entry("event", self.event)?;
        map.serialize_entry("message", self.message)?;
        for (name, value) in self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The line with its line feed: JSON writes control characters as escapes, so it is one line.
pub(super) fn render(
    time: Timestamp,
    level: Level,
    event: &str,
    message: &str,
    fields: &[Field<'_>],
) -> String {
    let line = Line { timestamp: time.to_string(), level, event, message, fields };
    // Texts, integers and finite numbers always have a JSON form.
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object_with_a_time_a_level_an_event_a_message_and_fields() {
        let line = render(
            Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap(),
            Level::Warn,
            "jobs",
            "two\nlines and a \"quote\"",
            &[
                ("text", "a".into()),
                ("number", 7.into()),
                ("flag", true.into()),
                ("duration_ms", Duration::from_nanos(46_678_912).into()),
            ],
        );
        assert_eq!(
            line,
            concat!(
                r#"{"timestamp":"2022-08-09T22:17:52.599Z","level":"warn","event":"jobs","#,
                r#""message":"two\nlines and a \"quote\"","text":"a","number":7,"flag":true,"#,
                r#""duration_ms":46.678}"#,
                "\n"
            )
        );
    }
}
