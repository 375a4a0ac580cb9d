//! An application out of one stack and into another.

use std::{fs, path::PathBuf, time::Duration};

use ::chatctl::{
    Failure, Report as _,
    cli::{ExportOptions, ImportOptions},
    export, import, verify,
};
use chat::search::Generation;
use tests::new_token;
use tokio::time::timeout;

use super::operator::{Operator, at_once};

fn file() -> PathBuf {
    std::env::temp_dir().join(format!("chatctl-{}.jsonl", new_token().digest()))
}

/// The lines of an application.
async fn exported(operator: &Operator, application: &str) -> String {
    let output = file();
    let options =
        ExportOptions { application: application.to_owned(), output: Some(output.clone()) };
    export(&operator.engines, &options).await.unwrap();
    let lines = fs::read_to_string(&output).unwrap();
    fs::remove_file(output).unwrap();
    lines
}

fn options(lines: &str) -> ImportOptions {
    let file = file();
    fs::write(&file, lines).unwrap();
    ImportOptions { file, mysql_dump: false, new_token: false, access_token: None }
}

/// An application with gaps, edits, an empty chat, a chat without a row, and every character.
async fn odd_application() -> Operator {
    let operator = Operator::with(&[3, 0, 2]).await;
    operator.skip(1).await;
    let (_, job) = operator.job(1, "\0\u{1}\n\"\\\u{2028}\u{fffe}\u{ffff}🦀*?").await;
    operator.done(&[job]).await;
    for text in ["a pear", "a plum"] {
        let job = operator.edit(1, 2, text).await;
        operator.done(&[job]).await;
    }
    operator.skip(3).await;
    let (now, request) = (chat::model::Timestamp::now(), String::from(new_token()));
    let store = operator.store();
    let chat = store.assign_chat_number(&operator.token, &request, now).await.unwrap().number;
    store.put_message_counter(&operator.token, chat, now).await.unwrap();
    operator
}

#[tokio::test]
async fn an_export_imported_into_an_empty_stack_is_exported_as_the_same_bytes() {
    let from = odd_application().await;
    let token = from.token.as_str();
    let lines = exported(&from, token).await;
    let to = Operator::new().await;
    let report = import(&to.engines, &options(&lines)).await.unwrap();
    assert_eq!((report.chats, report.messages), (3, 6), "{}", report.text());
    assert_eq!(exported(&to, token).await, lines);
    // What the file does not say follows from it: counts, and documents.
    let found = verify(&to.engines, &at_once()).await.unwrap();
    let kinds: Vec<&str> = found.findings.iter().map(|found| found.finding.kind()).collect();
    assert_eq!(kinds, ["gap", "gap", "gap"], "{}", found.text());
    let application = to.store().application(&from.token).await.unwrap().unwrap();
    assert_eq!(Some(application), from.store().application(&from.token).await.unwrap());
    to.search().refresh(Generation::Current).await.unwrap();
    let to = Operator { token: from.token.clone(), ..to };
    assert_eq!(to.find(1, "plum").await.unwrap(), [2]);
    // Numbers go on where they were.
    assert_eq!(to.skip(1).await, from.skip(1).await);
    from.remove().await;
    to.remove().await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_anywhere_is_finished_by_the_next() {
    let from = Operator::with(&[40, 0, 30]).await;
    let token = from.token.as_str();
    let lines = exported(&from, token).await;
    for millis in [2, 10, 30, 60] {
        let to = Operator::new().await;
        let options = options(&lines);
        let _ = timeout(Duration::from_millis(millis), import(&to.engines, &options)).await;
        for _ in 0..2 {
            import(&to.engines, &options).await.unwrap();
            assert_eq!(exported(&to, token).await, lines, "after {millis} ms");
        }
        let found = verify(&to.engines, &at_once()).await.unwrap();
        assert_eq!(found.differences, 0, "{}", found.text());
        to.remove().await;
    }
    from.remove().await;
}

#[tokio::test]
async fn an_import_under_a_new_token_is_another_application_with_the_same_content() {
    let operator = odd_application().await;
    let token = operator.token.as_str();
    let lines = exported(&operator, token).await;
    let new = ImportOptions { new_token: true, ..options(&lines) };
    let copy = import(&operator.engines, &new).await.unwrap().access_token;
    assert_ne!(copy, token);
    assert_eq!(exported(&operator, &copy).await, lines.replace(token, &copy));
    // How an import goes on that was interrupted.
    let again = ImportOptions { access_token: Some(copy.clone()), ..options(&lines) };
    import(&operator.engines, &again).await.unwrap();
    assert_eq!(exported(&operator, &copy).await, lines.replace(token, &copy));
    assert_eq!(exported(&operator, token).await, lines, "the first one is untouched");
    operator.remove().await;
}

#[tokio::test]
async fn what_was_changed_since_an_import_is_not_set_back_by_the_next() {
    let from = Operator::with(&[2]).await;
    let lines = exported(&from, from.token.as_str()).await;
    let to = Operator { token: from.token.clone(), ..Operator::new().await };
    import(&to.engines, &options(&lines)).await.unwrap();
    let job = to.edit(1, 1, "a pear").await;
    to.done(&[job]).await;
    to.say(1, 1).await;
    import(&to.engines, &options(&lines)).await.unwrap();
    assert_eq!(to.message(1, 1).await.body.as_str(), "a pear");
    assert_eq!(to.message_count(1).await, 3);
    let found = verify(&to.engines, &at_once()).await.unwrap();
    assert_eq!(found.differences, 0, "{}", found.text());
    from.remove().await;
    to.remove().await;
}

#[tokio::test]
async fn a_file_is_not_imported_over_another_application_nor_when_it_is_cut_off() {
    let from = Operator::with(&[2]).await;
    let lines = exported(&from, from.token.as_str()).await;
    let other = tests::new_application(from.store()).await.access_token;
    let over = ImportOptions { access_token: Some(other.into()), ..options(&lines) };
    let refused = import(&from.engines, &over).await;
    assert!(matches!(refused, Err(Failure::OtherApplication)), "{refused:?}");

    let to = Operator::new().await;
    let (whole_lines, _) = lines.trim_end().rsplit_once('\n').unwrap();
    for cut in [whole_lines, &lines[..lines.len() / 2], ""] {
        let refused = import(&to.engines, &options(cut)).await;
        assert!(matches!(refused, Err(Failure::Format { .. })), "{refused:?}");
    }
    assert_eq!(to.store().application(&from.token).await.unwrap(), None);
    from.remove().await;
    to.remove().await;
}

#[tokio::test]
async fn an_export_leaves_no_row_out_in_silence() {
    let operator = Operator::with(&[3]).await;
    let counter = format!("NUMBERS#{}#1", operator.token.as_str());
    operator.set(counter, "NUMBERS", "last_number", 1).await;
    let options =
        ExportOptions { application: operator.token.as_str().to_owned(), output: Some(file()) };
    let refused = export(&operator.engines, &options).await;
    assert!(matches!(refused, Err(Failure::BeyondCounter)), "{refused:?}");
    assert!(!options.output.unwrap().exists());
    operator.remove().await;
}
