//! A worker with a table and queues of its own, and jobs for it.

use std::time::{Duration, Instant, SystemTime};

use chat::{
    jobs::{CreateChat, CreateMessage, IndexMessages, Job, Task},
    model::{
        AccessToken, ChatNumber, Keyword, MessageBody, MessageNumber, MessageReference, Timestamp,
    },
    store::Store,
};
use persist_worker::{Record, SqsEvent, Worker};
use tests::{
    QueueReader, clients, eventually, new_application, new_queue, new_store_table, variable,
};

/// A worker, its application, and what it leaves behind.
pub(super) struct Setup {
    pub(super) worker: Worker,
    pub(super) jobs: QueueReader,
    pub(super) dead_letters: QueueReader,
    pub(super) token: AccessToken,
    pub(super) table: String,
}

/// When the jobs' chats and messages were accepted: before anything that a test does.
pub(super) fn accepted() -> Timestamp {
    Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap()
}

impl Setup {
    pub(super) async fn new() -> Self {
        Self::with_search_at(variable("TEST_SEARCH_URL")).await
    }

    pub(super) async fn with_search_at(url: String) -> Self {
        let (store, table) = new_store_table().await;
        let token = new_application(&store).await.access_token;
        let (job_queue, jobs) = new_queue().await;
        let (dead_letter_queue, dead_letters) = new_queue().await;
        let search = clients("TEST_DYNAMODB_URL").search(url).unwrap();
        let worker = Worker { store, search, jobs: job_queue, dead_letters: dead_letter_queue };
        Self { worker, jobs, dead_letters, token, table }
    }

    /// Has the worker do bodies as one batch; the ids (`0`, `1`, …) that it wants delivered again.
    pub(super) async fn handle(&self, bodies: &[String]) -> Vec<String> {
        let records = bodies
            .iter()
            .enumerate()
            .map(|(id, body)| Record::new(id.to_string(), body.clone()))
            .collect();
        let ends = SystemTime::now() + Duration::from_secs(30);
        let answer = self.worker.handle(SqsEvent { records }, &tests::invocation(ends)).await;
        answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    /// Has the worker do jobs, which must all be done.
    pub(super) async fn done(&self, jobs: &[Job]) {
        let bodies: Vec<String> = jobs.iter().map(Job::to_body).collect();
        assert_eq!(self.handle(&bodies).await, [""; 0]);
    }

    pub(super) fn chat(&self, number: u64) -> Job {
        Job::new(Task::CreateChat(CreateChat {
            access_token: self.token.clone(),
            number: chat_number(number),
            created_at: accepted(),
        }))
    }

    pub(super) fn message(&self, chat: u64, number: u64, text: &str) -> Job {
        Job::new(Task::CreateMessage(CreateMessage {
            access_token: self.token.clone(),
            chat_number: chat_number(chat),
            chat_created_at: accepted(),
            number: message_number(number),
            body: MessageBody::new(text.to_owned()).unwrap(),
            created_at: accepted().plus_millis(i64::try_from(number).unwrap()),
        }))
    }

    pub(super) fn index(&self, messages: &[(u64, u64)], edited: bool) -> Job {
        let messages = messages
            .iter()
            .map(|&(chat, number)| MessageReference {
                chat: chat_number(chat),
                number: message_number(number),
            })
            .collect();
        let access_token = self.token.clone();
        Job::new(Task::IndexMessages(IndexMessages { access_token, messages, edited }))
    }

    pub(super) async fn chat_count(&self) -> u64 {
        self.worker.store.application(&self.token).await.unwrap().unwrap().chat_count
    }

    pub(super) async fn message_count(&self, chat: u64) -> Option<u64> {
        let chat = self.store().chat(&self.token, chat_number(chat)).await.unwrap()?;
        Some(chat.message_count)
    }

    pub(super) fn store(&self) -> &Store {
        &self.worker.store
    }

    /// The numbers of a chat's messages that a keyword finds, once they are those expected.
    pub(super) async fn finds(&self, chat: u64, keyword: &str, expected: &[u64]) {
        let keyword = Keyword::new(keyword.to_owned()).unwrap();
        eventually("the messages to be found", async || {
            let deadline = Instant::now() + Duration::from_secs(5);
            let search = &self.worker.search;
            let found = search
                .find(&self.token, chat_number(chat), &keyword, 100, None, deadline)
                .await
                .map_err(|error| error.to_string())?;
            let numbers: Vec<u64> = found.hits.iter().map(|hit| hit.message.number.get()).collect();
            if numbers == expected { Ok(()) } else { Err(format!("{numbers:?}")) }
        })
        .await;
    }

    /// The job that was sent on for so many attempts, once it can be received. A send whose answer
    /// was late is repeated, so an earlier job may stand in the queue twice.
    pub(super) async fn sent_job(&self, attempt: u32) -> Job {
        eventually("a job to be sent on", async || {
            let messages = self.jobs.receive().await;
            let bodies = messages.iter().filter_map(|message| message.body());
            let mut jobs = bodies.map(|body| Job::from_body(body).unwrap());
            jobs.find(|job| job.attempt == attempt).ok_or("none")
        })
        .await
    }

    /// The body and the reason of the dead letter, once it can be received.
    pub(super) async fn dead_letter(&self) -> (String, String) {
        eventually("a dead letter", async || {
            let messages = self.dead_letters.receive().await;
            let message = messages.first().ok_or("none")?;
            let attributes = message.message_attributes().ok_or("no attributes")?;
            let reason = attributes.get("reason").and_then(|reason| reason.string_value());
            let body = message.body().unwrap_or_default();
            Ok::<_, &str>((body.to_owned(), reason.unwrap_or_default().to_owned()))
        })
        .await
    }
}

pub(super) fn chat_number(number: u64) -> ChatNumber {
    ChatNumber::try_from(number).unwrap()
}

pub(super) fn message_number(number: u64) -> MessageNumber {
    MessageNumber::try_from(number).unwrap()
}
