//! A stack of a test's own, its worker, and an operator beside it.

use std::time::{Duration, Instant, SystemTime};

use ::chatctl::{
    Engines,
    cli::{ReindexOptions, VerifyOptions},
};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::Builder;
use chat::{
    jobs::{CreateMessage, IndexMessages, Job, Queue, Task},
    model::{
        AccessToken, ChatNumber, Keyword, Message, MessageBody, MessageNumber, MessageReference,
        Timestamp,
    },
    search::{Document, Outcome, Search, SearchConfig, SearchError},
    store::{Attempt, Edit, Parent, Store},
};
use persist_worker::{Record, SqsEvent, Worker};
use tests::{
    new_application, new_queue_url, new_store_table, new_token, patient_dynamodb, patient_sqs,
    variable,
};

/// Jobs that the worker is given at once.
const BATCH: usize = 10;

pub(super) struct Operator {
    pub(super) engines: Engines,
    pub(super) worker: Worker,
    pub(super) token: AccessToken,
    pub(super) table: String,
}

pub(super) fn chat_number(number: u64) -> ChatNumber {
    ChatNumber::try_from(number).unwrap()
}

pub(super) fn message_number(number: u64) -> MessageNumber {
    MessageNumber::try_from(number).unwrap()
}

pub(super) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Nothing is under way in a test that asks with these.
pub(super) fn at_once() -> VerifyOptions {
    VerifyOptions {
        application: None,
        repair: false,
        allow_gaps: false,
        settle: Duration::ZERO,
        limit: 100,
        segments: 3,
    }
}

pub(super) fn mending() -> VerifyOptions {
    VerifyOptions { repair: true, ..at_once() }
}

pub(super) fn rebuilding() -> ReindexOptions {
    ReindexOptions {
        keep_old: false,
        afresh: false,
        grace: Duration::ZERO,
        settle: Duration::from_secs(10),
        segments: 3,
    }
}

impl Operator {
    /// An empty application in a stack of its own.
    pub(super) async fn new() -> Self {
        let (store, table) = new_store_table().await;
        let token = new_application(&store).await.access_token;
        let sqs = patient_sqs();
        let (jobs_url, dead_letters_url) = (new_queue_url().await, new_queue_url().await);
        let config = SearchConfig {
            url: variable("TEST_SEARCH_URL"),
            alias: format!("chatctl-tests-{}", new_token().digest()),
            signing: None,
        };
        let search = Search::new(Builder::new().build_http(), config).unwrap();
        search.create_first_index(soon()).await.unwrap();
        let worker = Worker {
            store: store.clone(),
            search: search.clone(),
            jobs: Queue::new(sqs.clone(), &jobs_url),
            dead_letters: Queue::new(sqs.clone(), &dead_letters_url),
        };
        let engines = Engines { store, search, sqs, jobs_url, dead_letters_url };
        Self { engines, worker, token, table }
    }

    /// One with this many messages in each of these chats.
    pub(super) async fn with(chats: &[u64]) -> Self {
        let operator = Self::new().await;
        for (chat, &messages) in (1..).zip(chats) {
            operator.new_chat(chat).await;
            operator.say(chat, messages).await;
        }
        operator
    }

    pub(super) fn store(&self) -> &Store {
        &self.engines.store
    }

    pub(super) fn search(&self) -> &Search {
        &self.engines.search
    }

    pub(super) async fn new_chat(&self, expected: u64) {
        let (now, request) = (Timestamp::now(), String::from(new_token()));
        let assigned = self.store().assign_chat_number(&self.token, &request, now).await.unwrap();
        assert_eq!(assigned.number, chat_number(expected));
        self.store().put_message_counter(&self.token, assigned.number, now).await.unwrap();
        let chat = chat::store::NewChat { number: assigned.number, created_at: now };
        self.store().persist_chats(&self.token, &[chat], soon()).await.unwrap();
    }

    /// Writes so many messages and their documents without a worker, which is faster.
    pub(super) async fn fill(&self, chat: u64, messages: u64) {
        let (number, now) = (chat_number(chat), Timestamp::now());
        let parent = Parent::Chat(&self.token, number);
        self.store().raise_counter(parent, messages, Some(now), "filling").await.unwrap();
        let rows: Vec<Message> = (1..=messages)
            .map(|number| Message {
                number: message_number(number),
                body: MessageBody::new("an apple".to_owned()).unwrap(),
                created_at: now,
                updated_at: now,
                revision: 1,
            })
            .collect();
        for part in rows.chunks(500) {
            self.store().import_messages(&self.token, number, part, soon()).await.unwrap();
            let documents: Vec<Document<'_>> = part
                .iter()
                .map(|message| Document { token: &self.token, chat: number, message })
                .collect();
            for outcome in self.search().index(&documents, soon()).await {
                assert!(matches!(outcome, Outcome::Indexed | Outcome::Known), "{outcome:?}");
            }
        }
    }

