//! `export`: an application with its counters, chats and messages as JSON Lines.
//!
//! While others write, each chat is as it was when it was read: of its messages those are written
//! whose numbers its counter had given by then.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use chat::{
    model::{AccessToken, Chat, ChatNumber},
    store::NumberRange,
};
use serde::Serialize;

use crate::{
    applications::token_of,
    cli::ExportOptions,
    engines::Engines,
    failure::Failure,
    lines::{FORMAT, Line},
    progress::Progress,
    range_behind,
    report::{Report, counted},
};

const PAGE: u32 = 500;

/// What `export` answers where it wrote a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The digest of the application's token.
    pub application: String,
    /// Where it is now; null for standard output.
    pub file: Option<PathBuf>,
    /// Chats in it.
    pub chats: u64,
    /// Messages in it.
    pub messages: u64,
}

/// Writes an application to a file, which is whole once it has its name, or to standard output.
///
/// # Errors
/// [`Failure`].
pub async fn export(engines: &Engines, options: &ExportOptions) -> Result<Exported, Failure> {
    let token = token_of(engines, &options.application).await?;
    let Some(path) = &options.output else {
        return export_to(engines, &token, BufWriter::new(io::stdout().lock())).await;
    };
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| Failure::File { path, source }
    };
    let mut partial = path.clone().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let file = private(&partial).map_err(at(&partial))?;
    let mut exported = export_to(engines, &token, BufWriter::new(&file)).await?;
    file.sync_all().map_err(at(&partial))?;
    fs::rename(&partial, path).map_err(at(path))?;
    exported.file = Some(path.clone());
    Ok(exported)
}

/// An empty file that only its owner reads: it holds the application's token.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

async fn export_to(
    engines: &Engines,
    token: &AccessToken,
    mut to: impl Write,
) -> Result<Exported, Failure> {
    let progress = Progress::counting("rows");
    let store = &engines.store;
    let application = store.application(token).await?.ok_or(Failure::NoApplication)?;
    let last_number = store.chat_numbers(token).await?.map_or(0, |counter| counter.last_number);
    let mut writer = Writer { to: &mut to, chats: 0, messages: 0 };
    writer.line(&Line::Application {
        format: FORMAT,
        access_token: token.clone(),
        name: application.name.as_str().to_owned(),
        created_at: application.created_at,
        updated_at: application.updated_at,
        revision: application.revision,
        last_number,
    })?;
    let mut next = 1;
    while next <= last_number {
        let range = NumberRange { first: next, last: last_number, descending: false, limit: PAGE };
        let page = store.list_chats(token, &range).await?;
        for chat in &page {
            export_gap(engines, token, next..chat.number.get(), &mut writer).await?;
            export_chat(engines, token, chat, &mut writer, &progress).await?;
            next = chat.number.get() + 1;
        }
        if page.is_empty() {
            break;
        }
    }
    export_gap(engines, token, next..last_number + 1, &mut writer).await?;
    let beyond = store.list_chats(token, &range_behind(last_number, 1)).await?;
    if let Some(chat) = beyond.first() {
        let counter = store.chat_numbers(token).await?;
        ensure_given(chat.number.get(), counter.map(|counter| counter.last_number))?;
    }
    let (chats, messages) = (writer.chats, writer.messages);
    writer.line(&Line::End { chats, messages })?;
    to.flush()?;
    let application = token.digest().to_string();
    Ok(Exported { application, file: None, chats, messages })
}

/// The counters of chats without a row.
async fn export_gap<W: Write>(
    engines: &Engines,
    token: &AccessToken,
    numbers: std::ops::Range<u64>,
    writer: &mut Writer<'_, W>,
) -> Result<(), Failure> {
    for number in numbers {
        let Ok(chat) = ChatNumber::try_from(number) else { continue };
        let counter = engines.store.message_numbers(token, chat).await?;
        if let Some((counter, created_at)) =
            counter.and_then(|counter| Some((counter, counter.created_at?)))
        {
            let last_number = counter.last_number;
            writer.line(&Line::Numbers { chat, created_at, last_number })?;
        }
    }
    Ok(())
}

async fn export_chat<W: Write>(
    engines: &Engines,
    token: &AccessToken,
    chat: &Chat,
    writer: &mut Writer<'_, W>,
    progress: &Progress,
) -> Result<(), Failure> {
    let store = &engines.store;
    let number = chat.number;
    let counter = store.message_numbers(token, number).await?;
    let last_number = counter.map_or(0, |counter| counter.last_number);
    writer.line(&Line::Chat {
        number,
        created_at: chat.created_at,
        updated_at: chat.updated_at,
        last_number,
    })?;
    writer.chats += 1;
    let mut next = 1;
    while next <= last_number {
        let range = NumberRange { first: next, last: last_number, descending: false, limit: PAGE };
        let page = store.list_messages(token, number, &range).await?;
        let Some(last) = page.last() else { break };
        next = last.number.get() + 1;
        progress.add(page.len());
        for message in page {
            writer.line(&Line::Message {
                chat: number,
                number: message.number,
                body: message.body,
                created_at: message.created_at,
                updated_at: message.updated_at,
                revision: message.revision,
            })?;
            writer.messages += 1;
        }
    }
    let beyond = store.list_messages(token, number, &range_behind(last_number, 1)).await?;
    if let Some(message) = beyond.first() {
        let counter = store.message_numbers(token, number).await?;
        ensure_given(message.number.get(), counter.map(|counter| counter.last_number))?;
    }
    Ok(())
}

/// A row that was written meanwhile has a number that was given meanwhile; any other would be lost.
fn ensure_given(number: u64, last_number: Option<u64>) -> Result<(), Failure> {
    if last_number.is_some_and(|last| number <= last) {
        Ok(())
    } else {
        Err(Failure::BeyondCounter)
    }
}

struct Writer<'a, W> {
    to: &'a mut W,
    chats: u64,
    messages: u64,
}

impl<W: Write> Writer<'_, W> {
    fn line(&mut self, line: &Line) -> Result<(), Failure> {
        serde_json::to_writer(&mut *self.to, line).map_err(io::Error::from)?;
        self.to.write_all(b"\n")?;
        Ok(())
    }
}

impl Report for Exported {
    fn text(&self) -> String {
        format!(
            "exported {} and {} of application {}\n",
            counted(self.chats, "chat"),
            counted(self.messages, "message"),
            self.application
        )
    }

    fn is_amiss(&self) -> bool {
        false
    }
}
