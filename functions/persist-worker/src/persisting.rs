//! The store's part: rows with their counts, parents touched, rows read for the search index.

use std::{cell::Cell, collections::BTreeMap, time::Instant};

use chat::{
    jobs::MAX_REFERENCES,
    model::{AccessToken, ChatNumber, Message, MessageReference, Timestamp},
    store::{NewChat, NewMessage, PersistError, RowOutcome, Store, StoreError},
};
use futures_util::future::{join, join_all};

use crate::{
    batch::{ChatWork, Tenant, Work},
    fate::Fate,
    isolation::isolated,
};

/// Why a job is given up whose number another creation has: a forged one, or a mistaken redrive.
const OTHER_ROW: &str = "a row of another time or text has its number";

/// A message as its document shall be, and the records that wait for it.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) chat: ChatNumber,
    pub(crate) message: Message,
    /// How often its indexing was put off.
    pub(crate) attempt: u32,
    pub(crate) records: Vec<usize>,
}

/// What a tenant's part of a batch came to.
#[derive(Debug, Default)]
pub(crate) struct Persisted {
    pub(crate) pending: Vec<Pending>,
    /// When the creations were accepted whose rows this invocation wrote. What stood already was
    /// counted when it was written, however often its job comes again.
    pub(crate) accepted: Vec<Timestamp>,
    pub(crate) fates: Vec<(Vec<usize>, Fate)>,
}

/// The parents that something happened in, with the time of the latest, and who says so.
#[derive(Debug, Default)]
struct Touches {
    chats: BTreeMap<ChatNumber, Touch>,
    application: Touch,
}

#[derive(Debug, Default)]
struct Touch {
    to: Option<Timestamp>,
    /// What the parent's `updated_at` is known to have reached.
    reached: Option<Timestamp>,
    records: Vec<usize>,
}

/// Writes a tenant's rows, chats before messages, then touches their parents.
pub(crate) async fn persist(
    store: &Store,
    token: &AccessToken,
    tenant: &Tenant,
    deadline: Instant,
) -> Persisted {
    let mut persisted = Persisted::default();
    let mut touches = Touches::default();
    for (work, outcome) in persist_chats(store, token, tenant, deadline).await {
        match outcome {
            Ok(row) => {
                touches.application.add(work.what.created_at, &work.records);
                persisted.count(row, work.what.created_at);
            }
            Err(fate) => persisted.fates.push((work.records.clone(), fate)),
        }
    }
    let chats = tenant.chats.values().map(|work| persist_messages(store, token, work, deadline));
    for (chat, (outcomes, reached)) in tenant.chats.values().zip(join_all(chats).await) {
        let chat = chat.chat.number;
        for (work, outcome) in outcomes {
            match outcome {
                Ok(row) => {
                    // For a row that stood an earlier worker may have died before its touches.
                    touches.add(chat, work.what.created_at, &work.records);
                    persisted.count(row, work.what.created_at);
                    persisted.pending.push(Pending::new(chat, work));
                }
                Err(fate) => persisted.fates.push((work.records.clone(), fate)),
            }
        }
        touches.have_reached(chat, reached);
    }
    read_references(store, token, tenant, &mut persisted, &mut touches).await;
    persisted.fates.extend(touches.make(store, token, deadline).await);
    persisted
}

impl Persisted {
    fn count(&mut self, row: RowOutcome, accepted: Timestamp) {
        if row == RowOutcome::Written {
            self.accepted.push(accepted);
        }
    }
}

/// All of an application's new chats in one transaction; where that cannot succeed, each alone,
/// so that only the one to blame is given up.
async fn persist_chats<'a>(
    store: &Store,
    token: &AccessToken,
    tenant: &'a Tenant,
    deadline: Instant,
) -> Vec<(&'a Work<NewChat>, Result<RowOutcome, Fate>)> {
    let works: Vec<&Work<NewChat>> = tenant.new_chats.values().collect();
    together_or_alone(works, async |works: &[&Work<NewChat>]| {
        let chats: Vec<NewChat> = works.iter().map(|work| work.what).collect();
        store.persist_chats(token, &chats, deadline).await
    })
    .await
}

