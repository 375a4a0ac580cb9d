//! What the worker's log counts.

use std::slice;

use chat::jobs::Job;
use serde_json::{Value, json};
use tests::variable;

use super::setup::Setup;
use crate::process::Function;

const TRACE: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0";

/// Does a batch, and returns the line that tells of it.
fn batch(worker: &Function, jobs: &[Job]) -> Value {
    let records = jobs.iter().enumerate();
    let records: Vec<Value> = records
        .map(|(id, job)| json!({ "messageId": id.to_string(), "body": job.to_body() }))
        .collect();
    let (answer, _) = worker.invoke(&json!({ "Records": records }).to_string(), TRACE);
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    worker.logged("batch")
}

/// A client may repeat a creation under its key for a day, and the job of each repeat says when the
/// first was accepted. Measured as a lag that would be an alarm that any tenant can raise.
#[tokio::test]
async fn a_repeated_creation_is_neither_persisted_nor_late() {
    let setup = Setup::new().await;
    let search = variable("TEST_SEARCH_URL");
    let worker = Function::start("persist-worker", &setup.table, &[("SEARCH_URL", &search)]);
    // Accepted in 2022: late by years, once.
    let (chat, message) = (setup.chat(1), setup.message(1, 1, "apple"));
    let line = batch(&worker, &[chat.clone(), message.clone()]);
    assert_eq!(line["Persisted"], 2);
    assert_eq!(line["PersistLag"].as_array().unwrap().len(), 2, "{line}");
    assert_eq!(line["IndexLag"].as_array().unwrap().len(), 1, "{line}");
    for repeat in [&message, &chat] {
        let line = batch(&worker, slice::from_ref(repeat));
        for metric in ["Persisted", "PersistLag", "Indexed", "IndexLag"] {
            assert_eq!(line.get(metric), None, "{line}");
        }
    }
    let line = batch(&worker, &[message, setup.message(1, 2, "pear")]);
    assert_eq!(line["Persisted"], 1);
    assert_eq!(line["PersistLag"].as_array().unwrap().len(), 1, "{line}");
}
