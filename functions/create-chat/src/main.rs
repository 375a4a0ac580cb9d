//! The function's process: clients once, then requests.

use chat::{
    clients::{Clients, Service},
    config,
    http::{self, Error},
    jobs::Queue,
    store::Store,
    telemetry,
};
use create_chat::CreateChat;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init()?;
    let clients = Clients::from_environment()?;
    let function = CreateChat {
        store: Store::new(clients.dynamodb(), config::required("TABLE_NAME")?),
        jobs: Queue::new(clients.sqs(), config::required("JOBS_QUEUE_URL")?),
    };
    clients.connect(&[Service::DynamoDb, Service::Sqs]).await;
    http::serve(function).await
}
