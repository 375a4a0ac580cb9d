//! Accepts a message as the crates' own examples would: default features, default configuration, the
//! same two calls, and nothing else (no idempotency, no checks of the body, no log line).

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_http::{Body, Error, Request, RequestExt as _, Response, run, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let sqs = aws_sdk_sqs::Client::new(&config);
    let table = std::env::var("TABLE_NAME")?;
    let queue = std::env::var("JOBS_QUEUE_URL")?;
    run(service_fn(|request: Request| async {
        create_message(&dynamodb, &sqs, &table, &queue, request).await
    }))
    .await
}

async fn create_message(
    dynamodb: &aws_sdk_dynamodb::Client,
    sqs: &aws_sdk_sqs::Client,
    table: &str,
    queue: &str,
    request: Request,
) -> Result<Response<Body>, Error> {
    let path = request.raw_http_path().to_owned();
    let segments: Vec<&str> = path.split('/').collect();
    let [_, _, token, _, chat, _] = segments[..] else {
        return Ok(Response::builder().status(404).body(Body::Empty)?);
    };
    let body: Value = serde_json::from_slice(request.body())?;
    let counter = format!("NUMBERS#{token}#{chat}");
    let numbered = dynamodb
        .update_item()
        .table_name(table)
        .key("pk", AttributeValue::S(counter))
        .key("sk", AttributeValue::S("NUMBERS".to_owned()))
        .update_expression("ADD last_number :one")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .return_values(ReturnValue::AllNew)
        .send()
        .await?;
    let number: u64 = numbered
        .attributes()
        .and_then(|item| item.get("last_number")?.as_n().ok()?.parse().ok())
        .ok_or("no number")?;
    let job = json!({
        "access_token": token, "chat_number": chat, "number": number, "body": body["body"],
    });
    sqs.send_message().queue_url(queue).message_body(job.to_string()).send().await?;
    let answer = json!({ "number": number, "chat_number": chat, "access_token": token });
    Ok(Response::builder()
        .status(201)
        .header("content-type", "application/json")
        .body(Body::from(answer.to_string()))?)
}
