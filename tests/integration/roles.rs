//! Each function's role allows what the function does, and nothing else: every route and every kind
//! of job is done, the failures too, and the calls are compared with `template.yaml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use aws_smithy_http_client::Builder;
use chat::{
    clients::Clients,
    http::{AdminKey, Context, Deployment, Handler, Response},
    jobs::{CreateChat as ChatTask, CreateMessage as MessageTask, IndexMessages, Job, Queue, Task},
    model::{AccessToken, ChatNumber, MessageBody, MessageNumber, MessageReference, Timestamp},
    search::{DEFAULT_ALIAS, Search, SearchConfig},
    store::Store,
};
use create_chat::CreateChat;
use create_message::CreateMessage;
use crud::{Crud, Readiness};
use persist_worker::{Record, SqsEvent, Worker};
use serde_json::{Value, json};
use tests::{
    CallLog, Permission, clients, event_with_headers, new_application, new_queue_url,
    new_store_table, new_token, variable,
};

/// What Lambda itself does in a function's name: it writes the log and the traces.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>
const BY_LAMBDA: [&str; 4] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
];
/// And it takes jobs from the queue.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
const BY_EVENT_SOURCE: [&str; 3] =
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/// Engines of a test's own, every call noted.
struct Engines {
    log: CallLog,
    store: Store,
    jobs: Queue,
    dead_letters: Queue,
    search: Search,
    token: AccessToken,
    /// Stands for that of an account.
    alias: String,
    /// The template's names of what the calls name.
    names: BTreeMap<String, &'static str>,
}

impl Engines {
    async fn new() -> Self {
        let log = CallLog::default();
        let noted = |clients: Clients| clients.map_http(|http| log.wrap(http));
        let (store, table) = new_store_table().await;
        let token = new_application(&store).await.access_token;
        let (jobs_url, dead_letters_url) = (new_queue_url().await, new_queue_url().await);
        let names = [
            (table.clone(), "Table"),
            (jobs_url.clone(), "JobsQueue"),
            (dead_letters_url.clone(), "DeadLetterQueue"),
        ];
        // No index stands behind it yet, as in an account where none was made.
        let alias = format!("roles-tests-{}", new_token().digest());
        let search =
            SearchConfig { url: variable("TEST_SEARCH_URL"), alias: alias.clone(), signing: None };
        let sqs = noted(clients("TEST_SQS_URL")).sqs();
        Self {
            store: Store::new(noted(clients("TEST_DYNAMODB_URL")).dynamodb(), table),
            jobs: Queue::new(sqs.clone(), jobs_url),
            dead_letters: Queue::new(sqs, dead_letters_url),
            search: Search::new(log.wrap(Builder::new().build_http()), search).unwrap(),
            token,
            alias,
            names: names.into(),
            log,
        }
    }

    /// The status of a function's answer.
    async fn answer(
        &self,
        function: &impl Handler,
        (method, path, query): (&str, &str, &str),
        body: &Value,
        headers: &[(&str, &str)],
    ) -> u16 {
        let mut context = Context::default();
        context.request_id = String::from(new_token());
        let path = path.replace("{token}", self.token.as_str());
        let event = event_with_headers(method, &path, query, body, headers);
        let answer: Response =
            chat::http::answer(function, &Deployment::default(), &event, &context, false).await;
        answer.status().as_u16()
    }

    async fn number_a_chat(&self) {
        let function = CreateChat { store: self.store.clone(), jobs: self.jobs.clone() };
        let made = self.answer(&function, ("POST", CHATS, ""), &Value::Null, &[]).await;
        assert_eq!(made, 201);
    }

    /// The calls since this was asked last are all that a function may do, but for what Lambda
    /// does in its name.
    fn assert_role(&self, function: &str, log: &str, events: &[&str]) {
        let used: BTreeSet<Permission> = self
            .log
            .take_permissions()
            .into_iter()
            .map(|permission| {
                let (action, resource) = permission.split_once(' ').unwrap();
                if let Some(path) = resource.strip_prefix("search/") {
                    return format!("{action} Search/{}", path.replace(&self.alias, DEFAULT_ALIAS));
                }
                let (name, index) = match resource.split_once("/index/") {
                    Some((table, index)) => (table, format!("/index/{index}")),
                    None => (resource, String::new()),
                };
                format!("{action} {}{index}", self.names[name])
            })
            .chain(BY_LAMBDA.map(|action| {
                let resource = if action.starts_with("logs:") { log } else { "*" };
                format!("{action} {resource}")
            }))
            .chain(events.iter().map(|action| format!("{action} JobsQueue")))
            .collect();
        let roles = from_variable("FUNCTION_ROLES");
        let allowed = &roles[function];
        let unused: Vec<_> = allowed.difference(&used).collect();
        let refused: Vec<_> = used.difference(allowed).collect();
        assert!(unused.is_empty(), "{function} may do what it never does: {unused:?}");
        assert!(refused.is_empty(), "{function} does what it may not do: {refused:?}");
    }
}

/// What `make test` says of the templates, by function or role.
fn from_variable(name: &str) -> BTreeMap<String, BTreeSet<Permission>> {
    serde_json::from_str(&variable(name)).unwrap()
}

const CHATS: &str = "/applications/{token}/chats";
const MESSAGES: &str = "/applications/{token}/chats/1/messages";
const KEY: [(&str, &str); 1] = [("idempotency-key", "1")];

