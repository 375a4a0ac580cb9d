//! The function's process: clients once, then requests.

use chat::{
    clients::Clients,
    config,
    http::{self, AdminKey, Error},
    jobs::Queue,
    store::Store,
    telemetry,
};
use crud::Crud;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init()?;
    let clients = Clients::from_environment()?;
    http::serve(Crud {
        admin_key: config::required("ADMIN_KEY_SHA256")?.parse::<AdminKey>()?,
        store: Store::new(clients.dynamodb(), config::required("TABLE_NAME")?),
        jobs: Queue::new(clients.sqs(), config::required("JOBS_QUEUE_URL")?),
        search: clients.search(config::required("SEARCH_URL")?)?,
    })
    .await
}
