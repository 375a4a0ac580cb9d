//! What the table and the index hold, put beside each other in memory: some 50 bytes a message.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use chat::{
    model::{AccessToken, ChatNumber, Message, MessageNumber, MessageReference, TenantDigest},
    search::{DocumentPlace, DocumentScan, EngineError, Generation, IndexedDocument, fingerprint},
    store::{Row, StoreError},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::suspects::{Suspects, Verdict, verdict};
use crate::{engines::Engines, failure::Failure, progress::Progress};

/// Rows in one answer, at most.
const PAGE: u32 = 1_000;
/// Chats of one application that are read at the same time.
const AT_ONCE: usize = 8;

/// What there is, tenant by tenant.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) tenants: HashMap<TenantDigest, Tenant>,
    /// Documents that were put beside it.
    pub(crate) documents: u64,
    pub(crate) unreadable: Vec<String>,
}

/// An application's share.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) token: AccessToken,
    /// The count that its row holds.
    pub(crate) chat_count: Option<u64>,
    pub(crate) last_number: Option<u64>,
    pub(crate) chats: BTreeMap<ChatNumber, Chat>,
}

/// A chat's share.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    /// The count that its row holds.
    pub(crate) message_count: Option<u64>,
    pub(crate) last_number: Option<u64>,
    pub(crate) messages: BTreeMap<MessageNumber, Entry>,
}

/// A message's row, and whether its document was met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    revision: u64,
    fingerprint: u64,
    met: bool,
}

impl Survey {
    /// Reads the whole table; `each` sees the messages of every page before the next is read.
    pub(crate) async fn of_table(
        engines: &Engines,
        segments: u32,
        each: impl AsyncFn(&[(AccessToken, ChatNumber, Message)]) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let progress = Progress::counting("rows");
        let survey = RefCell::new(Self::default());
        stream::iter(0..segments)
            .map(async |segment| {
                let mut from = None;
                loop {
                    let page = engines.store.scan(segment, segments, from).await?;
                    progress.add(page.rows.len());
                    let messages = survey.borrow_mut().add_rows(page.rows);
                    each(&messages).await?;
                    from = page.next;
                    if from.is_none() {
                        return Ok::<(), Failure>(());
                    }
                }
            })
            .buffer_unordered(usize::try_from(segments).unwrap_or(1))
            .try_collect::<()>()
            .await?;
        Ok(survey.into_inner())
    }

    /// Reads what belongs to one application.
    pub(crate) async fn of_application(
        engines: &Engines,
        token: &AccessToken,
    ) -> Result<Self, Failure> {
        let progress = Progress::counting("rows");
        let store = &engines.store;
        let application = store.application(token).await?;
        let mut tenant = Tenant::new(token.clone());
        tenant.chat_count = application.map(|application| application.chat_count);
        let mut after = 0;
        loop {
            let page = store.list_chats(token, &crate::range_behind(after, PAGE)).await?;
            progress.add(page.len());
            let Some(last) = page.last() else { break };
            after = last.number.get();
            let chats = stream::iter(page)
                .map(async |chat| {
                    let messages = messages_of(engines, token, chat.number, &progress).await?;
                    let counter = store.message_numbers(token, chat.number).await?;
                    let found = Chat {
                        message_count: Some(chat.message_count),
                        last_number: counter.map(|counter| counter.last_number),
                        messages,
                    };
                    Ok::<_, Failure>((chat.number, found))
                })
                .buffer_unordered(AT_ONCE)
                .try_collect::<Vec<_>>()
                .await?;
            tenant.chats.extend(chats);
        }
        tenant.last_number = store.chat_numbers(token).await?.map(|counter| counter.last_number);
        Ok(Self { tenants: HashMap::from([(token.digest(), tenant)]), ..Self::default() })
    }

    /// Adds rows, and gives the messages among them back.
    fn add_rows(&mut self, rows: Vec<Row>) -> Vec<(AccessToken, ChatNumber, Message)> {
        let mut messages = Vec::new();
        for row in rows {
            match row {
                Row::Application(application) => {
                    self.tenant(&application.access_token).chat_count =
                        Some(application.chat_count);
                }
                Row::Chat(token, chat) => {
                    let found = self.tenant(&token).chats.entry(chat.number).or_default();
                    found.message_count = Some(chat.message_count);
                }
                Row::Message(token, chat, message) => {
                    let found = self.tenant(&token).chats.entry(chat).or_default();
                    found.messages.insert(message.number, Entry::of(&message));
                    messages.push((token, chat, message));
                }
                Row::ChatNumbers(token, counter) => {
                    self.tenant(&token).last_number = Some(counter.last_number);
                }
                Row::MessageNumbers(token, chat, counter) => {
                    let found = self.tenant(&token).chats.entry(chat).or_default();
                    found.last_number = Some(counter.last_number);
                }
                Row::Record => {}
                Row::Unreadable(error) => self.unreadable.push(error.to_string()),
            }
        }
        messages
    }

