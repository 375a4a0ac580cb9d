//! `import`: an application from JSON Lines, with the numbers, times, texts, revisions and counters
//! that it had. An import that was interrupted is simply started again.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use chat::model::{AccessToken, Application, ApplicationName, Chat, ChatNumber, Message};
use serde::Serialize;

use crate::{
    cli::ImportOptions,
    engines::Engines,
    failure::Failure,
    lines::{FORMAT, Line},
    progress::Progress,
    report::{Report, add, counted},
    writing::{self, Block, Unindexed},
};

/// What `import` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// What opens the application: the file's, or the new one.
    pub access_token: String,
    /// Chats in the file; each is written now.
    pub chats: u64,
    /// Messages in the file; each is written now.
    pub messages: u64,
    /// Messages whose documents the worker will write, since the engine did not take them at once.
    pub handed_over: u64,
    /// Messages whose documents no index takes.
    pub refused: u64,
}

/// Reads an application from a file.
///
/// # Errors
/// [`Failure`]; what was written by then stays, and the next run leaves it as it is.
pub async fn import(engines: &Engines, options: &ImportOptions) -> Result<Imported, Failure> {
    // A file that is cut off is refused before anything is written.
    let whole = check(&mut open(&options.file)?)?;
    let token = match &options.access_token {
        _ if options.new_token => Some(AccessToken::generate().map_err(|_| Failure::Randomness)?),
        Some(token) => Some(AccessToken::parse(token).map_err(|_| Failure::NoApplication)?),
        None => None,
    };
    let progress = Progress::up_to(whole.chats + whole.messages, "rows");
    let mut lines = Lines::new(open(&options.file)?);
    let token = begin(engines, lines.next()?, token).await?;
    let mut import = Import { block: Block::new(token.clone()), chat: None };
    let mut unindexed = Unindexed::default();
    while let Some(line) = lines.next()? {
        import.add(line, lines.number)?;
        if import.block.is_full() {
            progress.add(import.block.len());
            unindexed += import.block.take().write(engines).await?;
        }
    }
    unindexed += import.block.write(engines).await?;
    let Unindexed { handed_over, refused } = unindexed;
    Ok(Imported { access_token: token.into(), handed_over, refused, ..whole })
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    let file = File::open(path);
    let file = file.map_err(|source| Failure::File { path: path.to_owned(), source })?;
    Ok(BufReader::new(file))
}

/// Reads a whole file and says what is in it.
fn check(file: &mut impl BufRead) -> Result<Imported, Failure> {
    let mut lines = Lines::new(file);
    let (mut chats, mut messages) = (0, 0);
    let mut end = None;
    let mut token = None;
    while let Some(line) = lines.next()? {
        if end.is_some() {
            return Err(lines.error("something follows the end"));
        }
        match line {
            Line::Application { format, access_token, .. } => {
                if lines.number > 1 {
                    return Err(lines.error("a second application"));
                }
                if format != FORMAT {
                    return Err(lines.error("a format of another release"));
                }
                token = Some(access_token);
            }
            _ if lines.number == 1 => return Err(lines.error("no application")),
            Line::Chat { .. } => chats += 1,
            Line::Message { .. } => messages += 1,
            Line::Numbers { .. } => {}
            Line::End { chats, messages } => end = Some((chats, messages)),
        }
    }
    if end != Some((chats, messages)) {
        return Err(lines.error("the file is cut off: it does not end as an export does"));
    }
    let access_token = token.map(String::from).unwrap_or_default();
    Ok(Imported { access_token, chats, messages, handed_over: 0, refused: 0 })
}

/// Writes the application's row and counter; its token.
async fn begin(
    engines: &Engines,
    first: Option<Line>,
    token: Option<AccessToken>,
) -> Result<AccessToken, Failure> {
    let Some(Line::Application {
        access_token,
        name,
        created_at,
        updated_at,
        revision,
        last_number,
        ..
    }) = first
    else {
        return Err(Failure::Format { line: 1, what: "no application".to_owned() });
    };
    let application = Application {
        access_token: token.unwrap_or(access_token),
        name: ApplicationName::existing(name)
            .map_err(|error| Failure::Format { line: 1, what: error.to_string() })?,
        created_at,
        updated_at,
        chat_count: 0,
        revision,
    };
    writing::begin(engines, &application, last_number).await?;
    Ok(application.access_token)
}

