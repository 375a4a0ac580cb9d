//! One seed's world: a table, an application, the search engine, a queue, and the functions, each
//! invocation of which has a network of its own.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use chat::{
    http::{AdminKey, Context, Deployment, Response},
    jobs::Queue,
    model::AccessToken,
    search::Search,
    store::Store,
};
use create_chat::CreateChat;
use create_message::CreateMessage;
use crud::{Crud, Readiness};
use persist_worker::{Record, SqsEvent, Worker};
use tests::{clients, new_application, new_store_table, variable};

use crate::{
    faults::{Network, Weather, random},
    history::History,
    queue::{DEAD_LETTERS_URL, JOBS_URL, Message},
};

/// The functions of one invocation.
pub(crate) struct Functions {
    pub(crate) network: Network,
    pub(crate) create_chat: CreateChat,
    pub(crate) create_message: CreateMessage,
    pub(crate) crud: Crud,
    worker: Worker,
}

pub(crate) struct World {
    pub(crate) weather: Arc<Weather>,
    pub(crate) history: History,
    pub(crate) token: AccessToken,
    pub(crate) table: String,
    /// How many clients act at the same time; one alone leaves no room for others' numbers.
    pub(crate) clients: usize,
    /// Whether they mostly edit the same message.
    pub(crate) edits_one_message: bool,
    /// Without faults.
    pub(crate) store: Store,
    pub(crate) search: Search,
}

impl World {
    pub(crate) async fn new(seed: u64) -> Self {
        let mut random = random(seed, "world");
        let (store, table) = new_store_table().await;
        let token = new_application(&store).await.access_token;
        let search = clients("TEST_DYNAMODB_URL").search(variable("TEST_SEARCH_URL")).unwrap();
        Self {
            weather: Arc::new(Weather::new(seed, random.u64(0..=120))),
            history: History::default(),
            token,
            table,
            clients: if random.u8(0..3) == 0 { 1 } else { random.usize(2..=5) },
            edits_one_message: random.u8(0..3) == 0,
            store,
            search,
        }
    }

    /// The functions, called through a network that this invocation's name gives its faults.
    pub(crate) fn functions(&self, invocation: &str) -> Functions {
        let network = Network::new(&self.weather, invocation);
        let through = |variable_name| clients(variable_name).map_http(|http| network.wrap(http));
        let engines = through("TEST_DYNAMODB_URL");
        let store = Store::new(engines.dynamodb(), &self.table);
        let jobs = Queue::new(engines.sqs(), JOBS_URL);
        let dead_letters = Queue::new(engines.sqs(), DEAD_LETTERS_URL);
        let search = engines.search(variable("TEST_SEARCH_URL")).unwrap();
        Functions {
            create_chat: CreateChat { store: store.clone(), jobs: jobs.clone() },
            create_message: CreateMessage { store: store.clone(), jobs: jobs.clone() },
            crud: Crud {
                admin_key: AdminKey::Open,
                store: store.clone(),
                jobs: jobs.clone(),
                search: search.clone(),
                readiness: Readiness::default(),
            },
            worker: Worker { store, search, jobs, dead_letters },
            network,
        }
    }

    /// Lets everything through from now on, and waits for the calls that are still on their way.
    pub(crate) async fn stop_faults(&self) {
        self.weather.calm_down();
        tests::eventually("late calls to land", async || {
            let late = self.weather.late_calls();
            if late == 0 { Ok(()) } else { Err(late) }
        })
        .await;
    }

    /// Has a worker do one batch, as the queue chooses it, and deletes what it reports done, unless
    /// that report is lost. Says whether there was anything to do.
    pub(crate) async fn work(&self, round: usize) -> bool {
        let mut random = random(self.weather.seed, &format!("batch {round}"));
        let messages = self.weather.queue.receive(&mut random);
        if messages.is_empty() {
            return false;
        }
        let functions = self.functions(&format!("worker {round}"));
        let records = messages.iter().map(record).collect();
        let ends = SystemTime::now() + Duration::from_secs(30);
        let invocation = tests::invocation(ends);
        let work = Box::pin(functions.worker.handle(SqsEvent { records }, &invocation));
        let Some(answer) = functions.network.survive(work).await else { return true };
        let report_is_lost =
            !self.weather.is_calm() && random.u64(0..1000) < self.weather.per_mille;
        let failed: Vec<&str> = answer
            .batch_item_failures
            .iter()
            .map(|failure| failure.item_identifier.as_str())
            .collect();
        if !report_is_lost {
            let done: Vec<u64> = messages
                .iter()
                .map(|message| message.id)
                .filter(|id| !failed.contains(&id.to_string().as_str()))
                .collect();
            self.weather.queue.delete(&done);
        }
        true
    }

    /// Does all jobs that are left.
    pub(crate) async fn drain(&self) {
        // Each round does ten jobs and makes at most one for each; the bound tells a livelock.
        for round in 0..2_000 {
            if !self.work(1_000_000 + round).await {
                return;
            }
        }
        panic!("seed {}: {} jobs do not end", self.weather.seed, self.weather.queue.waiting());
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.weather.trace()
    }
}

impl Functions {
    /// A function's answer to an event, unless it is killed.
    pub(crate) async fn answer(
        &self,
        function: &impl chat::http::Handler,
        event: &str,
        request_id: String,
    ) -> Option<Response> {
        let mut context = Context::default();
        context.request_id = request_id;
        let deployment = Deployment::default();
        // Boxed, since the types of futures would nest too deep for the compiler.
        let answer = Box::pin(chat::http::answer(function, &deployment, event, &context, false));
        self.network.survive(answer).await
    }
}

fn record(message: &Message) -> Record {
    Record::new(message.id.to_string(), message.body.clone())
}
