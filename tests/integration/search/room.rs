//! Fixtures: an alias with its engine, and chats in it whose documents are searchable when written.

use std::time::{Duration, Instant};

use chat::{
    model::{AccessToken, ChatNumber, Keyword, Message, MessageBody, MessageNumber, Timestamp},
    search::{Document, Hit, Outcome, Search, SearchCursor, SearchPage},
};
use serde_json::Value;

use super::engine::{self, Engine};

/// Longest time for one call of the room; far more than one takes.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn soon() -> Instant {
    Instant::now() + PATIENCE
}

pub(super) struct Room {
    pub(super) search: Search,
    pub(super) engine: Engine,
    pub(super) alias: String,
}

impl Room {
    /// The alias that most tests share; its first index is made by whichever comes first.
    pub(super) async fn shared() -> Self {
        let room = Self::named("chat-tests");
        room.search.create_first_index(soon()).await.unwrap();
        room
    }

    /// An alias of this test's own, which does not exist yet.
    pub(super) fn own() -> Self {
        let random = AccessToken::generate().unwrap().digest();
        Self::named(&format!("chat-tests-{random}"))
    }

    fn named(alias: &str) -> Self {
        let search = engine::search(engine::url(), alias);
        Self { search, engine: Engine::new(), alias: alias.to_owned() }
    }

    pub(super) fn chat(&self) -> Chat<'_> {
        let token = AccessToken::generate().unwrap();
        Chat { room: self, token, number: ChatNumber::try_from(1).unwrap() }
    }

    pub(super) async fn refresh(&self) {
        self.engine.done("POST", &format!("/{}/_refresh", self.alias), &Value::Null).await;
    }

    /// Takes away what a test's own alias stands for.
    pub(super) async fn remove(self) {
        self.engine.done("DELETE", &format!("/{0}-1,{0}-2", self.alias), &Value::Null).await;
    }
}

pub(super) struct Chat<'a> {
    pub(super) room: &'a Room,
    pub(super) token: AccessToken,
    pub(super) number: ChatNumber,
}

impl Chat<'_> {
    pub(super) fn documents<'a>(&'a self, messages: &'a [Message]) -> Vec<Document<'a>> {
        let document = |message| Document { token: &self.token, chat: self.number, message };
        messages.iter().map(document).collect()
    }

    /// Writes messages, says what became of each, and makes what was taken searchable.
    pub(super) async fn write(&self, messages: &[Message]) -> Vec<Outcome> {
        let outcomes = self.room.search.index(&self.documents(messages), soon()).await;
        self.room.refresh().await;
        outcomes
    }

    /// Writes texts, numbered from 1.
    pub(super) async fn say<T: AsRef<str>>(&self, texts: &[T]) {
        let messages: Vec<Message> =
            (1..).zip(texts).map(|(number, text)| message(number, text.as_ref(), 1)).collect();
        assert_indexed(&self.write(&messages).await);
    }

    pub(super) async fn page(
        &self,
        keyword: &str,
        limit: usize,
        after: Option<SearchCursor>,
    ) -> SearchPage {
        let keyword = Keyword::new(keyword.to_owned()).unwrap();
        let found = self.room.search.find(
            &self.token,
            self.number,
            &keyword,
            limit,
            after,
            Instant::now() + PATIENCE,
        );
        found.await.unwrap()
    }

    /// All hits, in their order, page by page.
    pub(super) async fn hits(&self, keyword: &str, limit: usize) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        loop {
            let page = self.page(keyword, limit, hits.last().map(|hit| hit.cursor)).await;
            assert!(page.hits.len() <= limit && (!page.more || !page.hits.is_empty()));
            hits.extend(page.hits);
            if !page.more {
                return hits;
            }
        }
    }

    /// The numbers of all hits, in their order.
    pub(super) async fn find(&self, keyword: &str) -> Vec<u64> {
        numbers(&self.hits(keyword, 100).await)
    }
}

pub(super) fn numbers(hits: &[Hit]) -> Vec<u64> {
    hits.iter().map(|hit| hit.message.number.get()).collect()
}

pub(super) fn message(number: u64, text: &str, revision: u64) -> Message {
    let created_at = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
    Message {
        number: MessageNumber::try_from(number).unwrap(),
        body: MessageBody::new(text.to_owned()).unwrap(),
        created_at,
        updated_at: created_at.plus_millis(i64::try_from(revision).unwrap()),
        revision,
    }
}

#[track_caller]
pub(super) fn assert_indexed(outcomes: &[Outcome]) {
    let indexed = |outcome: &Outcome| matches!(outcome, Outcome::Indexed | Outcome::Known);
    assert!(outcomes.iter().all(indexed), "{outcomes:?}");
}
