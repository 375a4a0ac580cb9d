//! A batch from its event to its answer.

use std::time::{Duration, SystemTime};

use chat::{
    jobs::{Job, Queue, QueueError},
    search::Search,
    store::Store,
    telemetry::{self, Level},
};
use futures_util::future::join_all;

use crate::{
    batch::Batch,
    deadlines::Deadlines,
    event::{BatchItemFailure, BatchResponse, Record, SqsEvent},
    fate::{Fate, Fates},
    indexing::index,
    persisting::persist,
};

/// How long a job of a newer release waits for a newer worker before it is looked at again.
const FOR_NEWER_WORKER: Duration = Duration::from_mins(1);

/// Does jobs. Holds one client of each engine.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Rows and counts.
    pub store: Store,
    /// Documents.
    pub search: Search,
    /// Where jobs that have to wait are sent.
    pub jobs: Queue,
    /// Where jobs that can never be done are sent.
    pub dead_letters: Queue,
}

impl Worker {
    /// Does a batch's jobs and says which records are to be delivered again.
    pub async fn handle(&self, event: SqsEvent, invocation_ends: SystemTime) -> BatchResponse {
        let deadlines = Deadlines::until(invocation_ends);
        let records = event.records;
        let mut fates = Fates::all_done(records.len());
        let batch = Batch::sort(&records, &mut fates);

        let tenants = batch.tenants.iter().map(async |(token, tenant)| {
            (token, persist(&self.store, token, tenant, deadlines.store).await)
        });
        let mut pending = Vec::new();
        for (token, persisted) in join_all(tenants).await {
            for (records, fate) in persisted.fates {
                fates.settle(&records, &fate);
            }
            pending.extend(persisted.pending.into_iter().map(|message| (token.clone(), message)));
        }
        index(&self.search, &self.jobs, &self.dead_letters, &pending, deadlines.search, &mut fates)
            .await;

        let ends = records
            .iter()
            .zip(batch.jobs)
            .zip(fates.into_iter())
            .map(|((record, job), fate)| self.end(record, job, fate));
        let failed = join_all(ends).await.into_iter().flatten();
        BatchResponse {
            batch_item_failures: failed
                .map(|item_identifier| BatchItemFailure { item_identifier })
                .collect(),
        }
    }

    /// Sends a record where its fate says; the id of one that is to be delivered again.
    async fn end(&self, record: &Record, job: Option<Job>, fate: Fate) -> Option<String> {
        let id = record.message_id.as_str();
        let (level, what, reason, sent) = match fate {
            Fate::Done => return None,
            Fate::PutOff(reason) => {
                (Level::Warn, "a job waits", reason, self.put_off(record, job).await)
            }
            Fate::Dead(reason) => {
                let sent = self.dead_letters.send_dead_letter(&record.body, &reason).await;
                (Level::Error, "a job can never be done", reason, sent)
            }
            Fate::Failed(reason) => {
                log(Level::Error, "a job failed", id, &reason);
                return Some(record.message_id.clone());
            }
        };
        log(level, what, id, &reason);
        let error = sent.err()?;
        log(Level::Error, "a job could not be sent on", id, &telemetry::with_causes(&error));
        Some(record.message_id.clone())
    }

    async fn put_off(&self, record: &Record, job: Option<Job>) -> Result<(), QueueError> {
        match job {
            Some(job) => self.jobs.send(&job.put_off()).await,
            None => self.jobs.send_body(&record.body, FOR_NEWER_WORKER).await,
        }
    }
}

fn log(level: Level, message: &str, message_id: &str, reason: &str) {
    telemetry::log(
        level,
        "job",
        message,
        &[("message_id", message_id.into()), ("reason", reason.into())],
    );
}
