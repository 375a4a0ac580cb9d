//! What clients do: create, repeat under a key, edit with and without `If-Match`, while workers
//! work.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use chat::{http::Response, model::Timestamp};
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tests::{clients, event_with_headers};

use crate::{
    faults::random,
    history::{Creation, Edit, EditOutcome, NewApplication, Outcome, Sighting},
    world::World,
};

const OPERATIONS: usize = 14;
const WORKERS: usize = 2;
/// Tries of a creation under a key while faults last; the rest is tried when they have stopped.
const KEYED_TRIES: usize = 3;

/// The chats and messages that clients know of.
#[derive(Debug, Default)]
struct Known {
    chats: Mutex<Vec<u64>>,
    messages: Mutex<Vec<(u64, u64)>>,
}

/// Runs all clients to their end, with workers beside them.
pub(crate) async fn run(world: &World) {
    let known = Known::default();
    let acting = Cell::new(world.clients);
    let clients = (0..world.clients).map(async |client| {
        for operation in 0..OPERATIONS {
            act(world, &known, &format!("client {client} operation {operation}")).await;
        }
        acting.set(acting.get() - 1);
    });
    let workers = (0..WORKERS).map(async |worker| {
        for round in 0.. {
            if acting.get() == 0 {
                return;
            }
            if !world.work(round * WORKERS + worker).await {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    });
    join(join_all(clients), join_all(workers)).await;
}

async fn act(world: &World, known: &Known, name: &str) {
    let mut random = random(world.weather.seed, name);
    if random.u8(0..12) == 0 {
        return create_application(world, name).await;
    }
    let chat = random.choice(locked(&known.chats).clone());
    let message = random.choice(locked(&known.messages).clone());
    if let Some(message) = message.filter(|_| world.edits_one_message && random.u8(0..8) > 0) {
        let message = locked(&known.messages).first().copied().unwrap_or(message);
        return edit(world, name, message, random.bool()).await;
    }
    match (random.u8(0..10), chat, message) {
        (0, _, _) | (_, None, _) => create(world, known, name, None, random.bool()).await,
        (7.., _, Some(message)) => edit(world, name, message, random.bool()).await,
        (_, Some(chat), _) => create(world, known, name, Some(chat), random.bool()).await,
    }
}

async fn create(world: &World, known: &Known, name: &str, chat: Option<u64>, keyed: bool) {
    let mut creation = Creation {
        chat,
        text: format!("text of {name}"),
        key: keyed.then(|| name.replace(' ', "-")),
        outcomes: Vec::new(),
    };
    for attempt in 0..if keyed { KEYED_TRIES } else { 1 } {
        let outcome = try_creation(world, &creation, &format!("{name} try {attempt}")).await;
        creation.outcomes.push(outcome);
        match outcome {
            Outcome::Number(number) => {
                match chat {
                    None => locked(&known.chats).push(number),
                    Some(chat) => locked(&known.messages).push((chat, number)),
                }
                break;
            }
            Outcome::Refused(409) | Outcome::Failed(_) | Outcome::NoAnswer => {}
            Outcome::Refused(_) => break,
        }
    }
    world.history.created(creation);
}

/// Creates an application under a key, in tries that may overlap in what they leave behind.
async fn create_application(world: &World, name: &str) {
    let mut application = NewApplication {
        name: format!("application of {name}"),
        key: name.replace(' ', "-"),
        tokens: Vec::new(),
    };
    for attempt in 0..KEYED_TRIES {
        let name = format!("{name} try {attempt}");
        application.tokens.extend(try_application(world, &application, &name).await);
    }
    world.history.application(application);
}

/// The token of the application, where the try was answered with one.
async fn try_application(
    world: &World,
    application: &NewApplication,
    name: &str,
) -> Option<String> {
    let functions = world.functions(name);
    let body = json!({"name": application.name});
    let headers = [("idempotency-key", &*application.key)];
    let event = event_with_headers("POST", "/applications", "", &body, &headers);
    let answer = functions.answer(&functions.crud, &event, name.to_owned()).await?;
    let token = json_of(&answer)["access_token"].as_str().map(str::to_owned);
    token.filter(|_| answer.status() == 201)
}

/// When faults have stopped, whoever has a key gets an application for it.
pub(crate) async fn retry_applications(world: &World) {
    for application in world.history.applications() {
        let name = format!("{} in calm", application.name);
        if let Some(token) = try_application(world, &application, &name).await {
            world.history.answered(&application.name, token);
        }
    }
}

async fn try_creation(world: &World, creation: &Creation, name: &str) -> Outcome {
    let functions = world.functions(name);
    let token = world.token.as_str();
    let headers: Vec<(&str, &str)> =
        creation.key.iter().map(|key| ("idempotency-key", key.as_str())).collect();
    let answer = match creation.chat {
        None => {
            let path = format!("/applications/{token}/chats");
            let event = event_with_headers("POST", &path, "", &Value::Null, &headers);
            functions.answer(&functions.create_chat, &event, name.to_owned()).await
        }
        Some(chat) => {
            let path = format!("/applications/{token}/chats/{chat}/messages");
            let body = json!({"body": creation.text});
            let event = event_with_headers("POST", &path, "", &body, &headers);
            functions.answer(&functions.create_message, &event, name.to_owned()).await
        }
    };
    let Some(answer) = answer else { return Outcome::NoAnswer };
    match answer.status().as_u16() {
        201 => Outcome::Number(json_of(&answer)["number"].as_u64().expect("a number")),
        status @ 400..=499 => Outcome::Refused(status),
        status => Outcome::Failed(status),
    }
}

async fn edit(world: &World, name: &str, (chat, number): (u64, u64), conditional: bool) {
    let path = format!("/applications/{}/chats/{chat}/messages/{number}", world.token.as_str());
    let began = world.history.tick();
    let functions = world.functions(&format!("{name} read"));
    let event = event_with_headers("GET", &path, "", &Value::Null, &[]);
    let answer = functions.answer(&functions.crud, &event, format!("{name} read")).await;
    let read = answer.as_ref().and_then(revision);
    if let (Some(revision), Some(answer)) = (read, &answer) {
        let text = json_of(answer)["body"].as_str().expect("a text").to_owned();
        world.history.seen(Sighting { chat, number, text, revision });
    }
    let based_on = read.filter(|_| conditional);
    if conditional && based_on.is_none() {
        return;
    }
    let text = format!("text of {name}");
    let if_match = based_on.map(|revision| format!("\"{revision}\"")).unwrap_or_default();
    let headers: &[(&str, &str)] =
        if based_on.is_some() { &[("if-match", &if_match)] } else { &[] };
    let functions = world.functions(name);
    let event = event_with_headers("PUT", &path, "", &json!({"body": text}), headers);
    let answer = functions.answer(&functions.crud, &event, name.to_owned()).await;
    let outcome = match answer.as_ref().map(|answer| answer.status().as_u16()) {
        Some(200) => EditOutcome::Done(answer.as_ref().and_then(revision).expect("an ETag")),
        Some(status @ 400..=499) => EditOutcome::Refused(status),
        _ => EditOutcome::Unknown,
    };
    let ended = world.history.tick();
    world.history.edited(Edit { chat, number, text, based_on, outcome, began, ended });
}

/// When faults have stopped, a minute has passed for creations that died, and whoever has a key
/// gets a number for it.
pub(crate) async fn retry_keyed_creations(world: &World) {
    for creation in world.history.creations() {
        let Some(key) = &creation.key else { continue };
        if creation.numbers().next().is_some() {
            continue;
        }
        let hopeless =
            |outcome: &Outcome| matches!(outcome, Outcome::Refused(status) if *status != 409);
        if creation.outcomes.iter().any(hopeless) {
            continue;
        }
        let_a_minute_pass(world, creation.chat, key).await;
        let name = format!("{} in calm", creation.text);
        let outcome = try_creation(world, &creation, &name).await;
        world.history.tried_again(&creation.text, outcome);
    }
}

/// Moves a record into the past, since nobody can move the clock.
async fn let_a_minute_pass(world: &World, chat: Option<u64>, key: &str) {
    let partition = format!("IDEM#{}#{}#{key}", world.token.as_str(), chat.unwrap_or(0));
    let past = Timestamp::now().plus_millis(-120_000).to_string();
    let moved = clients("TEST_DYNAMODB_URL")
        .dynamodb()
        .update_item()
        .table_name(&world.table)
        .set_key(Some(HashMap::from([
            ("pk".to_owned(), AttributeValue::S(partition)),
            ("sk".to_owned(), AttributeValue::S("IDEM".to_owned())),
        ])))
        .update_expression("SET taken_at = :past")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_values(":past", AttributeValue::S(past))
        .send()
        .await;
    if let Err(error) = moved {
        let absent = error
            .as_service_error()
            .is_some_and(UpdateItemError::is_conditional_check_failed_exception);
        assert!(absent, "{error:?}");
    }
}

fn json_of(answer: &Response) -> Value {
    serde_json::from_str(answer.body()).expect("JSON")
}

fn revision(answer: &Response) -> Option<u64> {
    answer.header("etag")?.trim_matches('"').parse().ok()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
