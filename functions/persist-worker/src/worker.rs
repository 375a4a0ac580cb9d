//! A batch from its event to its answer.

use std::time::Instant;

use chat::{
    jobs::{Queue, QueueError},
    search::Search,
    store::Store,
    telemetry::{self, Lines, Metric, Metrics},
};
use futures_util::future::join_all;

use crate::{
    batch::Batch,
    deadlines::Deadlines,
    event::{BatchItemFailure, BatchResponse, SqsEvent},
    fate::{Fate, Fates},
    indexing::index,
    lines::{Ending, Invocation},
    persisting::persist,
};

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
    pub async fn handle(&self, event: SqsEvent, invocation: &Invocation<'_>) -> BatchResponse {
        let started = Instant::now();
        let deadlines = Deadlines::until(invocation.ends);
        let records = event.records;
        let mut fates = Fates::all_done(records.len());
        let mut metrics = Metrics::default();
        let batch = Batch::sort(&records, &mut fates);

        let tenants = batch.tenants.iter().map(async |(token, tenant)| {
            (token, persist(&self.store, token, tenant, deadlines.store).await)
        });
        let (mut pending, mut accepted) = (Vec::new(), Vec::new());
        for (token, persisted) in join_all(tenants).await {
            for (records, fate) in persisted.fates {
                fates.settle(&records, &fate);
            }
            accepted.extend(persisted.accepted);
            pending.extend(persisted.pending.into_iter().map(|message| (token.clone(), message)));
        }
        metrics.count(Metric::Persisted, accepted.len());
        metrics.lag(Metric::PersistLag, &accepted);

        let indexed = index(
            &self.search,
            &self.jobs,
            &self.dead_letters,
            &pending,
            deadlines.search,
            &mut fates,
        )
        .await;
        metrics.count(Metric::Indexed, indexed.accepted.len());
        metrics.lag(Metric::IndexLag, &indexed.accepted);
        metrics.count(Metric::HandOvers, indexed.handed_over);

        let fates: Vec<Fate> = fates.into_iter().collect();
        let of_kind = |kind: fn(&Fate) -> bool| fates.iter().filter(|fate| kind(fate)).count();
        metrics.count(Metric::PutOff, of_kind(|fate| matches!(fate, Fate::PutOff(_))));
        let dead = of_kind(|fate| matches!(fate, Fate::Dead(_)));
        metrics.count(Metric::DeadLetters, dead + indexed.dead);
        metrics.count_conflicts();

        let ends = records
            .iter()
            .zip(batch.jobs)
            .zip(fates)
            .map(|((record, job), fate)| self.end(Ending { record, job, started }, fate));
        let mut failed = Vec::new();
        let mut lines = Lines::default();
        for (id, of_record) in join_all(ends).await {
            failed.extend(id);
            lines.append(&of_record);
        }
        let duration = started.elapsed();
        invocation.log(&mut lines, records.len(), failed.len(), duration, &metrics);
        lines.write();
        BatchResponse {
            batch_item_failures: failed
                .into_iter()
                .map(|item_identifier| BatchItemFailure { item_identifier })
                .collect(),
        }
    }

    /// Sends a record where its fate says; the id of one that is to be delivered again, and what
    /// the log says.
    async fn end(&self, ending: Ending<'_>, fate: Fate) -> (Option<String>, Lines) {
        let sent = match &fate {
            Fate::Done | Fate::Failed(_) => Ok(()),
            Fate::PutOff(_) => self.put_off(&ending).await,
            Fate::Dead(reason) => {
                self.dead_letters.send_dead_letter(&ending.record.body, reason).await
            }
        };
        let mut lines = Lines::default();
        ending.log(&mut lines, &fate);
        if let Err(error) = &sent {
            ending.log(&mut lines, &Fate::Failed(telemetry::with_causes(error)));
        }
        let again = sent.is_err() || matches!(fate, Fate::Failed(_));
        (again.then(|| ending.record.message_id.clone()), lines)
    }

    async fn put_off(&self, ending: &Ending<'_>) -> Result<(), QueueError> {
        match &ending.job {
            Some(job) => self.jobs.send(&job.clone().put_off()).await,
            None => self.jobs.send_body(&ending.record.body, ending.record.attempt() + 1).await,
        }
    }
}