/// All of a chat's new messages in one transaction, or each alone, as [`persist_chats`] does; and
/// what the chat's `updated_at` is known to have reached.
async fn persist_messages<'a>(
    store: &Store,
    token: &AccessToken,
    chat: &'a ChatWork,
    deadline: Instant,
) -> (Vec<(&'a Work<NewMessage>, Result<RowOutcome, Fate>)>, Option<Timestamp>) {
    let reached = Cell::new(None);
    let works: Vec<&Work<NewMessage>> = chat.messages.values().collect();
    let outcomes = together_or_alone(works, async |works: &[&Work<NewMessage>]| {
        let messages: Vec<NewMessage> = works.iter().map(|work| work.what.clone()).collect();
        let persisted = store.persist_messages(token, chat.chat, &messages, deadline).await?;
        reached.set(reached.get().max(persisted.chat_updated_at));
        Ok(persisted.rows)
    });
    (outcomes.await, reached.get())
}

async fn together_or_alone<'a, T>(
    works: Vec<&'a Work<T>>,
    persist: impl AsyncFn(&[&'a Work<T>]) -> Result<Vec<RowOutcome>, PersistError>,
) -> Vec<(&'a Work<T>, Result<RowOutcome, Fate>)> {
    if works.is_empty() {
        return Vec::new();
    }
    let together = attempt(persist(&works)).await;
    let somebodys_fault = matches!(together, Err(Fate::Dead(_) | Fate::Failed(_)));
    if works.len() == 1 || !somebodys_fault {
        return outcomes(works, together);
    }
    let mut alone = Vec::with_capacity(works.len());
    for work in works {
        alone.extend(outcomes(vec![work], attempt(persist(&[work])).await));
    }
    alone
}

/// Each with its own part of what became of all. A job whose number has another row is given up.
fn outcomes<T>(
    works: Vec<&Work<T>>,
    together: Result<Vec<RowOutcome>, Fate>,
) -> Vec<(&Work<T>, Result<RowOutcome, Fate>)> {
    let mut rows = together.map(Vec::into_iter);
    let mut next = || match &mut rows {
        Ok(rows) => match rows.next() {
            Some(RowOutcome::Mismatch) => Err(Fate::Dead(OTHER_ROW.to_owned())),
            Some(row) => Ok(row),
            None => Err(Fate::Failed("nothing is known of its row".to_owned())),
        },
        Err(fate) => Err(fate.clone()),
    };
    works.into_iter().map(|work| (work, next())).collect()
}

async fn attempt<T>(work: impl Future<Output = Result<T, PersistError>>) -> Result<T, Fate> {
    match isolated(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Fate::from(&error)),
        Err(_) => Err(Fate::Failed("persisting it panicked".to_owned())),
    }
}

/// Reads the rows that are to be indexed as they are now. A row that is not there yet will be
/// indexed by the job that writes it.
async fn read_references(
    store: &Store,
    token: &AccessToken,
    tenant: &Tenant,
    persisted: &mut Persisted,
    touches: &mut Touches,
) {
    let references: Vec<MessageReference> = tenant.references.keys().copied().collect();
    for part in references.chunks(MAX_REFERENCES) {
        let rows: Result<Vec<(ChatNumber, Message)>, StoreError> =
            store.messages(token, part).await;
        match rows {
            Ok(rows) => {
                for (chat, message) in rows {
                    let reference = MessageReference { chat, number: message.number };
                    let Some(work) = tenant.references.get(&reference) else { continue };
                    if work.edited {
                        touches.add(chat, message.updated_at, &work.records);
                    }
                    persisted.pending.push(Pending {
                        chat,
                        message,
                        attempt: work.attempt,
                        records: work.records.clone(),
                    });
                }
            }
            Err(error) => {
                let records = part.iter().filter_map(|reference| tenant.references.get(reference));
                let records = records.flat_map(|work| work.records.clone()).collect();
                persisted.fates.push((records, Fate::from(&error)));
            }
        }
    }
}

impl Pending {
    /// A message that has just been written, or was found written: its own text as revision 1,
    /// which never overwrites an edit's document.
    fn new(chat: ChatNumber, work: &Work<NewMessage>) -> Self {
        let NewMessage { number, ref body, created_at } = work.what;
        let message =
            Message { number, body: body.clone(), created_at, updated_at: created_at, revision: 1 };
        Self { chat, message, attempt: 0, records: work.records.clone() }
    }
}

impl Touches {
    fn add(&mut self, chat: ChatNumber, time: Timestamp, records: &[usize]) {
        self.chats.entry(chat).or_default().add(time, records);
        self.application.add(time, records);
    }

    /// Notes what a chat's `updated_at` is known to have reached.
    fn have_reached(&mut self, chat: ChatNumber, time: Option<Timestamp>) {
        if let Some(touch) = self.chats.get_mut(&chat) {
            touch.reached = time;
        }
    }

    /// Touches each parent that has not reached its time once, all at the same time. What fails makes
    /// its records wait, to be touched again.
    async fn make(
        self,
        store: &Store,
        token: &AccessToken,
        deadline: Instant,
    ) -> Vec<(Vec<usize>, Fate)> {
        let chats = join_all(self.chats.into_iter().map(async |(chat, touch)| {
            touch.make(|to| store.touch_chat(token, chat, to, deadline)).await
        }));
        let application = self.application.make(|to| store.touch_application(token, to, deadline));
        let (chats, application) = join(chats, application).await;
        chats.into_iter().chain([application]).flatten().collect()
    }
}

impl Touch {
    fn add(&mut self, time: Timestamp, records: &[usize]) {
        self.to = self.to.max(Some(time));
        self.records.extend_from_slice(records);
    }

    async fn make<F>(self, touch: impl FnOnce(Timestamp) -> F) -> Option<(Vec<usize>, Fate)>
    where
        F: Future<Output = Result<(), StoreError>>,
    {
        let to = self.to.filter(|to| self.reached < Some(*to))?;
        let error = touch(to).await.err()?;
        Some((self.records, Fate::from(&error)))
    }
}
