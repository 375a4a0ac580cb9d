//! What looks wrong at first sight. While others write, most of it is only half done: it is judged
//! again, each by itself, before it is a finding. No I/O.

use chat::{
    model::{AccessToken, ChatNumber},
    search::{DocumentPlace, IndexedDocument},
};

use super::survey::{Survey, Tenant};

/// What may be wrong with documents.
#[derive(Debug, Default)]
pub(crate) struct Suspects {
    /// Messages whose row and document do not fit.
    pub(crate) places: Vec<DocumentPlace>,
    /// Documents that are no message's of this release.
    pub(crate) foreign: Vec<IndexedDocument>,
}

/// How a row and a document of one message fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As they should, or there is neither.
    Same,
    /// A row without a document.
    Missing,
    /// A document of an older revision.
    Stale,
    /// A document of the row's revision that says something else.
    Altered,
    /// A document of a newer revision than the row has: the table was set back.
    Ahead,
    /// A document without a row.
    Surplus,
}

/// Compares revision and fingerprint of a row with those of a document.
pub(crate) fn verdict(row: Option<(u64, u64)>, document: Option<(u64, Option<u64>)>) -> Verdict {
    match (row, document) {
        (None, None) => Verdict::Same,
        (Some(_), None) => Verdict::Missing,
        (None, Some(_)) => Verdict::Surplus,
        (Some((revision, _)), Some((version, _))) if version < revision => Verdict::Stale,
        (Some((revision, _)), Some((version, _))) if version > revision => Verdict::Ahead,
        (Some((_, text)), Some((_, found))) if found == Some(text) => Verdict::Same,
        (Some(_), Some(_)) => Verdict::Altered,
    }
}

/// An application, or one of its chats.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) token: AccessToken,
    pub(crate) chat: Option<ChatNumber>,
}

/// The parents whose count, counter or own row may be wrong.
pub(crate) fn parents(survey: &Survey) -> Vec<Place> {
    let mut parents: Vec<Place> = survey.tenants.values().flat_map(parents_of).collect();
    parents.sort_unstable();
    parents
}

fn parents_of(tenant: &Tenant) -> Vec<Place> {
    let mut parents = Vec::new();
    let numbers = tenant.chats.iter().filter(|(_, chat)| chat.message_count.is_some());
    let numbers = numbers.map(|(number, _)| number.get());
    if is_suspect(tenant.chat_count, tenant.last_number, numbers) {
        parents.push(Place { token: tenant.token.clone(), chat: None });
    }
    for (&number, chat) in &tenant.chats {
        let messages = chat.messages.keys().map(|number| number.get());
        // A counter alone is that of a chat whose row is still to come: a gap of its application.
        let only_counter = chat.message_count.is_none() && chat.messages.is_empty();
        if !only_counter && is_suspect(chat.message_count, chat.last_number, messages) {
            parents.push(Place { token: tenant.token.clone(), chat: Some(number) });
        }
    }
    parents
}

/// Whether a count, a counter and the numbers of rows, in order, do not fit.
fn is_suspect(
    count: Option<u64>,
    last_number: Option<u64>,
    numbers: impl DoubleEndedIterator<Item = u64> + Clone,
) -> bool {
    let rows = numbers.clone().count() as u64;
    let highest = numbers.last().unwrap_or(0);
    // As many rows as numbers were given, and none beyond: then there is no gap either.
    count != Some(rows) || last_number != Some(rows) || highest > rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_and_its_document_are_compared_by_revision_then_by_text() {
        for (row, document, expected) in [
            (None, None, Verdict::Same),
            (Some((1, 7)), None, Verdict::Missing),
            (None, Some((1, Some(7))), Verdict::Surplus),
            (Some((2, 7)), Some((1, Some(7))), Verdict::Stale),
            (Some((2, 7)), Some((3, Some(7))), Verdict::Ahead),
            (Some((2, 7)), Some((2, Some(7))), Verdict::Same),
            (Some((2, 7)), Some((2, Some(8))), Verdict::Altered),
            (Some((2, 7)), Some((2, None)), Verdict::Altered),
        ] {
            assert_eq!(verdict(row, document), expected, "{row:?} {document:?}");
        }
    }

    #[test]
    fn counts_counters_and_numbers_that_fit_are_above_suspicion() {
        for (count, last_number, numbers, expected) in [
            (Some(0), Some(0), vec![], false),
            (Some(3), Some(3), vec![1, 2, 3], false),
            (Some(2), Some(3), vec![1, 2, 3], true),
            (Some(2), Some(3), vec![1, 3], true),
            (Some(2), Some(2), vec![1, 3], true),
            (Some(1), None, vec![1], true),
            (Some(0), None, vec![], true),
            (None, Some(1), vec![1], true),
        ] {
            let found = is_suspect(count, last_number, numbers.iter().copied());
            assert_eq!(found, expected, "{count:?} {last_number:?} {numbers:?}");
        }
    }
}
