//! How many calls to AWS an answer costs.

use std::{
    ops::RangeInclusive,
    time::{Duration, SystemTime},
};

use chat::{
    clients::Clients,
    http::{AdminKey, Context, Deployment, Handler, Response},
    jobs::{CreateMessage as MessageTask, Job, Task},
    model::{AccessToken, ChatNumber, MessageBody, MessageNumber, Timestamp},
};
use create_chat::CreateChat;
use create_message::CreateMessage;
use crud::{Crud, Readiness};
use persist_worker::{Record, SqsEvent, Worker};
use serde_json::{Value, json};
use tests::{CallLog, clients, event, new_application, new_queue_url, new_store_table, variable};

/// The functions on one table and one queue, every call noted.
struct Functions {
    create_chat: CreateChat,
    create_message: CreateMessage,
    crud: Crud,
    worker: Worker,
    log: CallLog,
    token: AccessToken,
    /// When what is written was accepted.
    accepted: Timestamp,
}

impl Functions {
    async fn new() -> Self {
        let log = CallLog::default();
        let noted = |clients: Clients| clients.map_http(|http| log.wrap(http));
        let (store, table) = new_store_table().await;
        let token = new_application(&store).await.access_token;
        let store = chat::store::Store::new(noted(clients("TEST_DYNAMODB_URL")).dynamodb(), table);
        let queues = noted(clients("TEST_SQS_URL"));
        let jobs = chat::jobs::Queue::new(queues.sqs(), new_queue_url().await);
        let search =
            noted(clients("TEST_DYNAMODB_URL")).search(variable("TEST_SEARCH_URL")).unwrap();
        let functions = Self {
            create_chat: CreateChat { store: store.clone(), jobs: jobs.clone() },
            create_message: CreateMessage { store: store.clone(), jobs: jobs.clone() },
            crud: Crud {
                admin_key: AdminKey::Open,
                store: store.clone(),
                jobs: jobs.clone(),
                search: search.clone(),
                readiness: Readiness::default(),
            },
            worker: Worker { store, search, jobs: jobs.clone(), dead_letters: jobs },
            log,
            token,
            accepted: Timestamp::now(),
        };
        functions.log.take();
        functions
    }

    /// The status of a function's answer, and the calls that it took.
    async fn calls(
        &self,
        function: &impl Handler,
        (method, path, query): (&str, &str, &str),
        body: Value,
    ) -> (u16, Vec<String>) {
        let mut context = Context::default();
        context.request_id = AccessToken::generate().unwrap().into();
        let path = path.replace("{token}", self.token.as_str());
        let event = event(method, &path, query, &body);
        let answer: Response =
            chat::http::answer(function, &Deployment::default(), &event, &context, false).await;
        (answer.status().as_u16(), self.log.take())
    }

    /// Writes a chat of so many messages.
    async fn write(&self, messages: u64) -> Vec<String> {
        self.write_numbers(1..=messages).await
    }

    /// Writes these messages of a chat as one batch; the calls that it took.
    async fn write_numbers(&self, numbers: RangeInclusive<u64>) -> Vec<String> {
        self.write_each(numbers.map(|number| (1, number))).await
    }

    /// Writes these messages, by chat and number, as one batch; the calls that it took.
    async fn write_each(&self, messages: impl Iterator<Item = (u64, u64)>) -> Vec<String> {
        let records = messages
            .map(|(chat, number)| {
                let job = Job::new(Task::CreateMessage(MessageTask {
                    access_token: self.token.clone(),
                    chat_number: ChatNumber::try_from(chat).unwrap(),
                    chat_created_at: self.accepted,
                    number: MessageNumber::try_from(number).unwrap(),
                    body: MessageBody::new(format!("text {number}")).unwrap(),
                    created_at: self.accepted.plus_millis(i64::try_from(number).unwrap()),
                }));
                Record::new(number.to_string(), job.to_body())
            })
            .collect();
        let ends = SystemTime::now() + Duration::from_secs(30);
        let answer = self.worker.handle(SqsEvent { records }, &tests::invocation(ends)).await;
        assert_eq!(answer.batch_item_failures, []);
        self.log.take()
    }
}