struct Import {
    block: Block,
    /// The chat that was read last; messages must be of it.
    chat: Option<ChatNumber>,
}

impl Import {
    fn add(&mut self, line: Line, number: u64) -> Result<(), Failure> {
        match line {
            Line::Chat { number, created_at, updated_at, last_number } => {
                let chat = Chat { number, created_at, updated_at, message_count: 0 };
                self.block.add_chat(chat, last_number);
                self.chat = Some(number);
            }
            Line::Numbers { chat, created_at, last_number } => {
                self.block.add_counter(chat, created_at, last_number);
            }
            Line::Message { chat, number: message, body, created_at, updated_at, revision } => {
                if self.chat != Some(chat) {
                    let what = "a message that does not follow its chat".to_owned();
                    return Err(Failure::Format { line: number, what });
                }
                let message = Message { number: message, body, created_at, updated_at, revision };
                self.block.add_message(chat, message);
            }
            Line::Application { .. } | Line::End { .. } => {}
        }
        Ok(())
    }
}

/// The lines of a file, one at a time.
struct Lines<R> {
    file: R,
    number: u64,
    text: String,
}

impl<R: BufRead> Lines<R> {
    fn new(file: R) -> Self {
        Self { file, number: 0, text: String::new() }
    }

    fn next(&mut self) -> Result<Option<Line>, Failure> {
        self.text.clear();
        self.number += 1;
        if self.file.read_line(&mut self.text)? == 0 {
            return Ok(None);
        }
        // Serde's own words may quote the line, which holds tokens and texts.
        let line = serde_json::from_str(&self.text);
        line.map(Some).map_err(|error| self.error(&format!("column {}", error.column())))
    }

    fn error(&self, what: &str) -> Failure {
        Failure::Format { line: self.number, what: format!("not as export writes it: {what}") }
    }
}

impl Report for Imported {
    fn text(&self) -> String {
        let mut text = format!(
            "imported {} and {}\naccess token: {}\n",
            counted(self.chats, "chat"),
            counted(self.messages, "message"),
            self.access_token,
        );
        if self.handed_over > 0 {
            let messages = counted(self.handed_over, "message");
            add(
                &mut text,
                format_args!("{messages} will be searchable when the worker has done its jobs\n"),
            );
        }
        if self.refused > 0 {
            add(&mut text, format_args!("{} no index takes\n", counted(self.refused, "message")));
        }
        text
    }

    fn is_amiss(&self) -> bool {
        self.refused > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_whole_export_is_refused_with_its_line_and_none_of_its_text() {
        let time =
            r#""created_at":"2022-08-09T22:17:52.599Z","updated_at":"2022-08-09T22:17:52.599Z""#;
        let application = |format| {
            let token = "1".repeat(24);
            format!(
                r#"{{"kind":"application","format":{format},"access_token":"{token}","name":"secret",{time},"revision":1,"last_number":1}}"#
            )
        };
        let chat = format!(r#"{{"kind":"chat","number":1,{time},"last_number":0}}"#);
        let end = r#"{"kind":"end","chats":1,"messages":0}"#;
        let first = application(1);
        let whole = format!("{first}\n{chat}\n{end}\n");
        assert_eq!(check(&mut whole.as_bytes()).unwrap().chats, 1);
        for (text, line) in [
            (String::new(), 1),
            ("secret\n".to_owned(), 1),
            (format!("{chat}\n{end}\n"), 1),
            (format!("{}\n{chat}\n{end}\n", application(2)), 1),
            (format!("{first}\n{chat}\n"), 3),
            (format!("{first}\n{end}\n"), 3),
            (format!("{first}\n{first}\n"), 2),
            (format!("{whole}{chat}\n"), 4),
            (format!("{first}\n{}", &chat[..40]), 2),
        ] {
            let failure = check(&mut text.as_bytes()).unwrap_err();
            let Failure::Format { line: found, what } = &failure else { panic!("{failure}") };
            assert_eq!(*found, line, "{text} {what}");
            assert!(!what.contains("secret"));
        }
    }
}
