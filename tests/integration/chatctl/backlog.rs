//! A backlog that the worker writes while the search engine is away for a part of it.
//!
//! `BACKLOG_MESSAGES` says how many messages; a few hundred unless it is set.

use std::{
    env,
    time::{Duration, Instant},
};

use ::chatctl::{Report as _, cli::VerifyOptions, verify};
use chat::jobs::Job;
use persist_worker::Worker;
use tests::{QueueReader, clients, eventually, together};

use super::operator::{Operator, at_once};

/// As many as the operator makes.
const CHATS: u64 = 10;
const BATCH: usize = 10;

#[tokio::test]
async fn a_backlog_written_while_the_search_engine_is_away_leaves_no_difference() {
    let messages: u64 = env::var("BACKLOG_MESSAGES").map_or(300, |text| text.parse().unwrap());
    let operator = Operator::with(&[0; 10]).await;
    let numbered = (0..messages).map(|message| operator.job(1 + message % CHATS, "an apple"));
    let jobs: Vec<Job> = together(numbered).await.into_iter().map(|(_, job)| job).collect();
    let batches: Vec<&[Job]> = jobs.chunks(BATCH).collect();
    let third = batches.len() / 3;

    // Nothing listens at port 9 of this machine.
    let away = clients("TEST_DYNAMODB_URL").search("http://127.0.0.1:9".to_owned()).unwrap();
    let without_search = Worker { search: away, ..operator.worker.clone() };
    let started = Instant::now();
    for (part, worker) in [
        (&batches[..third], &operator.worker),
        (&batches[third..2 * third], &without_search),
        (&batches[2 * third..], &operator.worker),
    ] {
        together(part.iter().map(|batch| operator.done_by(worker, batch))).await;
    }

    let written = started.elapsed().as_secs_f64();

    // What was handed over comes back from the queue, until nothing is left: the wait for each
    // batch has a deadline, so that a long backlog may take its time.
    let queue = QueueReader::at(&operator.engines.jobs_url);
    while let Some(jobs) = eventually("a batch, or an empty queue", async || {
        let received = queue.receive().await;
        let jobs: Vec<Job> = received
            .iter()
            .map(|message| Job::from_body(message.body().unwrap()).unwrap())
            .collect();
        match (jobs.is_empty(), queue.waiting().await) {
            (false, _) => Ok(Some(jobs)),
            (true, 0) => Ok(None),
            (true, left) => Err(left),
        }
    })
    .await
    {
        operator.done(&jobs).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{messages} messages written and indexed in {seconds:.1} s, of which {:.1} s are for the \
         third that was handed over",
        seconds - written
    );

    let settled = VerifyOptions { settle: Duration::from_secs(10), ..at_once() };
    let found = verify(&operator.engines, &settled).await.unwrap();
    assert_eq!(found.differences, 0, "{}", found.text());
    assert_eq!((found.messages, found.documents), (messages, messages));
    assert_eq!(QueueReader::at(&operator.engines.dead_letters_url).waiting().await, 0);
    operator.remove().await;
}
