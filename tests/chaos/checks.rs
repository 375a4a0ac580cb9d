//! The judge: what must hold of a final state, given what clients saw.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use chat::jobs::Task;

use crate::{
    final_state::{FinalChat, FinalState},
    history::{Creation, Edit, EditOutcome, NewApplication, Outcome, Sighting},
    mistakes,
    world::World,
};

/// What a seed broke; nothing where every promise held.
pub(crate) fn judge(world: &World, state: &FinalState, mistaken: &[Task]) -> Vec<String> {
    let (creations, edits) = (world.history.creations(), world.history.edits());
    let mut broken = Vec::new();
    numbers_are_given_once(&creations, &mut broken);
    nothing_accepted_is_lost(&creations, &edits, state, &mut broken);
    every_row_was_asked_for_and_once(&creations, &edits, state, &mut broken);
    counts_equal_rows(state, &mut broken);
    gaps_have_a_cause(world, &creations, state, &mut broken);
    keys_trap_nobody(&creations, &mut broken);
    a_key_makes_one_application(&world.history.applications(), state, &mut broken);
    edits_are_not_overwritten(&edits, state, &mut broken);
    edits_are_made_once(&edits, &world.history.sightings(), &mut broken);
    documents_equal_rows(state, &mut broken);
    times_are_those_of_the_latest(state, &mut broken);
    mistakes::check(mistaken, &state.dead_letters, &mut broken);
    broken
}

fn numbers_are_given_once(creations: &[Creation], broken: &mut Vec<String>) {
    let mut holders: BTreeMap<(Option<u64>, u64), &str> = BTreeMap::new();
    for creation in creations {
        let numbers: BTreeSet<u64> = creation.numbers().collect();
        if numbers.len() > 1 {
            broken.push(format!("{:?} got the numbers {numbers:?}", creation.text));
        }
        for number in numbers {
            if let Some(other) = holders.insert((creation.chat, number), &creation.text) {
                broken.push(format!("{other:?} and {:?} got the number {number}", creation.text));
            }
        }
    }
}

/// All answers under a key name one application, and there is no other of its name.
fn a_key_makes_one_application(
    wanted: &[NewApplication],
    state: &FinalState,
    broken: &mut Vec<String>,
) {
    for NewApplication { name, tokens, .. } in wanted {
        let answered: BTreeSet<&str> = tokens.iter().map(String::as_str).collect();
        let made: BTreeSet<&str> = state
            .applications
            .iter()
            .filter(|application| application.name.as_str() == name)
            .map(|application| application.access_token.as_str())
            .collect();
        if answered.len() != 1 || made != answered {
            let (answered, made) = (answered.len(), made.len());
            broken.push(format!("{name:?} was answered {answered} tokens and made {made} times"));
        }
    }
}

fn nothing_accepted_is_lost(
    creations: &[Creation],
    edits: &[Edit],
    state: &FinalState,
    broken: &mut Vec<String>,
) {
    for creation in creations {
        for number in creation.numbers() {
            let Some(chat) = creation.chat else {
                if !state.chats.contains_key(&number) {
                    broken.push(format!("chat {number} was accepted and has no row"));
                }
                continue;
            };
            let row = state.chats.get(&chat).and_then(|chat| chat.rows.get(&number));
            let Some(row) = row else {
                broken.push(format!("message {number} of chat {chat} was accepted and has no row"));
                continue;
            };
            let texts = texts_of(edits, chat, number);
            let text = row.body.as_str();
            if text != creation.text && !texts.contains(text) {
                broken.push(format!("message {number} of chat {chat} holds {text:?}"));
            }
        }
    }
}

