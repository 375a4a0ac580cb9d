//! What clients did and saw. An operation whose outcome is unknown stays possible, never failed.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// All operations of a seed, in the order in which they ended.
#[derive(Debug, Default)]
pub(crate) struct History {
    creations: Mutex<Vec<Creation>>,
    edits: Mutex<Vec<Edit>>,
    sightings: Mutex<Vec<Sighting>>,
    applications: Mutex<Vec<NewApplication>>,
    clock: AtomicU64,
}

/// One thing that a client wanted to be created, and every try of it.
#[derive(Debug, Clone)]
pub(crate) struct Creation {
    /// The chat of a message; none for a chat.
    pub(crate) chat: Option<u64>,
    /// A text that no other creation has.
    pub(crate) text: String,
    /// The idempotency key of all tries; without one there is one try.
    pub(crate) key: Option<String>,
    pub(crate) outcomes: Vec<Outcome>,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Number(u64),
    /// 4xx: nothing was done.
    Refused(u16),
    /// 5xx: something may have been done.
    Failed(u16),
    /// The function died.
    NoAnswer,
}

/// A message as a client read it.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    pub(crate) chat: u64,
    pub(crate) number: u64,
    pub(crate) text: String,
    pub(crate) revision: u64,
}

/// An application that a client wanted under a key, and the tokens that its tries were answered.
#[derive(Debug, Clone)]
pub(crate) struct NewApplication {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) tokens: Vec<String>,
}

/// One edit.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) chat: u64,
    pub(crate) number: u64,
    pub(crate) text: String,
    /// The revision of `If-Match`.
    pub(crate) based_on: Option<u64>,
    pub(crate) outcome: EditOutcome,
    pub(crate) began: u64,
    pub(crate) ended: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EditOutcome {
    /// The revision that the edit made.
    Done(u64),
    Refused(u16),
    Unknown,
}

impl Creation {
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Number(number) => Some(*number),
            _ => None,
        })
    }

    /// Whether a row of it is possible.
    pub(crate) fn is_possible(&self) -> bool {
        self.outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Refused(_)))
    }

    /// Tries that may each have used a number without anybody learning it.
    pub(crate) fn failures(&self) -> usize {
        let failed = |outcome: &&Outcome| matches!(outcome, Outcome::Failed(_) | Outcome::NoAnswer);
        self.outcomes.iter().filter(failed).count()
    }
}

impl History {
    /// A point in the order of events.
    pub(crate) fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn created(&self, creation: Creation) {
        self.creations.lock().unwrap_or_else(PoisonError::into_inner).push(creation);
    }

    pub(crate) fn edited(&self, edit: Edit) {
        self.edits.lock().unwrap_or_else(PoisonError::into_inner).push(edit);
    }

    pub(crate) fn seen(&self, sighting: Sighting) {
        self.sightings.lock().unwrap_or_else(PoisonError::into_inner).push(sighting);
    }

    pub(crate) fn application(&self, application: NewApplication) {
        self.applications.lock().unwrap_or_else(PoisonError::into_inner).push(application);
    }

    pub(crate) fn applications(&self) -> Vec<NewApplication> {
        self.applications.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on with an application that had no answer.
    pub(crate) fn answered(&self, name: &str, token: String) {
        let mut applications = self.applications.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(application) = applications.iter_mut().find(|each| each.name == name) {
            application.tokens.push(token);
        }
    }

    pub(crate) fn sightings(&self) -> Vec<Sighting> {
        self.sightings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn creations(&self) -> Vec<Creation> {
        self.creations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn edits(&self) -> Vec<Edit> {
        self.edits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on with a creation that had ended.
    pub(crate) fn tried_again(&self, text: &str, outcome: Outcome) {
        let mut creations = self.creations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(creation) = creations.iter_mut().find(|creation| creation.text == text) {
            creation.outcomes.push(outcome);
        }
    }

    pub(crate) fn report(&self, seed: u64, faults: &[String], violations: &[String]) -> Report {
        let (creations, edits) = (self.creations(), self.edits());
        let tries: usize = creations.iter().map(|creation| creation.outcomes.len()).sum();
        let summary = format!(
            "{} creations in {tries} tries, {} edits, {} faults",
            creations.len(),
            edits.len(),
            faults.len()
        );
        let text = format!(
            "seed {seed}: {summary}\n\nviolations\n{violations:#?}\n\nfaults\n{}\n\ncreations\n{creations:#?}\n\nedits\n{edits:#?}\n\nsightings\n{:#?}\n\napplications\n{:#?}\n",
            faults.join("\n"),
            self.sightings(),
            self.applications()
        );
        Report { seed, summary, text }
    }
}

/// A seed's history as people read it.
pub(crate) struct Report {
    seed: u64,
    pub(crate) summary: String,
    text: String,
}

impl Report {
    /// Writes the history where it outlives the test.
    pub(crate) fn keep(&self) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/chaos");
        fs::create_dir_all(&folder).expect("a folder for histories");
        let path = folder.join(format!("seed-{}.txt", self.seed));
        fs::write(&path, &self.text).expect("a history on disk");
        path
    }
}
