//! The worker's process: clients once, then batches.

use std::cell::Cell;

use chat::{
    clients::{Clients, Service},
    config,
    jobs::Queue,
    store::Store,
    telemetry,
};
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use persist_worker::{Invocation, Worker};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init()?;
    let clients = Clients::from_environment()?;
    let search_url = config::required("SEARCH_URL")?;
    let worker = &Worker {
        store: Store::new(clients.dynamodb(), config::required("TABLE_NAME")?),
        search: clients.search(search_url.clone())?,
        jobs: Queue::new(clients.sqs(), config::required("JOBS_QUEUE_URL")?),
        dead_letters: Queue::new(clients.sqs(), config::required("DEAD_LETTER_QUEUE_URL")?),
    };
    // Jobs are sent only where a part of the system is away.
    clients.connect(&[Service::DynamoDb, Service::Search(&search_url)]).await;
    let cold_start = &Cell::new(true);
    let handler = service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let (json, context) = event.into_parts();
        // Read here, since the runtime would keep the path of each member for its errors.
        let batch = serde_json::from_str(json.get())?;
        drop(json);
        let invocation = Invocation {
            request_id: &context.request_id,
            ends: context.deadline(),
            cold_start: cold_start.replace(false),
        };
        // Boxed, since the types of futures would nest too deep for the compiler.
        Ok::<_, Error>(Box::pin(worker.handle(batch, &invocation)).await)
    });
    Runtime::new(handler).run().await
}