const CHATS: &str = "/applications/{token}/chats";
const MESSAGES: &str = "/applications/{token}/chats/1/messages";

#[tokio::test]
async fn an_accepted_message_takes_two_calls_and_a_malformed_one_none() {
    let functions = Functions::new().await;
    functions.calls(&functions.create_chat, ("POST", CHATS, ""), Value::Null).await;
    let post = |path, body| functions.calls(&functions.create_message, ("POST", path, ""), body);
    assert_eq!(
        post(MESSAGES, json!({"body": "hi"})).await,
        (201, vec!["UpdateItem".to_owned(), "SendMessage".to_owned()])
    );
    assert_eq!(post(MESSAGES, json!({"body": ""})).await, (400, vec![]));
    assert_eq!(post(MESSAGES, json!({"body": "x".repeat(65_536)})).await, (413, vec![]));
    let nowhere = "/applications/nobody/chats/1/messages";
    assert_eq!(post(nowhere, json!({"body": "hi"})).await, (404, vec![]));
    let unknown = "/applications/{token}/chats/9/messages";
    assert_eq!(post(unknown, json!({"body": "hi"})).await, (404, vec!["UpdateItem".to_owned()]));
}

#[tokio::test]
async fn an_accepted_chat_takes_three_calls() {
    let functions = Functions::new().await;
    let calls = functions.calls(&functions.create_chat, ("POST", CHATS, ""), Value::Null).await;
    let expected = ["UpdateItem", "PutItem", "SendMessage"].map(str::to_owned).to_vec();
    assert_eq!(calls, (201, expected));
}

#[tokio::test]
async fn a_page_of_chats_or_messages_takes_one_call() {
    let functions = Functions::new().await;
    functions.calls(&functions.create_chat, ("POST", CHATS, ""), Value::Null).await;
    functions.write(5).await;
    let get = |path, query| functions.calls(&functions.crud, ("GET", path, query), Value::Null);
    for (path, query) in [(CHATS, ""), (MESSAGES, "limit=2"), (MESSAGES, "order=desc&after=1")] {
        assert_eq!(get(path, query).await, (200, vec!["Query".to_owned()]), "{path}?{query}");
    }
    let empty = get(MESSAGES, "after=7&before=8").await;
    assert_eq!(empty, (200, vec!["GetItem".to_owned()]), "an empty range asks for its chat only");
    let applications = get("/applications", "").await;
    assert_eq!(applications, (200, vec!["Query".to_owned(), "BatchGetItem".to_owned()]));
}

#[tokio::test]
async fn a_batch_of_one_chat_takes_one_transaction_two_touches_and_one_bulk_request() {
    let functions = Functions::new().await;
    functions.calls(&functions.create_chat, ("POST", CHATS, ""), Value::Null).await;
    functions.write(1).await;
    let touches = ["UpdateItem", "UpdateItem"];
    let calls = functions.write_numbers(2..=11).await;
    assert_eq!(calls, [&["TransactWriteItems"], &touches[..], &["POST /_bulk"]].concat());
    let calls = functions.write_numbers(11..=12).await;
    // One is there already: the transaction is tried again without it.
    let transactions = ["TransactWriteItems"; 2];
    assert_eq!(calls, [&transactions, &touches[..], &["POST /_bulk"]].concat());
}

/// Rows of an application and of its chats share a partition, which takes 1,000 write units a
/// second: a message of a chat of its own takes 2 of them, and a tenth of a touch.
#[tokio::test]
async fn a_batch_of_ten_chats_takes_a_transaction_each_one_touch_and_one_bulk_request() {
    let functions = Functions::new().await;
    functions.write_each((1..=10).map(|chat| (chat, 1))).await;
    let calls = functions.write_each((1..=10).map(|chat| (chat, 2))).await;
    let transactions = ["TransactWriteItems"; 10];
    assert_eq!(calls, [&transactions[..], &["UpdateItem", "POST /_bulk"]].concat());
}
