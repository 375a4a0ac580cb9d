//! A request's trace on its way to the worker.

use serde_json::Value;
use tests::{event, new_application, new_store_table};

use crate::process::Function;

const TRACE: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";

/// SQS keeps what this header says with the message, and Lambda goes on with the trace when the
/// worker gets it: <https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html>
#[tokio::test]
async fn a_requests_trace_goes_with_its_job() {
    let (store, table) = new_store_table().await;
    let token = new_application(&store).await.access_token;
    let path = format!("/applications/{}/chats", token.as_str());
    let function = Function::start("create-chat", &table, &[]);
    let (_, sent) = function.invoke(&event("POST", &path, "", &Value::Null), TRACE);
    assert_eq!(sent.len(), 1, "a job is sent");
    assert_eq!(sent[0].trace.as_deref(), Some(TRACE));
}
