//! Jobs that were given up.

use std::time::Duration;

use ::chatctl::{Failure, Report as _, explain, list, redrive};
use chat::jobs::{Job, Queue};
use tests::eventually;
use tokio::time::timeout;

use super::operator::Operator;

impl Operator {
    fn dead(&self) -> Queue {
        Queue::new(self.engines.sqs.clone(), &self.engines.dead_letters_url)
    }

    /// The bodies in a queue, which are gone from it then.
    async fn drain(&self, url: &str) -> Vec<String> {
        let mut bodies = Vec::new();
        loop {
            let sqs = &self.engines.sqs;
            let answer =
                sqs.receive_message().queue_url(url).max_number_of_messages(10).send().await;
            let messages = answer.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return bodies;
            }
            for message in messages {
                let receipt = message.receipt_handle.unwrap();
                sqs.delete_message().queue_url(url).receipt_handle(receipt).send().await.unwrap();
                bodies.push(message.body.unwrap());
            }
        }
    }
}

#[tokio::test]
async fn dead_letters_are_listed_with_their_reasons_and_stay_where_they_are() {
    let operator = Operator::with(&[1]).await;
    let (number, job) = operator.job(1, "secret").await;
    operator.dead().send_dead_letter(&job.to_body(), "a reason").await.unwrap();
    operator.dead().send_dead_letter("{ secret", "not a job").await.unwrap();
    // What the queue itself gives up has no reason.
    operator.dead().send_body("null", 0).await.unwrap();
    for looks in 1..=2 {
        let found = list(&operator.engines, 100).await.unwrap();
        assert_eq!(found.dead_letters.len(), 3, "{}", found.text());
        assert!(found.is_amiss());
        let letter = found.dead_letters.iter().find(|letter| letter.job.is_some()).unwrap();
        let known = letter.job.as_ref().unwrap();
        assert_eq!(
            (known.kind, known.chat, known.message),
            ("create_message", Some(1), Some(number))
        );
        assert_eq!((letter.reason.as_deref(), letter.received), (Some("a reason"), looks));
        let json = serde_json::to_string(&found).unwrap();
        assert!(!json.contains("secret") && !json.contains(operator.token.as_str()), "{json}");
        assert_eq!(found.dead_letters.iter().filter(|letter| letter.reason.is_none()).count(), 1);
    }
    assert_eq!(list(&operator.engines, 2).await.unwrap().dead_letters.len(), 2);
    assert_eq!(operator.drain(&operator.engines.dead_letters_url).await.len(), 3, "all are there");
    operator.remove().await;
}

