//! `import --mysql-dump`: all that the Rails service before this one held, from a dump of its three
//! tables, with the tokens, numbers and times that it had.
//!
//! The dump is read twice: first whole, so that nothing is written of one that does not hold
//! together; then its messages are written as they come. Memory holds applications and chats, and of
//! each message its chat and number.

mod dump;
mod lexer;
mod rows;

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::Path,
};

use chat::model::{AccessToken, Application, Chat};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;

use self::rows::{Original, Rows};
use crate::{
    engines::Engines,
    failure::Failure,
    progress::Progress,
    report::{Report, add, counted},
    writing::{self, Block, Unindexed},
};

/// Messages that are read before they are written, and applications that are written at once.
const GATHERED: usize = 500;
const AT_ONCE: usize = 8;

/// What `import --mysql-dump` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Migrated {
    /// Applications in the dump; each is written now.
    pub applications: u64,
    /// Chats in it.
    pub chats: u64,
    /// Messages in it.
    pub messages: u64,
    /// Messages whose documents the worker will write, since the engine did not take them at once.
    pub handed_over: u64,
    /// Messages whose documents no index takes.
    pub refused: u64,
}

/// Reads a dump: a file, or a folder whose `.sql` files are read as one, in the order of their
/// names.
///
/// # Errors
/// [`Failure`]; what was written by then stays, and the next run leaves it as it is.
pub async fn migrate(engines: &Engines, dump: &Path) -> Result<Migrated, Failure> {
    let contents = survey(&mut Rows::new(open(dump)?))?;
    let rows = contents.chats.len() + contents.messages;
    let progress = Progress::up_to(rows as u64, "rows");
    let mut unindexed = Unindexed::default();
    for (id, application) in &contents.applications {
        let chats = contents.chats.values().filter(|chat| chat.application_id == *id);
        let last = chats.map(|chat| chat.chat.number.get()).max().unwrap_or(0);
        writing::begin(engines, application, last).await?;
    }
    let mut gathered = Gathered::default();
    for each in contents.chats.values() {
        gathered.of(contents.token(each)?).add_chat(each.chat.clone(), each.last_number);
        if gathered.is_full() {
            unindexed += gathered.write(engines, &progress).await?;
        }
    }
    unindexed += gathered.write(engines, &progress).await?;
    let mut rows = Rows::new(open(dump)?);
    while let Some((row, original)) = rows.next()? {
        let Original::Message { chat_id, message } = original else { continue };
        let chat = contents.chats.get(&chat_id).ok_or_else(|| row.error(NO_CHAT))?;
        gathered.of(contents.token(chat)?).add_message(chat.chat.number, message);
        if gathered.is_full() {
            unindexed += gathered.write(engines, &progress).await?;
        }
    }
    unindexed += gathered.write(engines, &progress).await?;
    Ok(Migrated {
        applications: contents.applications.len() as u64,
        chats: contents.chats.len() as u64,
        messages: contents.messages as u64,
        handed_over: unindexed.handed_over,
        refused: unindexed.refused,
    })
}

const NO_CHAT: &str = "its chat is not in the dump";
const NO_APPLICATION: &str = "its application is not in the dump";

fn open(dump: &Path) -> Result<Box<dyn BufRead>, Failure> {
    let at = |path: &Path, source| Failure::File { path: path.to_owned(), source };
    let mut paths = vec![dump.to_owned()];
    if dump.is_dir() {
        let entries = fs::read_dir(dump).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.map_err(|source| at(dump, source))?;
        paths = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
        paths.sort();
    }
    let mut whole: Box<dyn Read> = Box::new(std::io::empty());
    for path in paths {
        let file = File::open(&path).map_err(|source| at(&path, source))?;
        whole = Box::new(whole.chain(file));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 20, whole)))
}

/// What a dump holds, but for the texts.
#[derive(Default)]
struct Contents {
    applications: HashMap<u64, Application>,
    chats: HashMap<u64, DumpedChat>,
    messages: usize,
}

struct DumpedChat {
    application_id: u64,
    chat: Chat,
    /// The highest number of its messages.
    last_number: u64,
}

impl Contents {
    fn token(&self, chat: &DumpedChat) -> Result<&AccessToken, Failure> {
        let application = self.applications.get(&chat.application_id);
        // Looked for when the dump was surveyed.
        application.map(|application| &application.access_token).ok_or(Failure::NoApplication)
    }
}

/// Reads a whole dump and says what is in it, if its rows fit together.
fn survey<R: BufRead>(rows: &mut Rows<R>) -> Result<Contents, Failure> {
    let mut contents = Contents::default();
    let (mut tokens, mut chat_numbers, mut message_numbers) =
        (HashSet::new(), HashSet::new(), HashSet::new());
    let (mut last_numbers, mut first_rows) = (HashMap::new(), HashMap::new());
    let mut chat_rows = Vec::new();
    while let Some((row, original)) = rows.next()? {
        let is_new = match original {
            Original::Application { id, application } => {
                let is_new = tokens.insert(application.access_token.clone());
                is_new && contents.applications.insert(id, application).is_none()
            }
            Original::Chat { id, application_id, chat } => {
                let is_new = chat_numbers.insert((application_id, chat.number.get()));
                chat_rows.push((application_id, row.error(NO_APPLICATION)));
                let chat = DumpedChat { application_id, chat, last_number: 0 };
                is_new && contents.chats.insert(id, chat).is_none()
            }
            Original::Message { chat_id, message } => {
                contents.messages += 1;
                let number = message.number.get();
                let last = last_numbers.entry(chat_id).or_insert(number);
                *last = number.max(*last);
                first_rows.entry(chat_id).or_insert_with(|| row.error(NO_CHAT));
                message_numbers.insert((chat_id, number))
            }
        };
        if !is_new {
            return Err(row.error("another row has its number, token or id"));
        }
    }
    for (application_id, failure) in chat_rows {
        if !contents.applications.contains_key(&application_id) {
            return Err(failure);
        }
    }
    for (chat_id, failure) in first_rows {
        let chat = contents.chats.get_mut(&chat_id).ok_or(failure)?;
        chat.last_number = last_numbers.get(&chat_id).copied().unwrap_or_default();
    }
    Ok(contents)
}

/// Rows that are written together, by application.
#[derive(Default)]
struct Gathered {
    blocks: HashMap<AccessToken, Block>,
    rows: usize,
}

impl Gathered {
    /// The block that takes the next row of an application.
    fn of(&mut self, token: &AccessToken) -> &mut Block {
        self.rows += 1;
        self.blocks.entry(token.clone()).or_insert_with(|| Block::new(token.clone()))
    }

    fn is_full(&self) -> bool {
        self.rows >= GATHERED
    }

    async fn write(
        &mut self,
        engines: &Engines,
        progress: &Progress,
    ) -> Result<Unindexed, Failure> {
        stream::iter(std::mem::take(self).blocks.into_values())
            .map(async |block| {
                progress.add(block.len());
                block.write(engines).await
            })
            .buffer_unordered(AT_ONCE)
            .try_fold(Unindexed::default(), async |mut all, each| {
                all += each;
                Ok(all)
            })
            .await
    }
}

impl Report for Migrated {
    fn text(&self) -> String {
        let mut text = format!(
            "imported {}, {} and {}\n",
            counted(self.applications, "application"),
            counted(self.chats, "chat"),
            counted(self.messages, "message"),
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