/// A row's text is that of one creation, or of one that was edited; no creation has two rows.
fn every_row_was_asked_for_and_once(
    creations: &[Creation],
    edits: &[Edit],
    state: &FinalState,
    broken: &mut Vec<String>,
) {
    let mut rows_of: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (&chat, FinalChat { rows, .. }) in &state.chats {
        for (&number, row) in rows {
            let text = row.body.as_str();
            let possible =
                |creation: &&Creation| creation.chat == Some(chat) && creation.is_possible();
            let asked_for = creations.iter().filter(possible).any(|creation| creation.text == text);
            if asked_for {
                rows_of.entry(text).or_default().push(number);
            } else if !texts_of(edits, chat, number).contains(text) {
                broken.push(format!("nobody asked for message {number} of chat {chat}: {text:?}"));
            }
        }
    }
    for (text, numbers) in rows_of {
        if numbers.len() > 1 {
            broken.push(format!("{text:?} has the rows {numbers:?}"));
        }
    }
    let chats_asked_for: usize = creations
        .iter()
        .filter(|creation| creation.chat.is_none())
        .map(|creation| if creation.key.is_some() { 1 } else { creation.outcomes.len() })
        .sum();
    if state.chats.len() > chats_asked_for {
        broken.push(format!("{} chats from {chats_asked_for} creations", state.chats.len()));
    }
}

fn counts_equal_rows(state: &FinalState, broken: &mut Vec<String>) {
    if state.application.chat_count != state.chats.len() as u64 {
        let count = state.application.chat_count;
        broken.push(format!("chat_count is {count}, rows are {}", state.chats.len()));
    }
    for (number, chat) in &state.chats {
        if chat.row.message_count != chat.rows.len() as u64 {
            let count = chat.row.message_count;
            broken.push(format!(
                "message_count of chat {number} is {count}, rows are {}",
                chat.rows.len()
            ));
        }
    }
}

/// Numbers that nobody holds: at most one for each try that failed, and one for each call to a
/// counter whose answer was lost or that landed late.
fn gaps_have_a_cause(
    world: &World,
    creations: &[Creation],
    state: &FinalState,
    broken: &mut Vec<String>,
) {
    let gaps = |given: u64, rows: &BTreeSet<u64>| (1..=given).filter(|n| !rows.contains(n)).count();
    let chats: BTreeSet<u64> = state.chats.keys().copied().collect();
    let mut all = gaps(state.chats_given, &chats);
    for chat in state.chats.values() {
        all += gaps(chat.messages_given, &chat.rows.keys().copied().collect());
    }
    let failed: usize = creations.iter().map(Creation::failures).sum();
    // With one client nobody else takes the next number before a retry does.
    let blurred = if world.clients == 1 {
        world.weather.late_numberings.load(Ordering::SeqCst)
    } else {
        world.weather.blurred_numberings.load(Ordering::SeqCst)
    };
    if all > failed + blurred {
        broken.push(format!("{all} gaps from {failed} failed tries and {blurred} blurred calls"));
    }
    let beyond = state.chats.keys().any(|number| *number > state.chats_given)
        || state
            .chats
            .values()
            .any(|chat| chat.rows.keys().any(|number| *number > chat.messages_given));
    if beyond {
        broken.push("a row has a number that was not given".to_owned());
    }
}

/// Whoever kept trying under a key has a number by now, or was refused for good.
fn keys_trap_nobody(creations: &[Creation], broken: &mut Vec<String>) {
    for creation in creations.iter().filter(|creation| creation.key.is_some()) {
        let ended = matches!(
            creation.outcomes.last(),
            Some(Outcome::Number(_) | Outcome::Refused(400..=408 | 410..))
        );
        if !ended {
            broken.push(format!("{:?} is trapped: {:?}", creation.text, creation.outcomes));
        }
    }
}

