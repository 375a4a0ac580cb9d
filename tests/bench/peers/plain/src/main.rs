//! Accepts messages and chats and reads a message as the crates' own examples would: default
//! features, default configuration, the same calls, and nothing else (no idempotency, no checks of
//! the body, no log line).

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_http::{Body, Error, Request, RequestExt as _, Response, run, service_fn};
use serde_json::{Value, json};

struct Service {
    dynamodb: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    table: String,
    queue: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let service = Service {
        dynamodb: aws_sdk_dynamodb::Client::new(&config),
        sqs: aws_sdk_sqs::Client::new(&config),
        table: std::env::var("TABLE_NAME")?,
        queue: std::env::var("JOBS_QUEUE_URL")?,
    };
    run(service_fn(|request: Request| service.answer(request))).await
}

impl Service {
    async fn answer(&self, request: Request) -> Result<Response<Body>, Error> {
        let path = request.raw_http_path().to_owned();
        let segments: Vec<&str> = path.split('/').collect();
        let (status, answer) = match segments[..] {
            [_, _, token, _] => (201, self.create_chat(token).await?),
            [_, _, token, _, chat, _] => {
                let body: Value = serde_json::from_slice(request.body())?;
                (201, self.create_message(token, chat, &body["body"]).await?)
            }
            [_, _, token, _, chat, _, number] => {
                (200, self.read_message(token, chat, number.parse()?).await?)
            }
            _ => (404, Value::Null),
        };
        Ok(Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(Body::from(answer.to_string()))?)
    }

    async fn create_chat(&self, token: &str) -> Result<Value, Error> {
        let number = self.next_number(format!("NUMBERS#{token}")).await?;
        self.dynamodb
            .put_item()
            .table_name(&self.table)
            .item("pk", AttributeValue::S(format!("NUMBERS#{token}#{number}")))
            .item("sk", AttributeValue::S("NUMBERS".to_owned()))
            .item("last_number", AttributeValue::N("0".to_owned()))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await?;
        self.send(json!({ "access_token": token, "number": number })).await?;
        Ok(json!({ "number": number, "access_token": token }))
    }

    async fn create_message(&self, token: &str, chat: &str, body: &Value) -> Result<Value, Error> {
        let number = self.next_number(format!("NUMBERS#{token}#{chat}")).await?;
        let job =
            json!({ "access_token": token, "chat_number": chat, "number": number, "body": body });
        self.send(job).await?;
        Ok(json!({ "number": number, "chat_number": chat, "access_token": token }))
    }

    async fn read_message(&self, token: &str, chat: &str, number: u64) -> Result<Value, Error> {
        let read = self
            .dynamodb
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(format!("MESSAGES#{token}#{chat}")))
            .key("sk", AttributeValue::S(format!("MESSAGE#{number:010}")))
            .consistent_read(true)
            .send()
            .await?;
        let text = |name: &str| read.item()?.get(name)?.as_s().ok();
        Ok(json!({
            "number": number, "chat_number": chat, "access_token": token, "body": text("body"),
            "created_at": text("created_at"), "updated_at": text("updated_at"),
        }))
    }

    async fn next_number(&self, counter: String) -> Result<u64, Error> {
        let numbered = self
            .dynamodb
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(counter))
            .key("sk", AttributeValue::S("NUMBERS".to_owned()))
            .update_expression("ADD last_number :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await?;
        let number = numbered
            .attributes()
            .and_then(|item| item.get("last_number")?.as_n().ok()?.parse().ok());
        Ok(number.ok_or("no number")?)
    }

    async fn send(&self, job: Value) -> Result<(), Error> {
        let job = job.to_string();
        self.sqs.send_message().queue_url(&self.queue).message_body(job).send().await?;
        Ok(())
    }
}
