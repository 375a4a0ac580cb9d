//! The log lines of a batch and of its jobs.

use std::time::{Duration, Instant, SystemTime};

use chat::{
    jobs::Job,
    telemetry::{Field, Level, Lines, Metrics},
};

use crate::{event::Record, fate::Fate};

/// One invocation of the worker.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// Lambda's id of it.
    pub request_id: &'a str,
    /// When Lambda ends it.
    pub ends: SystemTime,
    /// Whether it is the first of its process.
    pub cold_start: bool,
}

/// A record at its end.
#[derive(Debug)]
pub(crate) struct Ending<'a> {
    pub(crate) record: &'a Record,
    /// None where the record is none.
    pub(crate) job: Option<Job>,
    /// When its batch began.
    pub(crate) started: Instant,
}

impl Invocation<'_> {
    /// Adds the line of a batch that was done.
    pub(crate) fn log(
        &self,
        lines: &mut Lines,
        jobs: usize,
        failed: usize,
        duration: Duration,
        metrics: &Metrics,
    ) {
        let fields: [Field<'_>; 5] = [
            ("jobs", (jobs as u64).into()),
            ("failed", (failed as u64).into()),
            ("duration_ms", duration.into()),
            ("request_id", self.request_id.into()),
            ("cold_start", self.cold_start.into()),
        ];
        let message = format!("{jobs} jobs");
        lines.add(Level::Info, "batch", &message, &fields, metrics);
    }
}

impl Ending<'_> {
    /// Adds the line of a job; `request_id` is that of the request that asked for it.
    pub(crate) fn log(&self, lines: &mut Lines, fate: &Fate) {
        let (level, what, reason) = match fate {
            Fate::Done => (Level::Info, "done", None),
            Fate::PutOff(reason) => (Level::Warn, "waits", Some(reason)),
            Fate::Dead(reason) => (Level::Error, "can never be done", Some(reason)),
            Fate::Failed(reason) => (Level::Error, "failed", Some(reason)),
        };
        let kind = self.job.as_ref().map_or("a job", |job| job.task.kind());
        let mut fields: Vec<Field<'_>> = vec![
            ("kind", kind.into()),
            ("message_id", self.record.message_id.as_str().into()),
            ("duration_ms", self.started.elapsed().into()),
        ];
        if let Some(job) = &self.job {
            fields.push(("attempt", u64::from(job.attempt).into()));
            fields.extend(job.task.number().map(|number| ("number", number.into())));
            fields.extend(job.request_id.as_deref().map(|id| ("request_id", id.into())));
        }
        fields.extend(reason.map(|reason| ("reason", reason.as_str().into())));
        let message = format!("{kind} {what}");
        lines.add(level, "job", &message, &fields, &Metrics::default());
    }
}
