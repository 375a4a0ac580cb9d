//! The three tables of the Rails service that this one replaces: what their rows say.

use std::io::BufRead;

use chat::model::{
    AccessToken, Application, ApplicationName, Chat, ChatNumber, Message, MessageBody,
    MessageNumber, Timestamp,
};

use super::dump::{Dump, Row};
use crate::failure::Failure;

const TABLES: &[&str] = &["applications", "chats", "messages"];

/// A row of one of the tables. Counts are left out: they are the numbers of rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Original {
    Application { id: u64, application: Application },
    Chat { id: u64, application_id: u64, chat: Chat },
    Message { chat_id: u64, message: Message },
}

/// The rows of a dump, each with the row as it stands there, by which a failure names it.
pub(super) struct Rows<R>(Dump<R>);

impl<R: BufRead> Rows<R> {
    pub(super) fn new(input: R) -> Self {
        Self(Dump::new(input, TABLES))
    }

    pub(super) fn next(&mut self) -> Result<Option<(Row, Original)>, Failure> {
        let Some(row) = self.0.next()? else { return Ok(None) };
        let original = match row.table.as_str() {
            "applications" => Original::Application {
                id: number(&row, "id")?,
                application: Application {
                    access_token: AccessToken::parse(&text(&row, "access_token")?)
                        .map_err(|error| row.error(&error.to_string()))?,
                    name: ApplicationName::existing(text(&row, "name")?)
                        .map_err(|error| row.error(&error.to_string()))?,
                    created_at: time(&row, "created_at")?,
                    updated_at: time(&row, "updated_at")?,
                    chat_count: 0,
                    revision: 1,
                },
            },
            "chats" => Original::Chat {
                id: number(&row, "id")?,
                application_id: number(&row, "application_id")?,
                chat: Chat {
                    number: ChatNumber::try_from(number(&row, "number")?)
                        .map_err(|error| row.error(&error.to_string()))?,
                    created_at: time(&row, "created_at")?,
                    updated_at: time(&row, "updated_at")?,
                    message_count: 0,
                },
            },
            _ => Original::Message {
                chat_id: number(&row, "chat_id")?,
                message: Message {
                    number: MessageNumber::try_from(number(&row, "number")?)
                        .map_err(|error| row.error(&error.to_string()))?,
                    body: MessageBody::new(text(&row, "body")?)
                        .map_err(|error| row.error(&error.to_string()))?,
                    created_at: time(&row, "created_at")?,
                    updated_at: time(&row, "updated_at")?,
                    revision: 1,
                },
            },
        };
        Ok(Some((row, original)))
    }
}

fn text(row: &Row, column: &str) -> Result<String, Failure> {
    let octets = row.get(column)?.ok_or_else(|| row.error(&format!("its {column} is null")))?;
    String::from_utf8(octets.to_vec())
        .map_err(|_| row.error(&format!("its {column} is no UTF-8: dump with utf8mb4")))
}

fn number(row: &Row, column: &str) -> Result<u64, Failure> {
    let number = text(row, column)?.parse();
    number.map_err(|_| row.error(&format!("its {column} is no number")))
}

/// `2022-08-09 22:17:52`, with up to six digits of a second, in UTC, as Rails writes times;
/// milliseconds are kept.
fn time(row: &Row, column: &str) -> Result<Timestamp, Failure> {
    let text = text(row, column)?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    let time = Timestamp::parse(&format!("{}.{millis}Z", seconds.replacen(' ', "T", 1)));
    time.map_err(|_| row.error(&format!("its {column} is no time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str, time: &str) -> Result<Original, Failure> {
        let text = format!(
            "INSERT INTO `messages` (`id`,`number`,`body`,`chat_id`,`created_at`,`updated_at`)
             VALUES (9,7,{body},3,'{time}','{time}');"
        );
        Rows::new(text.as_bytes()).next().map(|row| row.unwrap().1)
    }

    #[test]
    fn times_keep_their_milliseconds() {
        for (text, expected) in [
            ("2022-08-09 22:17:52.599999", "2022-08-09T22:17:52.599Z"),
            ("2022-08-09 22:17:52", "2022-08-09T22:17:52.000Z"),
            ("2022-08-09 22:17:52.5", "2022-08-09T22:17:52.500Z"),
        ] {
            let Ok(Original::Message { message, .. }) = message("'hi'", text) else {
                panic!("{text}")
            };
            assert_eq!(message.created_at.to_string(), expected);
        }
    }

    #[test]
    fn a_row_that_this_service_cannot_hold_is_named_without_its_text() {
        let now = "2022-08-09 22:17:52";
        for (body, time) in [
            ("''", now),
            ("NULL", now),
            ("0xff", now),
            ("'secret'", "0000-00-00 00:00:00"),
            ("'secret'", "secret"),
        ] {
            let failure = message(body, time).unwrap_err().to_string();
            assert!(failure.contains("messages 9: "), "{failure}");
            assert!(!failure.contains("secret"), "{failure}");
        }
    }
}
