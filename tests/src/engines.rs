//! The engines behind the service, each test with a table or a queue of its own.

use std::time::Duration;

use aws_sdk_dynamodb::{
    config::timeout::TimeoutConfig,
    operation::create_table::CreateTableError,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType,
    },
};
use chat::{
    clients::{Clients, Credentials},
    jobs::Queue,
    model::{AccessToken, Application, ApplicationName, Timestamp},
    store::Store,
};

use crate::variable;

/// Clients of the engine at the address that an environment variable names.
pub fn clients(variable_name: &str) -> Clients {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let endpoint = Some(variable(variable_name));
    Clients::new("us-east-1".to_owned(), credentials, endpoint).expect("clients")
}

/// An engine on a machine that runs all the rest too may take longer than a function lets it.
fn patience() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(20)).build()
}

/// A client of the engine that judges the store, which waits longer than a function may.
pub fn patient_dynamodb() -> aws_sdk_dynamodb::Client {
    let config = clients("TEST_DYNAMODB_URL").dynamodb().config().to_builder();
    aws_sdk_dynamodb::Client::from_conf(config.timeout_config(patience()).build())
}

/// A client of the queues, which does so too.
pub fn patient_sqs() -> aws_sdk_sqs::Client {
    let config = clients("TEST_SQS_URL").sqs().config().to_builder();
    aws_sdk_sqs::Client::from_conf(config.timeout_config(patience()).build())
}

/// A store in a new table on the engine that judges it.
pub async fn new_store() -> Store {
    new_store_table().await.0
}

/// A store in a new table, and the table's name.
pub async fn new_store_table() -> (Store, String) {
    let client = patient_dynamodb();
    let table = format!("test-{}", new_token().digest());
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .expect("a whole attribute")
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .expect("a whole key")
    };
    let listing = GlobalSecondaryIndex::builder()
        .index_name("applications")
        .key_schema(key("listing_pk", KeyType::Hash))
        .key_schema(key("listing_sk", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .expect("a whole index");
    let created = client
        .create_table()
        .table_name(&table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk"))
        .attribute_definitions(attribute("sk"))
        .attribute_definitions(attribute("listing_pk"))
        .attribute_definitions(attribute("listing_sk"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(listing)
        .send()
        .await;
    match created {
        Ok(_) => {}
        // The client's own retry of a call that did land but was answered late.
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => panic!("no new table: {error:?}"),
    }
    (Store::new(client, &table), table)
}

/// A new queue, and a client to look into it.
pub async fn new_queue() -> (Queue, QueueReader) {
    let client = patient_sqs();
    let url = new_queue_url().await;
    (Queue::new(client.clone(), &url), QueueReader { client, url })
}

/// The address of a new queue.
pub async fn new_queue_url() -> String {
    let client = patient_sqs();
    let name = format!("test-{}", new_token().digest());
    let created = client.create_queue().queue_name(name).send().await.expect("a new queue");
    created.queue_url.expect("a queue's address")
}

/// Receives what was sent to a queue.
#[derive(Debug)]
pub struct QueueReader {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl QueueReader {
    /// A look into the queue at this address.
    pub fn at(url: &str) -> Self {
        Self { client: patient_sqs(), url: url.to_owned() }
    }

    /// The messages that can be received now; they are gone from the queue.
    pub async fn receive(&self) -> Vec<aws_sdk_sqs::types::Message> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .message_attribute_names("All")
            .message_system_attribute_names(aws_sdk_sqs::types::MessageSystemAttributeName::All)
            .send()
            .await
            .expect("an answer of the queue");
        let messages = answer.messages.unwrap_or_default();
        for message in &messages {
            self.client
                .delete_message()
                .queue_url(&self.url)
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .send()
                .await
                .expect("a message to be deleted");
        }
        messages
    }
}

impl QueueReader {
    /// How many messages wait, those that are delayed included.
    pub async fn waiting(&self) -> usize {
        use aws_sdk_sqs::types::QueueAttributeName as Name;
        let names = [Name::ApproximateNumberOfMessages, Name::ApproximateNumberOfMessagesDelayed];
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .set_attribute_names(Some(names.to_vec()))
            .send()
            .await
            .expect("a queue's attributes");
        let attributes = answer.attributes.unwrap_or_default();
        names.iter().filter_map(|name| attributes.get(name)?.parse::<usize>().ok()).sum()
    }
}

/// A token that nobody else has.
pub fn new_token() -> AccessToken {
    AccessToken::generate().expect("a random token")
}

/// A new application in a store.
pub async fn new_application(store: &Store) -> Application {
    let now = Timestamp::now();
    let application = Application {
        access_token: new_token(),
        name: ApplicationName::new("a name".to_owned()).expect("a valid name"),
        created_at: now,
        updated_at: now,
        chat_count: 0,
        revision: 1,
    };
    store.create_application(&application, "creation").await.expect("a new application");
    application
}
