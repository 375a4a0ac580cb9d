//! The store on the engine that judges it, where only it can say whether an expression, a
//! condition or a transaction does what is meant.

mod application_keys;
mod applications;
mod edits;
mod idempotency;
mod numbering;
mod persisting;
mod ranges;
mod touching;

use std::time::{Duration, Instant};

use chat::{
    model::{AccessToken, ChatNumber, MessageBody, MessageNumber, Timestamp},
    store::{NewChat, NewMessage, Store},
};

/// Long enough for the conflicts of a test.
fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn chat_number(number: u64) -> ChatNumber {
    ChatNumber::try_from(number).unwrap()
}

fn message_number(number: u64) -> MessageNumber {
    MessageNumber::try_from(number).unwrap()
}

fn new_chat(number: u64) -> NewChat {
    NewChat { number: chat_number(number), created_at: Timestamp::now() }
}

fn new_message(number: u64, text: &str) -> NewMessage {
    NewMessage {
        number: message_number(number),
        body: MessageBody::new(text.to_owned()).unwrap(),
        created_at: Timestamp::now(),
    }
}

fn new_messages(numbers: impl IntoIterator<Item = u64>) -> Vec<NewMessage> {
    numbers.into_iter().map(|number| new_message(number, &format!("text {number}"))).collect()
}

async fn chat_count(store: &Store, token: &AccessToken) -> u64 {
    store.application(token).await.unwrap().unwrap().chat_count
}

async fn message_count(store: &Store, token: &AccessToken, chat: u64) -> u64 {
    store.chat(token, chat_number(chat)).await.unwrap().unwrap().message_count
}