    fn tenant(&mut self, token: &AccessToken) -> &mut Tenant {
        self.tenants.entry(token.digest()).or_insert_with(|| Tenant::new(token.clone()))
    }

    /// Puts all documents of an index beside the rows, and says which do not fit. There being no
    /// index is like there being no documents.
    pub(crate) async fn compare(
        &mut self,
        engines: &Engines,
        generation: Generation,
        tenant: Option<TenantDigest>,
    ) -> Result<Suspects, Failure> {
        let progress = Progress::counting("documents");
        let mut suspects = Suspects::default();
        if let Some(mut scan) = scan(engines, generation, tenant).await? {
            loop {
                let page = scan.next().await?;
                if page.is_empty() {
                    break;
                }
                progress.add(page.len());
                for document in page {
                    self.documents += 1;
                    self.meet(document, &mut suspects);
                }
            }
        }
        for (digest, tenant) in &self.tenants {
            for (&chat, found) in &tenant.chats {
                for (&number, entry) in &found.messages {
                    if !entry.met {
                        let tenant = digest.clone();
                        suspects.places.push(DocumentPlace { tenant, chat, number });
                    }
                }
            }
        }
        Ok(suspects)
    }

    fn meet(&mut self, document: IndexedDocument, suspects: &mut Suspects) {
        let Some(place) = document.place.clone() else {
            suspects.foreign.push(document);
            return;
        };
        let entry = self
            .tenants
            .get_mut(&place.tenant)
            .and_then(|tenant| tenant.chats.get_mut(&place.chat))
            .and_then(|chat| chat.messages.get_mut(&place.number));
        match entry {
            Some(entry) => {
                // One that differs stays unmet, and is looked at again with those that are missing.
                let row = Some((entry.revision, entry.fingerprint));
                let found = Some((document.version, document.fingerprint));
                entry.met = verdict(row, found) == Verdict::Same;
            }
            None => suspects.places.push(place),
        }
    }

    pub(crate) fn chats(&self) -> u64 {
        let chats = self.tenants.values().flat_map(|tenant| tenant.chats.values());
        chats.filter(|chat| chat.message_count.is_some()).count() as u64
    }

    pub(crate) fn messages(&self) -> u64 {
        let chats = self.tenants.values().flat_map(|tenant| tenant.chats.values());
        chats.map(|chat| chat.messages.len() as u64).sum()
    }

    pub(crate) fn applications(&self) -> u64 {
        let with_row = self.tenants.values().filter(|tenant| tenant.chat_count.is_some());
        with_row.count() as u64
    }
}

async fn scan(
    engines: &Engines,
    generation: Generation,
    tenant: Option<TenantDigest>,
) -> Result<Option<DocumentScan<'_>>, Failure> {
    let begun = async {
        engines.search.refresh(generation).await?;
        engines.search.scan(generation, tenant).await
    };
    match begun.await {
        Ok(scan) => Ok(Some(scan)),
        Err(EngineError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn messages_of(
    engines: &Engines,
    token: &AccessToken,
    chat: ChatNumber,
    progress: &Progress,
) -> Result<BTreeMap<MessageNumber, Entry>, StoreError> {
    let mut messages = BTreeMap::new();
    let mut after = 0;
    loop {
        let range = crate::range_behind(after, PAGE);
        let page = engines.store.list_messages(token, chat, &range).await?;
        progress.add(page.len());
        let Some(last) = page.last() else { return Ok(messages) };
        after = last.number.get();
        messages.extend(page.iter().map(|message| (message.number, Entry::of(message))));
    }
}

impl Tenant {
    fn new(token: AccessToken) -> Self {
        Self { token, chat_count: None, last_number: None, chats: BTreeMap::new() }
    }

    /// The place of a message in the store.
    pub(crate) fn reference(place: &DocumentPlace) -> MessageReference {
        MessageReference { chat: place.chat, number: place.number }
    }
}

impl Entry {
    fn of(message: &Message) -> Self {
        Self { revision: message.revision, fingerprint: fingerprint(message), met: false }
    }
}
