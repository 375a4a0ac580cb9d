//! What a log line looks like.

use std::time::Duration;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::{Level, Metrics};
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
    metrics: &'a Metrics,
    time: Timestamp,
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
        self.metrics.serialize_into(self.time, &mut map)?;
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
    metrics: &Metrics,
) -> String {
    let timestamp = time.to_string();
    let line = Line { timestamp, level, event, message, fields, metrics, time };
    // Texts, integers and finite numbers always have a JSON form.
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::telemetry::Metric;

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
            &Metrics::default(),
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

    #[test]
    fn metrics_stand_in_their_line_as_the_platform_reads_them() {
        let time = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
        let mut metrics = Metrics::default();
        metrics.count(Metric::Accepted, 0);
        metrics.count(Metric::Persisted, 2);
        metrics.refused(404);
        let line = render(time, Level::Info, "request", "404", &[], &metrics);
        let mut line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            line["_aws"].take(),
            json!({
                "Timestamp": 1_660_083_472_599_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "lambda-chat",
                    "Dimensions": [["FunctionName"], ["FunctionName", "reason"]],
                    "Metrics": [
                        { "Name": "Persisted", "Unit": "Count" },
                        { "Name": "Refused", "Unit": "Count" },
                    ],
                }],
            })
        );
        assert_eq!(
            (&line["reason"], &line["Persisted"], &line["Refused"]),
            (&json!("404"), &json!(2), &json!(1))
        );
        assert!(line["FunctionName"].is_string() && line.get("Accepted").is_none());
    }

    #[test]
    fn a_lag_is_a_distribution_in_milliseconds() {
        let mut metrics = Metrics::default();
        metrics.lag(Metric::IndexLag, &[]);
        assert_eq!(metrics, Metrics::default());
        let now = Timestamp::now();
        metrics.lag(Metric::IndexLag, &[now.plus_millis(-2_000), now.plus_millis(60_000)]);
        let line = render(now, Level::Info, "batch", "", &[], &metrics);
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let lags = line["IndexLag"].as_array().unwrap();
        assert!(lags[0].as_i64().unwrap() >= 2_000 && lags[1] == 0, "{lags:?}");
        let definition = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0];
        assert_eq!(definition["Unit"], "Milliseconds");
    }
}
