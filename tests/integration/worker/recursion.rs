//! Long outages, with Lambda's recursive loop detection imitated: it follows the trace header from
//! a function through the queue to the next run of that function, and drops what has gone round 16
//! times unless the function allows it. A dropped message is received until the queue gives it up,
//! so it becomes a dead letter without a reason.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>
//!
//! Delays pass in virtual time.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tests::variable;

use super::setup::Setup;
use crate::process::{Function, Sent};

/// Runs of one chain. "Approximately 16 times", says the guide.
const MOST_TURNS: u32 = 16;
/// An hour is 13 turns of a hand-over, whose delay doubles up to 15 minutes; this is 21.
const OUTAGE: Duration = Duration::from_hours(3);
const NEWER: &str = r#"{"version":4294967295,"kind":"fly"}"#;

/// A queue, and Lambda between it and the worker.
#[derive(Default)]
struct Loop {
    allows_recursion: bool,
    /// Messages by the time at which they can be received.
    waiting: BTreeMap<(Duration, u64), Message>,
    sent: u64,
    /// Dead letters, with the worker's reason where it was the worker that gave them up.
    dead_letters: Vec<(String, Option<String>)>,
    longest_chain: u32,
}

struct Message {
    body: String,
    attributes: Value,
    /// How often the worker has run in the chain that the message belongs to.
    turns: u32,
}

impl Loop {
    fn send(&mut self, at: Duration, message: Message) {
        self.sent += 1;
        self.waiting.insert((at, self.sent), message);
    }

    /// Delivers a batch of what can be received next, and says when that is; nothing where no
    /// message is left.
    fn deliver(&mut self, worker: &Function) -> Option<Duration> {
        let ((now, _), _) = self.waiting.first_key_value()?;
        let now = *now;
        let due: Vec<_> = self.waiting.range(..=(now, u64::MAX)).take(10).map(|it| *it.0).collect();
        let batch: Vec<Message> = due.iter().filter_map(|key| self.waiting.remove(key)).collect();
        let (batch, dropped): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|message| self.allows_recursion || message.turns < MOST_TURNS);
        self.dead_letters.extend(dropped.into_iter().map(|message| (message.body, None)));
        if batch.is_empty() {
            return Some(now);
        }
        // The guide does not say how a batch of several chains counts: at worst as its longest.
        let turns = batch.iter().map(|message| message.turns).max().unwrap_or(0) + 1;
        self.longest_chain = self.longest_chain.max(turns);
        let records: Vec<Value> = batch
            .iter()
            .enumerate()
            .map(|(id, message)| {
                json!({
                    "messageId": id.to_string(), "body": message.body,
                    "messageAttributes": message.attributes,
                })
            })
            .collect();
        let trace = format!(
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0;\
             Lineage=1:a87bd80c:{turns}"
        );
        let (answer, sent) = worker.invoke(&json!({ "Records": records }).to_string(), &trace);
        assert_eq!(answer, json!({ "batchItemFailures": [] }));
        for sent in sent {
            self.take(now, &sent);
        }
        Some(now)
    }

    fn take(&mut self, now: Duration, Sent { trace, call }: &Sent) {
        let body = call["MessageBody"].as_str().expect("a body").to_owned();
        if call["QueueUrl"].as_str().is_some_and(|url| url.ends_with("dead-letters")) {
            let reason = call["MessageAttributes"]["reason"]["StringValue"].as_str();
            self.dead_letters.push((body, reason.map(str::to_owned)));
            return;
        }
        let delay = Duration::from_secs(call["DelaySeconds"].as_u64().unwrap_or(0));
        let lineage = trace.as_deref().and_then(|trace| trace.rsplit_once(':'));
        let turns = lineage.map_or(0, |(_, turns)| turns.parse().expect("a number of turns"));
        let attributes = call["MessageAttributes"].as_object().into_iter().flatten();
        let attributes = attributes
            .map(|(name, it)| (name.clone(), json!({ "stringValue": it["StringValue"] })))
            .collect();
        self.send(now + delay, Message { body, attributes, turns });
    }
}

/// A search engine that is away until it comes back.
struct Search {
    url: String,
    is_there: Arc<AtomicBool>,
}

impl Search {
    fn away() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let is_there = Arc::new(AtomicBool::new(false));
        let came_back = Arc::clone(&is_there);
        let engine = variable("TEST_SEARCH_URL").replace("http://", "");
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if came_back.load(Ordering::SeqCst) {
                    let engine = TcpStream::connect(engine.trim_end_matches('/')).unwrap();
                    pass(client.try_clone().unwrap(), engine.try_clone().unwrap());
                    pass(engine, client);
                }
            }
        });
        Self { url, is_there }
    }
}

/// Copies what one side says to the other, to its end.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        io::copy(&mut from, &mut to).ok();
        to.shutdown(Shutdown::Write).ok();
    });
}

/// Whether the template lets Lambda run the worker on what the worker sent.
fn template_allows_recursion() -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let template = fs::read_to_string(path).expect("the template");
    let worker = template.split("\n  PersistWorkerFunction:\n").nth(1).expect("the worker");
    let mut properties = worker.lines().take_while(|line| line.starts_with("    "));
    properties
        .any(|line| line.split('#').next().unwrap_or_default().trim() == "RecursiveLoop: Allow")
}

#[tokio::test]
async fn an_outage_of_the_search_engine_leaves_no_dead_letter_however_often_a_job_goes_round() {
    let setup = Setup::new().await;
    let search = Search::away();
    let worker = Function::start("persist-worker", &setup.table, &[("SEARCH_URL", &search.url)]);
    let mut queue = Loop { allows_recursion: template_allows_recursion(), ..Loop::default() };
    let messages = (1..=5).map(|number| (1, number)).chain([(2, 1), (2, 2)]);
    let messages = messages.map(|(chat, number)| setup.message(chat, number, "apple").to_body());
    let edit = setup.index(&[(2, 1)], true).to_body();
    for body in [NEWER.to_owned(), setup.chat(1).to_body(), edit].into_iter().chain(messages) {
        queue.send(Duration::ZERO, Message { body, attributes: json!({}), turns: 0 });
    }
    while queue.deliver(&worker).is_some_and(|now| now < OUTAGE) {}
    search.is_there.store(true, Ordering::SeqCst);
    // The job of a newer release goes on waiting for its worker.
    while queue.waiting.len() > 1 && queue.deliver(&worker).is_some() {}
    assert_eq!(queue.dead_letters, []);
    assert!(queue.longest_chain > MOST_TURNS, "{} turns", queue.longest_chain);
    assert_eq!(queue.waiting.values().next().map(|message| message.body.as_str()), Some(NEWER));
    setup.finds(1, "apple", &[1, 2, 3, 4, 5]).await;
    setup.finds(2, "apple", &[1, 2]).await;
}