#[tokio::test]
async fn a_dead_letter_is_explained_by_what_the_stack_holds() {
    let operator = Operator::with(&[1]).await;
    let (_, job) = operator.job(1, "secret").await;
    let lost = job.to_body().replace(operator.token.as_str(), tests::new_token().as_str());
    for (body, expected, advice) in [
        (job.to_body(), (Some(true), Some(false), Some(false)), "redrive it"),
        (lost, (Some(false), Some(false), Some(false)), "would bring it back"),
        ("{".to_owned(), (None, None, None), "no release reads it"),
        (r#"{"version":9}"#.to_owned(), (None, None, None), "newer release"),
    ] {
        operator.dead().send_dead_letter(&body, "a reason").await.unwrap();
        let id = list(&operator.engines, 1).await.unwrap().dead_letters[0].id.clone();
        let found = explain(&operator.engines, &id[..20]).await.unwrap();
        let known = (found.application_exists, found.rows_written, found.documents_written);
        assert_eq!(known, expected, "{}", found.text());
        assert!(found.advice.contains(advice), "{}", found.text());
        operator.drain(&operator.engines.dead_letters_url).await;
    }
    operator.done(std::slice::from_ref(&job)).await;
    operator.dead().send_dead_letter(&job.to_body(), "a reason").await.unwrap();
    let found = explain(&operator.engines, "").await.unwrap();
    assert!(found.advice.contains("does no harm"), "{}", found.text());
    let missing = explain(&operator.engines, "nobody").await;
    assert!(matches!(missing, Err(Failure::NoDeadLetter(_))));
    operator.remove().await;
}

#[tokio::test]
async fn one_dead_letter_or_all_of_them_become_jobs_again() {
    let operator = Operator::with(&[1]).await;
    let mut bodies = Vec::new();
    for _ in 0..13 {
        let (_, job) = operator.job(1, "\u{ffff}\0").await;
        operator.dead().send_dead_letter(&job.to_body(), "a reason").await.unwrap();
        bodies.push(job.to_body());
    }
    let one = list(&operator.engines, 100).await.unwrap().dead_letters[7].id.clone();
    assert_eq!(redrive(&operator.engines, Some(&one)).await.unwrap().redriven, 1);
    let mut jobs = operator.drain(&operator.engines.jobs_url).await;
    assert_eq!(jobs.len(), 1);
    assert_eq!(redrive(&operator.engines, None).await.unwrap().redriven, 12);
    jobs.extend(operator.drain(&operator.engines.jobs_url).await);
    jobs.sort_unstable();
    bodies.sort_unstable();
    assert_eq!(jobs, bodies);
    let jobs: Vec<Job> = jobs.iter().map(|body| Job::from_body(body).unwrap()).collect();
    operator.done(&jobs).await;
    assert_eq!(operator.message_count(1).await, 14);
    assert!(!list(&operator.engines, 100).await.unwrap().is_amiss());
    operator.remove().await;
}

#[tokio::test]
async fn a_job_that_comes_back_at_once_is_not_sent_forever() {
    let operator = Operator::new().await;
    operator.dead().send_dead_letter("{", "not a job").await.unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    let worker = async {
        eventually("the job to come back", async || {
            let bodies = operator.drain(&operator.engines.jobs_url).await;
            let body = bodies.first().ok_or("none yet")?;
            operator.dead().send_dead_letter(body, "not a job").await.unwrap();
            Ok::<(), &str>(())
        })
        .await;
    };
    let (redriven, ()) = tokio::join!(redrive(&operator.engines, None), worker);
    assert_eq!(redriven.unwrap().redriven, 1);
    assert_eq!(list(&operator.engines, 10).await.unwrap().dead_letters.len(), 1);
    operator.remove().await;
}

#[tokio::test]
async fn a_redrive_that_was_cut_off_loses_no_job() {
    let operator = Operator::with(&[1]).await;
    let mut expected = Vec::new();
    for _ in 0..12 {
        let (_, job) = operator.job(1, "an apple").await;
        operator.dead().send_dead_letter(&job.to_body(), "a reason").await.unwrap();
        expected.push(job);
    }
    let _ = timeout(Duration::from_millis(40), redrive(&operator.engines, None)).await;
    let mut jobs = operator.drain(&operator.engines.jobs_url).await;
    // What the interrupted run had received is hidden for a minute at most.
    let sqs = &operator.engines.sqs;
    eventually("the rest to be redriven", async || {
        redrive(&operator.engines, None).await.unwrap();
        jobs.extend(operator.drain(&operator.engines.jobs_url).await);
        let depth = sqs
            .get_queue_attributes()
            .queue_url(&operator.engines.dead_letters_url)
            .attribute_names(aws_sdk_sqs::types::QueueAttributeName::All)
            .send()
            .await
            .unwrap();
        let hidden = depth
            .attributes()
            .and_then(|all| {
                all.get(
                    &aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
                )
            })
            .cloned();
        if hidden.as_deref() == Some("0") { Ok(()) } else { Err(hidden) }
    })
    .await;
    let jobs: Vec<Job> = jobs.iter().map(|body| Job::from_body(body).unwrap()).collect();
    assert!(expected.iter().all(|job| jobs.contains(job)), "{} of {}", jobs.len(), expected.len());
    operator.done(&jobs).await;
    assert_eq!(operator.message_count(1).await, 13);
    operator.remove().await;
}
