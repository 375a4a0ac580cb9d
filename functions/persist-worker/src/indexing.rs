//! The search engine's part: one bulk request for the batch, and the hand-over of what it did not
//! take to jobs that try again later.

use std::{collections::BTreeMap, time::Instant};

use chat::{
    jobs::{IndexMessages, Job, MAX_REFERENCES, Queue, Task},
    model::{AccessToken, MessageReference, Timestamp},
    search::{Document, Outcome, Search},
    telemetry,
};
use futures_util::future::join_all;

use crate::{
    fate::{Fate, Fates},
    isolation::isolated,
    persisting::Pending,
};

/// What became of a batch's messages.
#[derive(Debug, Default)]
pub(crate) struct Indexed {
    /// When the texts were accepted whose documents were written. What the engine knew already, as
    /// it does when the second job of an edit is done, was counted then.
    pub(crate) accepted: Vec<Timestamp>,
    pub(crate) handed_over: usize,
    pub(crate) dead: usize,
}

/// Makes a batch's messages searchable. A record is done when each of its messages is, or is
/// handed over, or is a dead letter with its reason.
pub(crate) async fn index(
    search: &Search,
    jobs: &Queue,
    dead_letters: &Queue,
    pending: &[(AccessToken, Pending)],
    deadline: Instant,
    fates: &mut Fates,
) -> Indexed {
    let mut indexed = Indexed::default();
    let waiting: Vec<&(AccessToken, Pending)> =
        pending.iter().filter(|(_, message)| fates.are_done(&message.records)).collect();
    let outcomes = bulk(search, &waiting, deadline).await;

    let mut hand_overs: BTreeMap<(AccessToken, u32), Vec<&Pending>> = BTreeMap::new();
    for ((token, message), outcome) in waiting.into_iter().zip(outcomes) {
        match outcome {
            Ok(Outcome::Indexed) => indexed.accepted.push(message.message.updated_at),
            Ok(Outcome::Known) => {}
            Ok(Outcome::Later(_)) => {
                indexed.handed_over += 1;
                let group = hand_overs.entry((token.clone(), message.attempt)).or_default();
                group.push(message);
            }
            Ok(Outcome::Refused(error)) => {
                indexed.dead += 1;
                let reason = telemetry::with_causes(&*error);
                let job = index_job(token, message.attempt, [message].into_iter());
                let sent = dead_letters.send_dead_letter(&job.to_body(), &reason).await;
                settle_failure(fates, &message.records, sent.is_err());
            }
            Err(fate) => fates.settle(&message.records, &fate),
        }
    }

    let sends = hand_overs.iter().flat_map(|((token, attempt), messages)| {
        messages.chunks(MAX_REFERENCES).map(async |part| {
            let job = index_job(token, *attempt, part.iter().copied()).put_off();
            (part, jobs.send(&job).await)
        })
    });
    for (part, sent) in join_all(sends).await {
        for message in part {
            settle_failure(fates, &message.records, sent.is_err());
        }
    }
    indexed
}

/// One outcome for each message. Where the whole request panics, each goes alone.
async fn bulk(
    search: &Search,
    waiting: &[&(AccessToken, Pending)],
    deadline: Instant,
) -> Vec<Result<Outcome, Fate>> {
    if waiting.is_empty() {
        return Vec::new();
    }
    let documents: Vec<Document<'_>> = waiting
        .iter()
        .map(|(token, pending)| Document { token, chat: pending.chat, message: &pending.message })
        .collect();
    if let Ok(outcomes) = isolated(search.index(&documents, deadline)).await {
        return outcomes.into_iter().map(Ok).collect();
    }
    let mut outcomes = Vec::with_capacity(documents.len());
    for document in documents.chunks(1) {
        let alone = isolated(search.index(document, deadline)).await;
        let outcome = alone.ok().and_then(|outcomes| outcomes.into_iter().next());
        outcomes.push(outcome.ok_or_else(|| Fate::Failed("indexing it panicked".to_owned())));
    }
    outcomes
}

/// Parents were touched by now, so the new job need not do so.
fn index_job<'a>(
    token: &AccessToken,
    attempt: u32,
    messages: impl Iterator<Item = &'a Pending>,
) -> Job {
    let messages = messages
        .map(|pending| MessageReference { chat: pending.chat, number: pending.message.number })
        .collect();
    let task = IndexMessages { access_token: token.clone(), messages, edited: false };
    Job { attempt, ..Job::new(Task::IndexMessages(task)) }
}

fn settle_failure(fates: &mut Fates, records: &[usize], failed: bool) {
    if failed {
        fates.settle(records, &Fate::Failed("its hand-over could not be sent".to_owned()));
    }
}
