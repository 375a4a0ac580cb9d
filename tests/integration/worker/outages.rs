//! Engines that are away.

use std::collections::BTreeSet;

use chat::{
    jobs::{Job, Task},
    model::MessageReference,
    store::Store,
};
use tests::{clients, eventually};

use super::setup::Setup;

/// Nothing listens there: port 9 of this machine is the discard service's.
const NOWHERE: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn without_the_search_engine_rows_are_written_and_indexing_is_handed_over() {
    let mut setup = Setup::with_search_at(NOWHERE.to_owned()).await;
    let jobs: Vec<Job> = (1..=3).map(|number| setup.message(1, number, "apple")).collect();
    setup.done(&jobs).await;
    assert_eq!(setup.message_count(1).await, Some(3));

    let handed_over = setup.sent_job(1).await;
    assert_eq!(handed_over, setup.index(&[(1, 1), (1, 2), (1, 3)], false).put_off());
    setup.done(std::slice::from_ref(&handed_over)).await;
    let again = setup.sent_job(2).await;
    assert_eq!(references(&again), references(&handed_over), "in any order");

    setup.worker.search =
        clients("TEST_DYNAMODB_URL").search(tests::variable("TEST_SEARCH_URL")).unwrap();
    setup.done(&[again]).await;
    setup.finds(1, "apple", &[1, 2, 3]).await;
    assert_eq!(setup.dead_letters.receive().await, []);
}

fn references(job: &Job) -> BTreeSet<MessageReference> {
    let Task::IndexMessages(task) = &job.task else { panic!("another task: {job:?}") };
    task.messages.iter().copied().collect()
}

#[tokio::test]
async fn without_the_store_a_job_waits_and_is_done_when_it_comes_back() {
    let mut setup = Setup::new().await;
    let store = setup.store().clone();
    setup.worker.store = Store::new(clients("TEST_DYNAMODB_URL").dynamodb(), "nowhere");
    let jobs = [setup.chat(1), setup.message(1, 1, "apple"), setup.index(&[(1, 1)], true)];
    setup.done(&jobs).await;

    let mut waiting = Vec::new();
    eventually("three jobs that wait", async || {
        for message in setup.jobs.receive().await {
            let job = Job::from_body(message.body().unwrap()).unwrap();
            if !waiting.contains(&job) {
                waiting.push(job);
            }
        }
        if waiting.len() == 3 { Ok(()) } else { Err(waiting.len()) }
    })
    .await;
    for job in jobs {
        assert!(waiting.contains(&job.clone().put_off()), "{job:?}");
    }

    setup.worker.store = store;
    setup.done(&waiting).await;
    assert_eq!(setup.message_count(1).await, Some(1));
    setup.finds(1, "apple", &[1]).await;
}

#[tokio::test]
async fn a_job_that_cannot_be_sent_on_is_delivered_again() {
    let mut setup = Setup::with_search_at(NOWHERE.to_owned()).await;
    setup.worker.jobs = chat::jobs::Queue::new(
        clients("TEST_SQS_URL").sqs(),
        "http://127.0.0.1:9/000000000000/nowhere",
    );
    setup.worker.dead_letters = setup.worker.jobs.clone();
    let jobs = [setup.chat(1).to_body(), setup.message(1, 1, "apple").to_body(), "{".to_owned()];
    assert_eq!(setup.handle(&jobs).await, ["1", "2"]);
    assert_eq!(setup.message_count(1).await, Some(1));
}

#[tokio::test]
async fn a_job_of_a_newer_release_waits() {
    let setup = Setup::new().await;
    let newer = setup.chat(1).to_body().replace(r#""version":1"#, r#""version":2"#);
    assert_eq!(setup.handle(std::slice::from_ref(&newer)).await, [""; 0]);
    assert_eq!(setup.message_count(1).await, None);
    assert!(setup.jobs.waiting().await >= 1);
}