#[tokio::test]
async fn create_chat_may_do_what_it_does() {
    let engines = Engines::new().await;
    let function = CreateChat { store: engines.store.clone(), jobs: engines.jobs.clone() };
    let nowhere = format!("/applications/{}/chats", new_token().as_str());
    for (path, headers, status) in [
        (CHATS, &[][..], 201),
        (CHATS, &KEY[..], 201),
        (CHATS, &KEY[..], 201),
        (&nowhere, &KEY[..], 404),
    ] {
        let answer = engines.answer(&function, ("POST", path, ""), &Value::Null, headers).await;
        assert_eq!(answer, status, "{path}");
    }
    engines.assert_role("create-chat", "CreateChatLogs", &[]);
}

#[tokio::test]
async fn create_message_may_do_what_it_does() {
    let engines = Engines::new().await;
    engines.number_a_chat().await;
    engines.log.take();
    let function = CreateMessage { store: engines.store.clone(), jobs: engines.jobs.clone() };
    let nowhere = "/applications/{token}/chats/9/messages";
    for (path, headers, text, status) in [
        (MESSAGES, &[][..], "hi", 201),
        (MESSAGES, &KEY[..], "hi", 201),
        (MESSAGES, &KEY[..], "hi", 201),
        (MESSAGES, &KEY[..], "ho", 422),
        (nowhere, &KEY[..], "hi", 404),
    ] {
        let body = json!({"body": text});
        let answer = engines.answer(&function, ("POST", path, ""), &body, headers).await;
        assert_eq!(answer, status, "{path} {text}");
    }
    engines.assert_role("create-message", "CreateMessageLogs", &[]);
}

#[tokio::test]
async fn crud_may_do_what_it_does() {
    let engines = Engines::new().await;
    engines.number_a_chat().await;
    worker(&engines).await;
    engines.log.take();
    let function = Crud {
        admin_key: AdminKey::Open,
        store: engines.store.clone(),
        jobs: engines.jobs.clone(),
        search: engines.search.clone(),
        readiness: Readiness::default(),
    };
    for (method, path, query, status) in [
        ("GET", "/health/ready", "", 200),
        ("POST", "/applications", "name=a", 201),
        ("GET", "/applications", "", 200),
        ("GET", "/applications/{token}", "", 200),
        ("PATCH", "/applications/{token}", "name=b", 200),
        ("GET", CHATS, "", 200),
        ("GET", CHATS, "after=7", 200),
        ("GET", "/applications/{token}/chats/1", "", 200),
        ("GET", "/applications/{token}/chats/9", "", 404),
        ("GET", MESSAGES, "", 200),
        ("GET", MESSAGES, "after=7&before=8", 200),
        ("GET", "/applications/{token}/chats/1/messages/1", "", 200),
        ("GET", "/applications/{token}/chats/1/messages/9", "", 404),
        ("PATCH", "/applications/{token}/chats/1/messages/1", "body=b", 200),
        ("GET", "/applications/{token}/chats/1/messages/search", "keyword=b", 200),
        ("GET", "/applications/{token}/chats/9/messages/search", "keyword=b", 404),
        // Creations by another spelling of their paths, and behind other gateways.
        ("POST", "/applications/{token}/chats/", "", 201),
        ("POST", "/applications/{token}/chats/1/messages/", "body=c", 201),
        ("POST", "/applications/{token}/chats/9/messages/", "body=c", 404),
    ] {
        let headers = if path.ends_with('/') { &KEY[..] } else { &[] };
        let answer = engines.answer(&function, (method, path, query), &json!({}), headers).await;
        assert_eq!(answer, status, "{method} {path}?{query}");
    }
    engines.assert_role("crud", "CrudLogs", &[]);
}

#[tokio::test]
async fn the_worker_may_do_what_it_does() {
    let engines = Engines::new().await;
    worker(&engines).await;
    engines.assert_role("persist-worker", "PersistWorkerLogs", &BY_EVENT_SOURCE);
}

/// Has a worker do jobs of each kind: that of a chat, of a message whose chat is not there yet, of
/// documents, and what is no job. The first of them finds no index.
async fn worker(engines: &Engines) {
    let worker = Worker {
        store: engines.store.clone(),
        search: engines.search.clone(),
        jobs: engines.jobs.clone(),
        dead_letters: engines.dead_letters.clone(),
    };
    let (number, now) = (ChatNumber::try_from(1).unwrap(), Timestamp::now());
    let message = MessageNumber::try_from(1).unwrap();
    let access_token = engines.token.clone();
    let create_message = MessageTask {
        access_token: access_token.clone(),
        chat_number: number,
        chat_created_at: now,
        number: message,
        body: MessageBody::new("a".to_owned()).unwrap(),
        created_at: now,
    };
    let create_chat = ChatTask {
        access_token: access_token.clone(),
        number: ChatNumber::try_from(2).unwrap(),
        created_at: now,
    };
    let index = |number| IndexMessages {
        access_token: access_token.clone(),
        messages: vec![MessageReference { chat: ChatNumber::try_from(1).unwrap(), number }],
        edited: true,
    };
    for bodies in [
        vec![Job::new(Task::CreateMessage(create_message)).to_body()],
        vec![
            Job::new(Task::CreateChat(create_chat)).to_body(),
            Job::new(Task::IndexMessages(index(message))).to_body(),
            "no job".to_owned(),
            // Of a newer release: it waits for a newer worker.
            r#"{"version":4294967295,"kind":"fly"}"#.to_owned(),
        ],
    ] {
        let records = bodies
            .into_iter()
            .enumerate()
            .map(|(id, body)| Record::new(id.to_string(), body))
            .collect();
        let ends = SystemTime::now() + Duration::from_secs(30);
        let answer = worker.handle(SqsEvent { records }, &tests::invocation(ends)).await;
        assert_eq!(answer.batch_item_failures, []);
    }
}
