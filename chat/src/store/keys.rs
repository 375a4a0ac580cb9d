//! Keys and attribute names of the table, in one place.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::KeyScope;
use crate::model::{AccessToken, ChatNumber, MessageNumber};

/// An item, or its key, as DynamoDB takes and answers it.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PARTITION_KEY: &str = "pk";
pub(super) const SORT_KEY: &str = "sk";
pub(super) const NAME: &str = "name";
pub(super) const BODY: &str = "body";
pub(super) const CREATED_AT: &str = "created_at";
pub(super) const UPDATED_AT: &str = "updated_at";
pub(super) const CHAT_COUNT: &str = "chat_count";
pub(super) const MESSAGE_COUNT: &str = "message_count";
pub(super) const REVISION: &str = "revision";
pub(super) const LAST_NUMBER: &str = "last_number";
pub(super) const LAST_REQUEST: &str = "last_request";
pub(super) const NUMBER: &str = "number";
pub(super) const CHAT_CREATED_AT: &str = "chat_created_at";
pub(super) const DIGEST: &str = "digest";
pub(super) const ACCESS_TOKEN: &str = "access_token";
pub(super) const OWNER: &str = "owner";
pub(super) const TAKEN_AT: &str = "taken_at";
/// The table's time to live.
pub(super) const EXPIRES_AT: &str = "expires_at";

/// The sparse index that lists applications; only their items have its two keys.
pub(super) const LISTING_INDEX: &str = "applications";
pub(super) const LISTING_PARTITION_KEY: &str = "listing_pk";
pub(super) const LISTING_SORT_KEY: &str = "listing_sk";
/// All applications stand in one partition of the listing.
pub(super) const LISTING_PARTITION: &str = "APPLICATIONS";

const APPLICATION_PREFIX: &str = "APP#";
const CHAT_ROW_PREFIX: &str = "CHAT#";
const MESSAGE_ROW_PREFIX: &str = "MESSAGE#";

/// The key of an application's row.
pub(super) fn application(token: &AccessToken) -> Item {
    key(application_partition(token), "APPLICATION".to_owned())
}

/// The key of a chat's row.
pub(super) fn chat(token: &AccessToken, number: ChatNumber) -> Item {
    key(application_partition(token), chat_sort(number.get()))
}

/// The key of a message's row.
pub(super) fn message(token: &AccessToken, chat: ChatNumber, number: MessageNumber) -> Item {
    key(chat_partition(token, chat), message_sort(number.get()))
}

/// The key of the counter that numbers an application's chats.
pub(super) fn chat_numbers(token: &AccessToken) -> Item {
    key(format!("NUMBERS#{}", token.as_str()), "NUMBERS".to_owned())
}

/// The key of the counter that numbers a chat's messages.
pub(super) fn message_numbers(token: &AccessToken, chat: ChatNumber) -> Item {
    key(format!("NUMBERS#{}#{chat}", token.as_str()), "NUMBERS".to_owned())
}

/// The key of an idempotency key's record; chats have numbers from 1, so 0 stands for none.
pub(super) fn idempotency(scope: &KeyScope<'_>) -> Item {
    let KeyScope { token, chat, key } = scope;
    let chat = chat.map_or(0, ChatNumber::get);
    self::key(format!("IDEM#{}#{chat}#{key}", token.as_str()), "IDEM".to_owned())
}

/// The key of the record of an idempotency key under which an application is created: no token
/// stands where those of chats and messages have one.
pub(super) fn application_key(key: &str) -> Item {
    self::key(format!("IDEM##0#{key}"), "IDEM".to_owned())
}

/// The partition of an application's row and its chats' rows.
pub(super) fn application_partition(token: &AccessToken) -> String {
    format!("{APPLICATION_PREFIX}{}", token.as_str())
}

/// The partition of a chat's messages' rows.
pub(super) fn chat_partition(token: &AccessToken, chat: ChatNumber) -> String {
    format!("{CHAT_ROW_PREFIX}{}#{chat}", token.as_str())
}

/// The sort value of a chat's row: padded, so that text order is number order.
pub(super) fn chat_sort(number: u64) -> String {
    format!("{CHAT_ROW_PREFIX}{number:010}")
}

/// The sort value of a message's row.
pub(super) fn message_sort(number: u64) -> String {
    format!("{MESSAGE_ROW_PREFIX}{number:010}")
}

/// The token in the partition key of an application's row.
pub(super) fn token_of(application_partition: &str) -> Option<AccessToken> {
    AccessToken::parse(application_partition.strip_prefix(APPLICATION_PREFIX)?).ok()
}

/// The chat's number in the partition key of a message's row.
pub(super) fn chat_of(chat_partition: &str) -> Option<ChatNumber> {
    ChatNumber::parse(chat_partition.rsplit_once('#')?.1).ok()
}

/// The number in the sort value of a chat's or a message's row.
pub(super) fn number_of(sort: &str) -> Option<u64> {
    sort.split_once('#')?.1.parse().ok()
}

fn key(partition: String, sort: String) -> Item {
    HashMap::from([
        (PARTITION_KEY.to_owned(), AttributeValue::S(partition)),
        (SORT_KEY.to_owned(), AttributeValue::S(sort)),
    ])
}
