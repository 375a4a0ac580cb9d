//! Reading all that the table holds, for an operator who checks it, rebuilds the search index from
//! it or takes a part of it elsewhere. Nothing that a function does needs this.

use aws_types::SdkConfig;

use super::{
    Store, StoreError,
    attributes::{application_of, chat_of, message_of, read_last_number, read_text, read_time},
    keys::{self, CREATED_AT, Item, PARTITION_KEY, SORT_KEY},
};
use crate::model::{AccessToken, Application, Chat, ChatNumber, Message, Timestamp};

/// One item of the table, as a scan meets it.
#[derive(Debug)]
pub enum Row {
    /// An application.
    Application(Application),
    /// A chat of an application.
    Chat(AccessToken, Chat),
    /// A message of a chat.
    Message(AccessToken, ChatNumber, Message),
    /// What numbers an application's chats.
    ChatNumbers(AccessToken, Counter),
    /// What numbers a chat's messages.
    MessageNumbers(AccessToken, ChatNumber, Counter),
    /// An idempotency key's record, which goes by itself.
    Record,
    /// None of these, or one that lacks something.
    Unreadable(StoreError),
}

/// A counter of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// The last number that it gave; 0 where it gave none.
    pub last_number: u64,
    /// Of a chat's counter: when the chat's creation was accepted.
    pub created_at: Option<Timestamp>,
}

/// Where a scan of a segment goes on.
#[derive(Debug, Clone)]
pub struct ScanPosition(Item);

/// A page of a scan.
#[derive(Debug)]
pub struct ScanPage {
    /// What it met, in no order.
    pub rows: Vec<Row>,
    /// Where the segment goes on; none at its end.
    pub next: Option<ScanPosition>,
}

impl Store {
    /// A store in this table, for a process that brings the configuration of its machine.
    pub fn connect(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self::new(aws_sdk_dynamodb::Client::new(config), table)
    }

    /// Reads a page (at most 1 MB) of one of `segments` parts of the table, strongly consistent:
    /// what was written before the call is in it, if it belongs there. Segments can be read at the
    /// same time; together they hold every item once.
    ///
    /// # Errors
    /// [`StoreError`]. An item that cannot be read is none: it is [`Row::Unreadable`].
    pub async fn scan(
        &self,
        segment: u32,
        segments: u32,
        from: Option<ScanPosition>,
    ) -> Result<ScanPage, StoreError> {
        let answer = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .segment(i32::try_from(segment).unwrap_or(i32::MAX))
            .total_segments(i32::try_from(segments).unwrap_or(i32::MAX))
            .set_exclusive_start_key(from.map(|position| position.0))
            .send()
            .await
            .map_err(|error| StoreError::of_call("Scan", error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        let rows = rows.map(|item| read(item).unwrap_or_else(Row::Unreadable)).collect();
        Ok(ScanPage { rows, next: answer.last_evaluated_key.map(ScanPosition) })
    }

    /// Reads the counter of an application's chats; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn chat_numbers(&self, token: &AccessToken) -> Result<Option<Counter>, StoreError> {
        self.read(keys::chat_numbers(token)).await?.as_ref().map(counter_of).transpose()
    }

    /// Reads the counter of a chat's messages; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn message_numbers(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
    ) -> Result<Option<Counter>, StoreError> {
        self.read(keys::message_numbers(token, chat)).await?.as_ref().map(counter_of).transpose()
    }
}

/// What kind of partition a key names, whose, and of which chat.
#[derive(Debug, PartialEq, Eq)]
enum Partition {
    Application(AccessToken),
    Chat(AccessToken, ChatNumber),
    Numbers(AccessToken, Option<ChatNumber>),
    Record,
}

fn partition(key: &str) -> Option<Partition> {
    let (kind, rest) = key.split_once('#')?;
    if kind == "IDEM" {
        return Some(Partition::Record);
    }
    let (token, chat) = match rest.split_once('#') {
        Some((token, chat)) => (token, Some(ChatNumber::parse(chat).ok()?)),
        None => (rest, None),
    };
    let token = AccessToken::parse(token).ok()?;
    match (kind, chat) {
        ("APP", None) => Some(Partition::Application(token)),
        ("CHAT", Some(chat)) => Some(Partition::Chat(token, chat)),
        ("NUMBERS", chat) => Some(Partition::Numbers(token, chat)),
        _ => None,
    }
}

fn read(item: Item) -> Result<Row, StoreError> {
    let partition = partition(read_text(&item, PARTITION_KEY)?)
        .ok_or(StoreError::Malformed { attribute: PARTITION_KEY })?;
    Ok(match partition {
        Partition::Application(_) if read_text(&item, SORT_KEY)? == "APPLICATION" => {
            Row::Application(application_of(item)?)
        }
        Partition::Application(token) => Row::Chat(token, chat_of(&item)?),
        Partition::Chat(token, chat) => Row::Message(token, chat, message_of(item)?),
        Partition::Numbers(token, None) => Row::ChatNumbers(token, counter_of(&item)?),
        Partition::Numbers(token, Some(chat)) => {
            Row::MessageNumbers(token, chat, counter_of(&item)?)
        }
        Partition::Record => Row::Record,
    })
}

fn counter_of(item: &Item) -> Result<Counter, StoreError> {
    let created_at =
        if item.contains_key(CREATED_AT) { Some(read_time(item, CREATED_AT)?) } else { None };
    Ok(Counter { last_number: read_last_number(item)?, created_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_key_says_what_it_holds() {
        let token = AccessToken::generate().unwrap();
        let chat = ChatNumber::try_from(7).unwrap();
        let text = token.as_str();
        for (key, expected) in [
            (format!("APP#{text}"), Some(Partition::Application(token.clone()))),
            (format!("CHAT#{text}#7"), Some(Partition::Chat(token.clone(), chat))),
            (format!("NUMBERS#{text}"), Some(Partition::Numbers(token.clone(), None))),
            (format!("NUMBERS#{text}#7"), Some(Partition::Numbers(token.clone(), Some(chat)))),
            (format!("IDEM#{text}#0#a#key"), Some(Partition::Record)),
            ("IDEM##0#a#key".to_owned(), Some(Partition::Record)),
            (format!("APP#{text}#7"), None),
            (format!("CHAT#{text}"), None),
            (format!("CHAT#{text}#07"), None),
            ("APP#nobody".to_owned(), None),
            (text.to_owned(), None),
        ] {
            assert_eq!(partition(&key), expected);
        }
    }
}