    /// Takes a number that nothing will be written under.
    pub(super) async fn skip(&self, chat: u64) -> u64 {
        let request = String::from(new_token());
        let (chat, now) = (chat_number(chat), Timestamp::now());
        let assigned = self.store().assign_message_number(&self.token, chat, &request, now).await;
        assigned.unwrap().number.get()
    }

    /// The job of a message whose number is taken from its chat's counter.
    pub(super) async fn job(&self, chat: u64, text: &str) -> (u64, Job) {
        let request = String::from(new_token());
        let (chat_number, now) = (chat_number(chat), Timestamp::now());
        let assigned = self
            .store()
            .assign_message_number(&self.token, chat_number, &request, now)
            .await
            .unwrap();
        let job = Job::new(Task::CreateMessage(CreateMessage {
            access_token: self.token.clone(),
            chat_number,
            chat_created_at: assigned.chat_created_at,
            number: assigned.number,
            body: MessageBody::new(text.to_owned()).unwrap(),
            created_at: now,
        }));
        (assigned.number.get(), job)
    }

    /// Sends so many messages, and has the worker do their jobs.
    pub(super) async fn say(&self, chat: u64, messages: u64) {
        let mut jobs = Vec::new();
        for left in (0..messages).rev() {
            jobs.push(self.job(chat, "an apple").await.1);
            if jobs.len() == BATCH || left == 0 {
                self.done(&jobs).await;
                jobs.clear();
            }
        }
    }

    pub(super) async fn done(&self, jobs: &[Job]) {
        self.done_by(&self.worker, jobs).await;
    }

    /// Has a worker do jobs, all of which it must have done or sent on.
    pub(super) async fn done_by(&self, worker: &Worker, jobs: &[Job]) {
        let records = jobs
            .iter()
            .enumerate()
            .map(|(id, job)| Record::new(id.to_string(), job.to_body()))
            .collect();
        let ends = SystemTime::now() + Duration::from_secs(30);
        let answer = worker.handle(SqsEvent { records }, &tests::invocation(ends)).await;
        assert_eq!(answer.batch_item_failures, []);
    }

    pub(super) async fn message(&self, chat: u64, number: u64) -> Message {
        let (chat, number) = (chat_number(chat), message_number(number));
        self.store().message(&self.token, chat, number).await.unwrap().unwrap()
    }

    /// Edits a row; its document stays as it was until its job is done.
    pub(super) async fn edit(&self, chat: u64, number: u64, text: &str) -> Job {
        let request = String::from(new_token());
        let body = MessageBody::new(text.to_owned()).unwrap();
        let edit = Edit { request_id: &request, accepted_at: Timestamp::now() };
        let read = self.message(chat, number).await;
        let store = self.store();
        let attempt =
            store.edit_message(&self.token, chat_number(chat), &read, &body, &edit).await.unwrap();
        assert!(matches!(attempt, Attempt::Done(_)), "{attempt:?}");
        Job::new(Task::IndexMessages(IndexMessages {
            access_token: self.token.clone(),
            messages: vec![MessageReference {
                chat: chat_number(chat),
                number: message_number(number),
            }],
            edited: true,
        }))
    }

    /// Overwrites a number of an item by hand.
    pub(super) async fn set(&self, pk: String, sk: &str, attribute: &str, value: u64) {
        patient_dynamodb()
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(pk))
            .key("sk", AttributeValue::S(sk.to_owned()))
            .update_expression("SET #attribute = :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", AttributeValue::N(value.to_string()))
            .send()
            .await
            .unwrap();
    }

    pub(super) async fn message_count(&self, chat: u64) -> u64 {
        let chat = self.store().chat(&self.token, chat_number(chat)).await.unwrap();
        chat.unwrap().message_count
    }

    /// The numbers of a chat's messages that a keyword finds.
    pub(super) async fn find(&self, chat: u64, keyword: &str) -> Result<Vec<u64>, SearchError> {
        let keyword = Keyword::new(keyword.to_owned()).unwrap();
        let mut numbers = Vec::new();
        let mut after = None;
        loop {
            let chat = chat_number(chat);
            let page = self.search().find(&self.token, chat, &keyword, 100, after, soon()).await?;
            after = page.hits.last().map(|hit| hit.cursor);
            numbers.extend(page.hits.iter().map(|hit| hit.message.number.get()));
            if !page.more {
                return Ok(numbers);
            }
        }
    }

    /// Takes away what stands for the test's alias.
    pub(super) async fn remove(self) {
        let indexes = self.search().indexes().await.unwrap();
        for index in [indexes.current, indexes.next, indexes.unused].concat() {
            self.search().delete_index(&index).await.unwrap();
        }
    }
}
