//! What is there when all is quiet: rows, counters, documents, dead letters.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::AttributeValue;
use chat::{
    model::{Application, Chat, ChatNumber, Keyword, Message},
    store::NumberRange,
};
use tests::clients;

use crate::world::World;

/// Documents are found a second after they were written; a missing one stays missing for longer.
const FOR_DOCUMENTS: Duration = Duration::from_secs(20);
pub(crate) const ALL: NumberRange =
    NumberRange { first: 1, last: 9_999_999_999, descending: false, limit: 10_000 };

pub(crate) struct FinalState {
    pub(crate) application: Application,
    /// All applications of the table.
    pub(crate) applications: Vec<Application>,
    /// The last chat number that was given.
    pub(crate) chats_given: u64,
    pub(crate) chats: BTreeMap<u64, FinalChat>,
    pub(crate) dead_letters: Vec<String>,
}

pub(crate) struct FinalChat {
    pub(crate) row: Chat,
    /// The last message number that was given.
    pub(crate) messages_given: u64,
    pub(crate) rows: BTreeMap<u64, Message>,
    pub(crate) documents: BTreeMap<u64, Message>,
}

pub(crate) async fn read(world: &World) -> FinalState {
    let token = world.token.as_str();
    let application = world.store.application(&world.token).await.unwrap().unwrap();
    let mut chats = BTreeMap::new();
    for row in world.store.list_chats(&world.token, &ALL).await.unwrap() {
        let number = row.number;
        let rows: BTreeMap<u64, Message> = world
            .store
            .list_messages(&world.token, number, &ALL)
            .await
            .unwrap()
            .into_iter()
            .map(|message| (message.number.get(), message))
            .collect();
        let documents = documents(world, number, &rows).await;
        let messages_given = given(world, &format!("NUMBERS#{token}#{number}")).await;
        chats.insert(number.get(), FinalChat { row, messages_given, rows, documents });
    }
    FinalState {
        application,
        applications: world.store.list_applications(None, 100).await.unwrap().0,
        chats_given: given(world, &format!("NUMBERS#{token}")).await,
        chats,
        dead_letters: world.weather.queue.dead_letters(),
    }
}

/// A chat's documents, as soon as they are what the rows are, or when time is up.
async fn documents(
    world: &World,
    chat: ChatNumber,
    rows: &BTreeMap<u64, Message>,
) -> BTreeMap<u64, Message> {
    let texts = |messages: &BTreeMap<u64, Message>| -> Vec<(u64, String)> {
        messages
            .iter()
            .map(|(number, message)| (*number, message.body.as_str().to_owned()))
            .collect()
    };
    let keyword = Keyword::new("text of".to_owned()).unwrap();
    let until = Instant::now() + FOR_DOCUMENTS;
    loop {
        let deadline = Instant::now() + Duration::from_secs(5);
        let page = world.search.find(&world.token, chat, &keyword, 1000, None, deadline).await;
        // A busy machine may let a search wait for too long; the next one is as good.
        let hits = page.map(|page| page.hits).unwrap_or_default();
        let documents: BTreeMap<u64, Message> =
            hits.into_iter().map(|hit| (hit.message.number.get(), hit.message)).collect();
        if texts(&documents) == texts(rows) || Instant::now() > until {
            return documents;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The last number of a counter; 0 where it is not there.
async fn given(world: &World, partition: &str) -> u64 {
    let key = HashMap::from([
        ("pk".to_owned(), AttributeValue::S(partition.to_owned())),
        ("sk".to_owned(), AttributeValue::S("NUMBERS".to_owned())),
    ]);
    let answer = clients("TEST_DYNAMODB_URL")
        .dynamodb()
        .get_item()
        .table_name(&world.table)
        .set_key(Some(key))
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    let counter = answer.item.unwrap_or_default();
    counter.get("last_number").map_or(0, |number| number.as_n().unwrap().parse().unwrap())
}
