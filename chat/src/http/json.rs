//! The JSON of applications, chats and messages: exactly the contract's members, in its order.

use serde::Serialize;

use super::Problem;
use crate::model::{AccessToken, Application, Chat, ChatNumber, Message, MessageNumber, Timestamp};

/// Writes an object.
///
/// # Errors
/// 500 where a value has no JSON form, which none of these objects holds.
pub fn to_json(object: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(object).map_err(Problem::internal)
}

/// An application, as it is shown.
#[derive(Serialize)]
pub struct ApplicationJson<'a> {
    name: &'a str,
    access_token: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
    chat_count: u64,
}

impl<'a> From<&'a Application> for ApplicationJson<'a> {
    fn from(application: &'a Application) -> Self {
        Self {
            name: application.name.as_str(),
            access_token: application.access_token.as_str(),
            created_at: application.created_at,
            updated_at: application.updated_at,
            chat_count: application.chat_count,
        }
    }
}

/// A chat, as it is shown.
#[derive(Serialize)]
pub struct ChatJson {
    number: ChatNumber,
    created_at: Timestamp,
    updated_at: Timestamp,
    message_count: u64,
}

impl From<&Chat> for ChatJson {
    fn from(chat: &Chat) -> Self {
        Self {
            number: chat.number,
            created_at: chat.created_at,
            updated_at: chat.updated_at,
            message_count: chat.message_count,
        }
    }
}

/// A message, as it is shown.
#[derive(Serialize)]
pub struct MessageJson<'a> {
    number: MessageNumber,
    body: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> From<&'a Message> for MessageJson<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            number: message.number,
            body: message.body.as_str(),
            created_at: message.created_at,
            updated_at: message.updated_at,
        }
    }
}

/// The answer to a chat's creation.
#[derive(Serialize)]
pub struct ChatCreatedJson<'a> {
    number: ChatNumber,
    access_token: &'a str,
}

impl<'a> ChatCreatedJson<'a> {
    /// The chat of this number in the application that the token names.
    pub fn new(token: &'a AccessToken, number: ChatNumber) -> Self {
        Self { number, access_token: token.as_str() }
    }
}

/// The answer to a message's creation.
#[derive(Serialize)]
pub struct MessageCreatedJson<'a> {
    number: MessageNumber,
    chat_number: ChatNumber,
    access_token: &'a str,
}

impl<'a> MessageCreatedJson<'a> {
    /// The message of this number in the chat of the application that the token names.
    pub fn new(token: &'a AccessToken, chat: ChatNumber, number: MessageNumber) -> Self {
        Self { number, chat_number: chat, access_token: token.as_str() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ApplicationName, MessageBody};

    const TOKEN: &str = "123456789ABCDEFGHJKLMNPQ";

    fn time(millis: i64) -> Timestamp {
        Timestamp::parse("2022-08-09T22:17:52.000Z").unwrap().plus_millis(millis)
    }

    #[test]
    fn objects_have_exactly_the_contract_s_members() {
        let token = AccessToken::parse(TOKEN).unwrap();
        let chat = ChatNumber::parse("7").unwrap();
        let number = MessageNumber::parse("9").unwrap();
        let application = Application {
            access_token: token.clone(),
            name: ApplicationName::new("My \"app\"".to_owned()).unwrap(),
            created_at: time(599),
            updated_at: time(1600),
            chat_count: 3,
            revision: 4,
        };
        assert_eq!(
            to_json(&ApplicationJson::from(&application)).unwrap(),
            concat!(
                r#"{"name":"My \"app\"","access_token":"123456789ABCDEFGHJKLMNPQ","#,
                r#""created_at":"2022-08-09T22:17:52.599Z","#,
                r#""updated_at":"2022-08-09T22:17:53.600Z","chat_count":3}"#
            )
        );
        let row = Chat { number: chat, created_at: time(0), updated_at: time(1), message_count: 2 };
        assert_eq!(
            to_json(&ChatJson::from(&row)).unwrap(),
            concat!(
                r#"{"number":7,"created_at":"2022-08-09T22:17:52.000Z","#,
                r#""updated_at":"2022-08-09T22:17:52.001Z","message_count":2}"#
            )
        );
        let message = Message {
            number,
            body: MessageBody::new("\0\n\u{7f}\u{2028}\u{ffff}é🦀</".to_owned()).unwrap(),
            created_at: time(0),
            updated_at: time(1),
            revision: 1,
        };
        assert_eq!(
            to_json(&MessageJson::from(&message)).unwrap(),
            format!(
                concat!(
                    r#"{{"number":9,"body":"\u0000\n{}","created_at":"2022-08-09T22:17:52.000Z","#,
                    r#""updated_at":"2022-08-09T22:17:52.001Z"}}"#
                ),
                "\u{7f}\u{2028}\u{ffff}é🦀</"
            )
        );
        assert_eq!(
            to_json(&ChatCreatedJson::new(&token, chat)).unwrap(),
            r#"{"number":7,"access_token":"123456789ABCDEFGHJKLMNPQ"}"#
        );
        assert_eq!(
            to_json(&MessageCreatedJson::new(&token, chat, number)).unwrap(),
            r#"{"number":9,"chat_number":7,"access_token":"123456789ABCDEFGHJKLMNPQ"}"#
        );
    }
}
