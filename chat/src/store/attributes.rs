//! Reading items into the model and writing the model's values as attributes.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    StoreError,
    keys::{
        self, BODY, CHAT_COUNT, CREATED_AT, Item, LAST_NUMBER, MESSAGE_COUNT, NAME, PARTITION_KEY,
        REVISION, SORT_KEY, UPDATED_AT,
    },
};
use crate::model::{
    Application, ApplicationName, Chat, ChatNumber, Message, MessageBody, MessageNumber, Timestamp,
};

/// A text attribute.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(super) fn integer(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A time attribute: text that sorts by time.
pub(super) fn time(value: Timestamp) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// The names behind the placeholders of an expression, `#created_at` for `created_at`; every
/// attribute gets one, since DynamoDB reserves `name` and may reserve others.
pub(super) fn expression_names<const N: usize>(
    attributes: [&'static str; N],
) -> std::collections::HashMap<String, String> {
    attributes.into_iter().map(|name| (format!("#{name}"), name.to_owned())).collect()
}

pub(super) fn take_text(item: &mut Item, attribute: &'static str) -> Result<String, StoreError> {
    match item.remove(attribute) {
        Some(AttributeValue::S(value)) => Ok(value),
        _ => Err(StoreError::Malformed { attribute }),
    }
}

pub(super) fn read_text<'a>(
    item: &'a Item,
    attribute: &'static str,
) -> Result<&'a str, StoreError> {
    match item.get(attribute) {
        Some(AttributeValue::S(value)) => Ok(value),
        _ => Err(StoreError::Malformed { attribute }),
    }
}

pub(super) fn read_integer(item: &Item, attribute: &'static str) -> Result<u64, StoreError> {
    match item.get(attribute) {
        Some(AttributeValue::N(value)) => value.parse().ok(),
        _ => None,
    }
    .ok_or(StoreError::Malformed { attribute })
}

pub(super) fn read_time(item: &Item, attribute: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::parse(read_text(item, attribute)?).map_err(|_| StoreError::Malformed { attribute })
}

/// The last number that a counter gave; 0 where it gave none.
pub(super) fn read_last_number(item: &Item) -> Result<u64, StoreError> {
    read_integer(item, LAST_NUMBER)
}

pub(super) fn application_of(mut item: Item) -> Result<Application, StoreError> {
    let access_token = keys::token_of(read_text(&item, PARTITION_KEY)?)
        .ok_or(StoreError::Malformed { attribute: PARTITION_KEY })?;
    Ok(Application {
        access_token,
        name: ApplicationName::existing(take_text(&mut item, NAME)?)
            .map_err(|_| StoreError::Malformed { attribute: NAME })?,
        created_at: read_time(&item, CREATED_AT)?,
        updated_at: read_time(&item, UPDATED_AT)?,
        chat_count: read_integer(&item, CHAT_COUNT)?,
        revision: read_integer(&item, REVISION)?,
    })
}

pub(super) fn chat_of(item: &Item) -> Result<Chat, StoreError> {
    Ok(Chat {
        number: read_number(item).and_then(|number| {
            ChatNumber::try_from(number).map_err(|_| StoreError::Malformed { attribute: SORT_KEY })
        })?,
        created_at: read_time(item, CREATED_AT)?,
        updated_at: read_time(item, UPDATED_AT)?,
        message_count: read_integer(item, MESSAGE_COUNT)?,
    })
}

pub(super) fn message_of(mut item: Item) -> Result<Message, StoreError> {
    Ok(Message {
        number: read_number(&item).and_then(|number| {
            MessageNumber::try_from(number)
                .map_err(|_| StoreError::Malformed { attribute: SORT_KEY })
        })?,
        body: MessageBody::new(take_text(&mut item, BODY)?)
            .map_err(|_| StoreError::Malformed { attribute: BODY })?,
        created_at: read_time(&item, CREATED_AT)?,
        updated_at: read_time(&item, UPDATED_AT)?,
        revision: read_integer(&item, REVISION)?,
    })
}

fn read_number(item: &Item) -> Result<u64, StoreError> {
    keys::number_of(read_text(item, SORT_KEY)?).ok_or(StoreError::Malformed { attribute: SORT_KEY })
}