fn edits_are_not_overwritten(edits: &[Edit], state: &FinalState, broken: &mut Vec<String>) {
    let mut revisions = BTreeSet::new();
    for edit in edits {
        let EditOutcome::Done(revision) = edit.outcome else { continue };
        if !revisions.insert((edit.chat, edit.number, revision)) {
            broken.push(format!("two edits made revision {revision}: {edit:?}"));
        }
        if edit.based_on.is_some_and(|based_on| based_on + 1 != revision) {
            broken.push(format!("an edit was made on another revision: {edit:?}"));
        }
    }
    for (&chat, FinalChat { rows, .. }) in &state.chats {
        for (&number, row) in rows {
            let of_row: Vec<&Edit> =
                edits.iter().filter(|edit| (edit.chat, edit.number) == (chat, number)).collect();
            let last_done = of_row
                .iter()
                .filter_map(|edit| match edit.outcome {
                    EditOutcome::Done(revision) => Some((revision, *edit)),
                    _ => None,
                })
                .max_by_key(|(revision, _)| *revision);
            let Some((revision, done)) = last_done else { continue };
            if row.revision < revision {
                broken.push(format!("revision {revision} of message {number} is gone: {row:?}"));
            }
            if row.revision == revision && row.body.as_str() != done.text {
                broken.push(format!("another text stands under the revision of {done:?}"));
            }
            // A newer text comes from an edit that had not ended when the last known one began.
            let by = of_row.iter().find(|edit| edit.text == row.body.as_str());
            if row.revision > revision && by.is_none_or(|by| by.ended < done.began) {
                broken.push(format!("{done:?} was overwritten by {by:?}"));
            }
        }
    }
}

/// A text stands under one revision: a second would put back what another edit replaced.
fn edits_are_made_once(edits: &[Edit], sightings: &[Sighting], broken: &mut Vec<String>) {
    let done = edits.iter().filter_map(|edit| match edit.outcome {
        EditOutcome::Done(revision) => Some((edit.chat, edit.number, &edit.text, revision)),
        _ => None,
    });
    let seen = sightings.iter().map(|it| (it.chat, it.number, &it.text, it.revision));
    let mut revisions: BTreeMap<(u64, u64, &str), u64> = BTreeMap::new();
    for (chat, number, text, revision) in done.chain(seen) {
        let known = *revisions.entry((chat, number, text)).or_insert(revision);
        if known != revision {
            broken.push(format!("{text:?} stands under the revisions {known} and {revision}"));
        }
    }
}

fn documents_equal_rows(state: &FinalState, broken: &mut Vec<String>) {
    for (chat, FinalChat { rows, documents, .. }) in &state.chats {
        for (number, row) in rows {
            match documents.get(number) {
                None => broken.push(format!("message {number} of chat {chat} is not found")),
                Some(document) if document.body != row.body => {
                    let (found, text) = (document.body.as_str(), row.body.as_str());
                    broken.push(format!(
                        "message {number} of chat {chat} is found as {found:?}, not as {text:?}"
                    ));
                }
                Some(_) => {}
            }
        }
        for number in documents.keys().filter(|number| !rows.contains_key(number)) {
            broken.push(format!("message {number} of chat {chat} is found and has no row"));
        }
    }
}

fn times_are_those_of_the_latest(state: &FinalState, broken: &mut Vec<String>) {
    let mut latest_of_all = state.application.created_at;
    for (number, chat) in &state.chats {
        let messages = chat.rows.values().map(|row| row.updated_at);
        let latest = messages.max().unwrap_or(chat.row.created_at).max(chat.row.created_at);
        latest_of_all = latest_of_all.max(latest);
        if chat.row.updated_at != latest {
            let stands = chat.row.updated_at;
            broken.push(format!("chat {number} was updated at {latest}, and says {stands}"));
        }
    }
    let stands = state.application.updated_at;
    if stands != latest_of_all {
        broken.push(format!("the application was updated at {latest_of_all}, and says {stands}"));
    }
}

/// The texts that edits may have given a message.
fn texts_of(edits: &[Edit], chat: u64, number: u64) -> BTreeSet<&str> {
    edits
        .iter()
        .filter(|edit| (edit.chat, edit.number) == (chat, number))
        .filter(|edit| !matches!(edit.outcome, EditOutcome::Refused(_)))
        .map(|edit| edit.text.as_str())
        .collect()
}
