//! All that the service before this one held, out of a dump of its tables. `tests/dumps` holds one
//! that mariadb-dump wrote, and the messages as the database itself says them, their texts in hexadecimal.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use ::chatctl::{Failure, Migrated, migrate, verify};
use chat::{model::AccessToken, store::NumberRange};
use tests::new_token;

use super::operator::{Operator, at_once, chat_number};

fn dumps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dumps")
}

fn token(text: &str) -> AccessToken {
    AccessToken::parse(text).unwrap()
}

const ALL: NumberRange =
    NumberRange { first: 1, last: 9_999_999_999, descending: false, limit: 100 };

/// The messages of some chats in the form of `rails-service.messages.tsv`.
async fn messages(operator: &Operator, chats: &[(&str, u64)]) -> String {
    let mut lines = String::new();
    for &(application, chat) in chats {
        let token = token(application);
        let page = operator.store().list_messages(&token, chat_number(chat), &ALL).await;
        for message in page.unwrap() {
            let number = message.number.get();
            let (created, updated) = (message.created_at, message.updated_at);
            write!(lines, "{application}\t{chat}\t{number}\t").unwrap();
            for octet in message.body.as_str().bytes() {
                write!(lines, "{octet:02X}").unwrap();
            }
            writeln!(lines, "\t{created}\t{updated}").unwrap();
        }
    }
    lines
}

/// The times of the dump, with six digits of a second, as this service writes them.
fn with_own_times(lines: &str) -> String {
    let own = |line: &str| {
        let (rest, updated) = line.rsplit_once('\t').unwrap();
        let (rest, created) = rest.rsplit_once('\t').unwrap();
        let own = |time: &str| format!("{}Z", time[..23].replace(' ', "T"));
        format!("{rest}\t{}\t{}\n", own(created), own(updated))
    };
    lines.lines().map(own).collect()
}

#[tokio::test]
async fn a_dump_becomes_applications_with_the_tokens_numbers_texts_and_times_that_they_had() {
    let operator = Operator::new().await;
    let (acme, sons) = ("DpkYXcuiwQwK76i3XGQWRcK1", "7dPq3mWv9LkR2sXbYt5NcAhE");
    let expected = Migrated { applications: 3, chats: 4, messages: 24, handed_over: 0, refused: 0 };
    // Done twice, as after an interruption, it is there once.
    for _ in 0..2 {
        let done = migrate(&operator.engines, &dumps().join("rails-service.sql")).await.unwrap();
        assert_eq!(done, expected);
    }
    let there = messages(&operator, &[(sons, 1), (acme, 1), (acme, 2)]).await;
    let said = fs::read_to_string(dumps().join("rails-service.messages.tsv")).unwrap();
    assert_eq!(there, with_own_times(&said));

    let application = operator.store().application(&token(sons)).await.unwrap().unwrap();
    assert_eq!(application.name.as_str(), "O'Neill \"& Sons\" \\ 🦀");
    assert_eq!(application.created_at.to_string(), "2022-08-09T22:17:03.023Z");
    assert_eq!(application.updated_at.to_string(), "2022-08-09T22:17:04.031Z");
    let application = operator.store().application(&token(acme)).await.unwrap().unwrap();
    assert_eq!(application.chat_count, 3, "rows are counted anew");

    // Numbers go on where they were, behind the gap.
    let (store, now) = (operator.store(), chat::model::Timestamp::now());
    let next = store.assign_chat_number(&token(acme), "request", now).await.unwrap();
    assert_eq!(next.number, chat_number(5));
    let last = messages(&operator, &[(acme, 1)]).await.lines().count() as u64 + 1;
    let next = store.assign_message_number(&token(acme), chat_number(1), "request", now).await;
    assert_eq!(next.unwrap().number.get(), last + 1);
    operator.remove().await;
}

#[tokio::test]
async fn what_a_dump_holds_can_be_found_and_fits_together() {
    let operator = Operator::new().await;
    migrate(&operator.engines, &dumps().join("rails-service.sql")).await.unwrap();
    let options = ::chatctl::cli::VerifyOptions { allow_gaps: true, ..at_once() };
    let found = verify(&operator.engines, &options).await.unwrap();
    assert_eq!(found.differences, 0, "{found:?}");
    operator.remove().await;
}

#[tokio::test]
async fn a_folder_of_one_file_a_table_is_read_as_one_dump_whatever_the_order() {
    let operator = Operator::new().await;
    let dump = fs::read_to_string(dumps().join("rails-service.sql")).unwrap();
    let folder = std::env::temp_dir().join(format!("chatctl-{}", new_token().digest()));
    fs::create_dir(&folder).unwrap();
    let parts: Vec<&str> = dump.split("--\n-- Table structure for table").collect();
    for (place, part) in parts.iter().rev().enumerate() {
        let comment = if part.starts_with("/*") { "" } else { "--" };
        fs::write(
            folder.join(format!("{place}.sql")),
            format!("{comment}{part}\n-- Dump completed\n"),
        )
        .unwrap();
    }
    let done = migrate(&operator.engines, &folder).await.unwrap();
    fs::remove_dir_all(folder).unwrap();
    assert_eq!((done.applications, done.chats, done.messages), (3, 4, 24));
    operator.remove().await;
}

#[tokio::test]
async fn a_dump_that_does_not_hold_together_is_refused_before_anything_is_written() {
    let operator = Operator::new().await;
    let dump = fs::read_to_string(dumps().join("rails-service.sql")).unwrap();
    let file = std::env::temp_dir().join(format!("chatctl-{}.sql", new_token().digest()));
    let (cut, _) = dump.rsplit_once(");").unwrap();
    let token_line = dump.lines().find(|line| line.starts_with("(1,'Acme'")).unwrap();
    for (text, what) in [
        (cut.to_owned(), "the dump is cut off"),
        (dump.replace("(7,4,1,", "(7,2,1,"), "chats 7: another row has its number, token or id"),
        (dump.replace("(7,4,1,", "(7,4,9,"), "chats 7: its application is not in the dump"),
        (
            dump.replace("(7,4,1,", "(6,4,1,").replace("(1,1,1,0", "(8,1,1,0"),
            "messages 1: its chat is not in the dump",
        ),
        (
            dump.replace(token_line, "(1,'Acme','short',9,NULL,NULL),"),
            "applications 1: an access token",
        ),
        (dump.replace("`access_token`", "`token`"), "applications 1: has no column access_token"),
    ] {
        fs::write(&file, text).unwrap();
        let refused = migrate(&operator.engines, &file).await;
        let Err(Failure::Format { what: said, .. }) = &refused else {
            panic!("{what}: {refused:?}")
        };
        assert!(said.starts_with(what), "{said}");
    }
    fs::remove_file(file).unwrap();
    let acme = operator.store().application(&token("DpkYXcuiwQwK76i3XGQWRcK1")).await.unwrap();
    assert_eq!(acme, None);
    operator.remove().await;
}
