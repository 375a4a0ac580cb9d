//! The function's process: clients once, then requests.

use chat::{
    clients::{Clients, Service},
    config,
    http::{self, AdminKey, Error},
    jobs::Queue,
    store::Store,
    telemetry,
};
use crud::{Crud, Readiness};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init()?;
    let clients = Clients::from_environment()?;
    let search_url = config::required("SEARCH_URL")?;
    let function = Crud {
        admin_key: config::required("ADMIN_KEY_SHA256")?.parse::<AdminKey>()?,
        store: Store::new(clients.dynamodb(), config::required("TABLE_NAME")?),
        jobs: Queue::new(clients.sqs(), config::required("JOBS_QUEUE_URL")?),
        search: clients.search(search_url.clone())?,
        readiness: Readiness::default(),
    };
    clients.connect(&[Service::DynamoDb, Service::Search(&search_url)]).await;
    http::serve(function).await
}
