//! An application as JSON Lines: itself first, then each chat with its messages behind it, in the
//! order of their numbers, and a last line that says how many there were, so that a file that was
//! cut off is told from a whole one. Counts are not written: they are the number of lines.

use chat::model::{AccessToken, ChatNumber, MessageBody, MessageNumber, Timestamp};
use serde::{Deserialize, Serialize};

/// The form of the lines that this release writes and reads.
pub(crate) const FORMAT: u32 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Line {
    /// The application; the first line.
    Application {
        format: u32,
        access_token: AccessToken,
        name: String,
        created_at: Timestamp,
        updated_at: Timestamp,
        revision: u64,
        /// The last number given to a chat.
        last_number: u64,
    },
    /// A chat; its messages follow.
    Chat {
        number: ChatNumber,
        created_at: Timestamp,
        updated_at: Timestamp,
        /// The last number given to a message.
        last_number: u64,
    },
    /// A chat whose number was given and whose row is not written, with the counter of its
    /// messages.
    Numbers { chat: ChatNumber, created_at: Timestamp, last_number: u64 },
    /// A message.
    Message {
        chat: ChatNumber,
        number: MessageNumber,
        body: MessageBody,
        created_at: Timestamp,
        updated_at: Timestamp,
        revision: u64,
    },
    /// The last line.
    End { chats: u64, messages: u64 },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_read_as_it_was_written() {
        let time = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
        let access_token = AccessToken::parse(&"1".repeat(24)).unwrap();
        let chat = ChatNumber::try_from(2).unwrap();
        let body = MessageBody::new("\0\n\"\u{2028}\u{ffff}🦀".to_owned()).unwrap();
        let number = MessageNumber::try_from(7).unwrap();
        for line in [
            Line::Application {
                format: FORMAT,
                access_token,
                name: "a".to_owned(),
                created_at: time,
                updated_at: time,
                revision: 3,
                last_number: 2,
            },
            Line::Chat { number: chat, created_at: time, updated_at: time, last_number: 9 },
            Line::Numbers { chat, created_at: time, last_number: 0 },
            Line::Message { chat, number, body, created_at: time, updated_at: time, revision: 1 },
            Line::End { chats: 1, messages: 1 },
        ] {
            let text = serde_json::to_string(&line).unwrap();
            assert!(!text.contains('\n'), "{text}");
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
        }
    }
}
