//! Metrics in `CloudWatch`'s embedded format: members of a log line, which the platform counts without
//! a call being made:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::function_name;
use crate::model::Timestamp;

const NAMESPACE: &str = "lambda-chat";
/// The function, by the dimension that Lambda's own metrics have for it.
const FUNCTION_NAME: &str = "FunctionName";
/// The status of a refusal.
const REASON: &str = "reason";
/// Most values of one metric in a line.
const MOST_VALUES: usize = 100;

/// Conflicts met since the last line that told of them. A process serves one event at a time.
static CONFLICTS: AtomicU64 = AtomicU64::new(0);

/// Something that is counted or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Creations that were answered with a number.
    Accepted,
    /// Requests answered with a status of 400 or more; by `reason`, too.
    Refused,
    /// Chats and messages whose rows stand.
    Persisted,
    /// From a creation's acceptance to its row.
    PersistLag,
    /// Documents that the search engine has.
    Indexed,
    /// From a text's acceptance to its document; it is found a second later at most.
    IndexLag,
    /// Writes that met another one and were tried again.
    Conflicts,
    /// Documents left to a later job.
    HandOvers,
    /// Jobs sent again because a part of the system was away.
    PutOff,
    /// Jobs that can never be done.
    DeadLetters,
}

impl Metric {
    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Refused => "Refused",
            Self::Persisted => "Persisted",
            Self::PersistLag => "PersistLag",
            Self::Indexed => "Indexed",
            Self::IndexLag => "IndexLag",
            Self::Conflicts => "Conflicts",
            Self::HandOvers => "HandOvers",
            Self::PutOff => "PutOff",
            Self::DeadLetters => "DeadLetters",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::PersistLag | Self::IndexLag => "Milliseconds",
            _ => "Count",
        }
    }
}

/// The metrics of one line.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Metrics {
    values: Vec<(Metric, Values)>,
    reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Values {
    Count(u64),
    Distribution(Vec<i64>),
}

impl Metrics {
    /// Counts something, unless it is nothing.
    pub fn count(&mut self, metric: Metric, count: usize) {
        if count > 0 {
            self.values.push((metric, Values::Count(count as u64)));
        }
    }

    /// Counts a request that was refused with this status.
    pub fn refused(&mut self, status: u16) {
        self.count(Metric::Refused, 1);
        self.reason = Some(status.to_string());
    }

    /// Measures how long ago these times are; of very many, the first hundred.
    pub fn lag(&mut self, metric: Metric, since: &[Timestamp]) {
        let now = Timestamp::now().unix_millis();
        let lags: Vec<i64> =
            since.iter().take(MOST_VALUES).map(|time| (now - time.unix_millis()).max(0)).collect();
        if !lags.is_empty() {
            self.values.push((metric, Values::Distribution(lags)));
        }
    }

    /// Adds the conflicts that were met since this was asked last.
    pub fn count_conflicts(&mut self) {
        let conflicts = CONFLICTS.swap(0, Ordering::Relaxed);
        self.count(Metric::Conflicts, usize::try_from(conflicts).unwrap_or(usize::MAX));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Writes the members that a line has for its metrics.
    pub(super) fn serialize_into<M: serde::ser::SerializeMap>(
        &self,
        time: Timestamp,
        map: &mut M,
    ) -> Result<(), M::Error> {
        if self.is_empty() {
            return Ok(());
        }
        map.serialize_entry("_aws", &Description { metrics: self, time })?;
        map.serialize_entry(FUNCTION_NAME, function_name())?;
        if let Some(reason) = &self.reason {
            map.serialize_entry(REASON, reason)?;
        }
        for (metric, values) in &self.values {
            map.serialize_entry(metric.name(), values)?;
        }
        Ok(())
    }
}

/// One write met another one.
pub(crate) fn met_conflict() {
    CONFLICTS.fetch_add(1, Ordering::Relaxed);
}

/// What tells the platform which members are metrics.
struct Description<'a> {
    metrics: &'a Metrics,
    time: Timestamp,
}

impl Serialize for Description<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let dimensions: &[&[&str]] = match self.metrics.reason {
            Some(_) => &[&[FUNCTION_NAME], &[FUNCTION_NAME, REASON]],
            None => &[&[FUNCTION_NAME]],
        };
        let metrics = self.metrics.values.iter();
        let metrics =
            metrics.map(|(metric, _)| Definition { name: metric.name(), unit: metric.unit() });
        let directive = Directive { namespace: NAMESPACE, dimensions, metrics: metrics.collect() };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("Timestamp", &self.time.unix_millis())?;
        map.serialize_entry("CloudWatchMetrics", &[directive])?;
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'static str,
    dimensions: &'a [&'a [&'a str]],
    metrics: Vec<Definition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}
