//! A queue that does what SQS may do and an emulator cannot be made to do on purpose: deliver in
//! any order, twice, late, and again after a success.

use std::sync::{Mutex, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::faults::answer;

/// The address of the dead letters; any other address is the jobs'.
pub(crate) const DEAD_LETTERS_URL: &str = "http://queue/dead-letters";
pub(crate) const JOBS_URL: &str = "http://queue/jobs";

/// Messages that were sent and not deleted.
#[derive(Debug, Default)]
pub(crate) struct VirtualQueue(Mutex<Queues>);

#[derive(Debug, Default)]
struct Queues {
    jobs: Vec<Message>,
    dead_letters: Vec<String>,
    sent: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) body: String,
}

impl VirtualQueue {
    /// Takes a `SendMessage` and answers it as SQS does. Delays are left to the order of delivery.
    pub(crate) fn accept(&self, request: &HttpRequest) -> HttpResponse {
        let sent: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())
            .expect("the SDK's JSON");
        let body = sent["MessageBody"].as_str().expect("a body").to_owned();
        let id = if sent["QueueUrl"] == DEAD_LETTERS_URL {
            self.lock().dead_letters.push(body);
            0
        } else {
            self.push(body)
        };
        answer(200, &format!(r#"{{"MessageId":"{id}","MD5OfMessageBody":""}}"#))
    }

    /// Adds a job, and returns its message's id.
    pub(crate) fn push(&self, body: String) -> u64 {
        let mut queues = self.lock();
        queues.sent += 1;
        let id = queues.sent;
        queues.jobs.push(Message { id, body });
        id
    }

    /// Up to ten messages, picked by chance: they stay in the queue until they are deleted.
    pub(crate) fn receive(&self, random: &mut fastrand::Rng) -> Vec<Message> {
        let queues = self.lock();
        let mut picked =
            random.choose_multiple(queues.jobs.iter().cloned(), random.clone().usize(1..=10));
        random.shuffle(&mut picked);
        picked
    }

    pub(crate) fn delete(&self, done: &[u64]) {
        self.lock().jobs.retain(|message| !done.contains(&message.id));
    }

    pub(crate) fn waiting(&self) -> usize {
        self.lock().jobs.len()
    }

    pub(crate) fn dead_letters(&self) -> Vec<String> {
        self.lock().dead_letters.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
