//! Every route but the two creations: applications, chats and messages are read here, applications
//! created and renamed, messages edited and searched.

mod applications;
mod chats;
mod handler;
mod messages;
mod preconditions;
mod search;

use chat::{
    clients::Clients,
    config,
    http::{self, AdminKey, Error},
    jobs::Queue,
    store::Store,
    telemetry,
};
use handler::Crud;

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
