//! What a verification finds, and how it tells.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

use chat::model::TenantDigest;
use serde::{Serialize, Serializer};

use crate::report::{Report, add, counted};

/// Ranges of numbers that a line for people lists.
const RANGES: usize = 10;

/// Something that is not as it should be. Applications are named by their tokens' digests, which
/// open nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// A count that is not the number of rows.
    WrongCount {
        /// Where.
        #[serde(flatten)]
        at: Whereabouts,
        /// What is written.
        count: u64,
        /// What is true.
        rows: u64,
    },
    /// Rows with numbers that their counter would give again.
    BeyondCounter {
        /// Where.
        #[serde(flatten)]
        at: Whereabouts,
        /// What the counter gave last; null where there is no counter.
        last_number: Option<u64>,
        /// The highest number of a row.
        highest: u64,
    },
    /// An application or chat whose numbers nothing counts: nothing can be created there.
    NoCounter {
        /// Where.
        #[serde(flatten)]
        at: Whereabouts,
    },
    /// Rows of an application or chat that has no row itself.
    NoParent {
        /// Where.
        #[serde(flatten)]
        at: Whereabouts,
    },
    /// Numbers that were given and have no row: a job is under way, was lost, or was never sent
    /// since its request failed.
    Gap {
        /// Where.
        #[serde(flatten)]
        at: Whereabouts,
        /// First and last of each range.
        numbers: Vec<Range>,
    },
    /// A message that cannot be found.
    MissingDocument {
        /// Which.
        #[serde(flatten)]
        at: Whereabouts,
    },
    /// A message that is found by a former text.
    StaleDocument {
        /// Which.
        #[serde(flatten)]
        at: Whereabouts,
        /// The row's.
        revision: u64,
        /// The document's; the same where its text or times differ all the same.
        document_revision: u64,
    },
    /// A document that is newer than its row, as after the table was set back; edits would stay
    /// unseen until the row's revision has passed it.
    AheadDocument {
        /// Which.
        #[serde(flatten)]
        at: Whereabouts,
        /// The row's.
        revision: u64,
        /// The document's.
        document_revision: u64,
    },
    /// A document of no message.
    SurplusDocument {
        /// Its id in the engine.
        id: String,
    },
    /// An index that shows no new documents, since a reindex was killed while it swapped.
    HeldIndex {
        /// Its name.
        index: String,
    },
    /// An item of the table that is none of this release's.
    UnreadableRow {
        /// What is wrong with it.
        reason: String,
    },
    /// A parent that was written so often that its rows could not be counted at one moment.
    Unsettled {
        /// Where.
        #[serde(flatten)]
        at: Whereabouts,
    },
}

/// An application, one of its chats, or one of its messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Whereabouts {
    /// The digest of the application's token.
    #[serde(serialize_with = "as_text")]
    pub application: Digest,
    /// The chat's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<u64>,
    /// The message's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<u64>,
}

/// A digest in the order of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(pub TenantDigest);

impl PartialOrd for Digest {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Digest {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.as_str().cmp(other.0.as_str())
    }
}

fn as_text<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(digest.0.as_str())
}

/// First and last number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Range(pub u64, pub u64);

impl From<&RangeInclusive<u64>> for Range {
    fn from(range: &RangeInclusive<u64>) -> Self {
        Self(*range.start(), *range.end())
    }
}

impl Finding {
    /// Its name in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::WrongCount { .. } => "wrong_count",
            Self::BeyondCounter { .. } => "beyond_counter",
            Self::NoCounter { .. } => "no_counter",
            Self::NoParent { .. } => "no_parent",
            Self::Gap { .. } => "gap",
            Self::MissingDocument { .. } => "missing_document",
            Self::StaleDocument { .. } => "stale_document",
            Self::AheadDocument { .. } => "ahead_document",
            Self::SurplusDocument { .. } => "surplus_document",
            Self::HeldIndex { .. } => "held_index",
            Self::UnreadableRow { .. } => "unreadable_row",
            Self::Unsettled { .. } => "unsettled",
        }
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "application {}", self.application.0)?;
        if let Some(chat) = self.chat {
            write!(f, " chat {chat}")?;
        }
        if let Some(message) = self.message {
            write!(f, " message {message}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongCount { at, count, rows } => {
                write!(f, "wrong count: {at}: says {count}, has {}", counted(*rows, "row"))
            }
            Self::BeyondCounter { at, last_number: Some(last), highest } => {
                write!(f, "beyond counter: {at}: rows up to {highest}, numbers given up to {last}")
            }
            Self::BeyondCounter { at, last_number: None, highest } => {
                write!(f, "beyond counter: {at}: rows up to {highest}, no counter")
            }
            Self::NoCounter { at } => write!(f, "no counter: {at}"),
            Self::NoParent { at } => write!(f, "rows without a parent: {at} has no row"),
            Self::Gap { at, numbers } => {
                let listed = numbers.iter().take(RANGES).map(|Range(first, last)| {
                    if first == last { first.to_string() } else { format!("{first}-{last}") }
                });
                let listed = listed.collect::<Vec<_>>().join(", ");
                let more = if numbers.len() > RANGES { ", …" } else { "" };
                write!(f, "gap: {at}: no row for {listed}{more}")
            }
            Self::MissingDocument { at } => write!(f, "missing document: {at}"),
            Self::StaleDocument { at, revision, document_revision } => {
                write!(f, "stale document: {at}: revision {document_revision} of {revision}")
            }
            Self::AheadDocument { at, revision, document_revision } => {
                write!(f, "document ahead of its row: {at}: {document_revision} of {revision}")
            }
            Self::SurplusDocument { id } => write!(f, "surplus document: {id}"),
            Self::HeldIndex { index } => write!(f, "index {index} shows no new documents"),
            Self::UnreadableRow { reason } => write!(f, "unreadable row: {reason}"),
            Self::Unsettled { at } => write!(f, "written too often to be counted: {at}"),
        }
    }
}

/// A finding, and whether it was mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// What.
    #[serde(flatten)]
    pub finding: Finding,
    /// Whether it is no longer so.
    pub mended: bool,
}

/// How many messages a queue holds, as far as SQS knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// Can be received.
    pub waiting: u64,
    /// Will be later.
    pub delayed: u64,
    /// Are being worked on.
    pub in_flight: u64,
}

/// What `verify` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Applications that have a row.
    pub applications: u64,
    /// Chats that have a row.
    pub chats: u64,
    /// Messages that have a row.
    pub messages: u64,
    /// Documents in the index.
    pub documents: u64,
    /// The jobs that wait for the worker: a gap may be one of them.
    pub jobs: Depth,
    /// The jobs that were given up.
    pub dead_letters: Depth,
    /// Findings that were not mended and are no allowed gaps.
    pub differences: u64,
    /// Findings that were mended.
    pub mended: u64,
    /// How many there are of each kind.
    pub kinds: BTreeMap<&'static str, u64>,
    /// The first of them.
    pub findings: Vec<Judged>,
}

impl Verification {
    /// Sums findings up, and lists the first of them.
    pub(super) fn conclude(&mut self, mut findings: Vec<Judged>, allow_gaps: bool, limit: usize) {
        findings.sort_by(|one, other| one.finding.cmp(&other.finding));
        for judged in &findings {
            *self.kinds.entry(judged.finding.kind()).or_default() += 1;
            let allowed = allow_gaps && matches!(judged.finding, Finding::Gap { .. });
            if judged.mended {
                self.mended += 1;
            } else if !allowed {
                self.differences += 1;
            }
        }
        findings.truncate(limit);
        self.findings = findings;
    }
}

impl Report for Verification {
    fn text(&self) -> String {
        let mut text = format!(
            "{}, {}, {}, {}; jobs under way: {}; dead letters: {}\n",
            counted(self.applications, "application"),
            counted(self.chats, "chat"),
            counted(self.messages, "message"),
            counted(self.documents, "document"),
            self.jobs.waiting + self.jobs.delayed + self.jobs.in_flight,
            self.dead_letters.waiting + self.dead_letters.delayed + self.dead_letters.in_flight,
        );
        for judged in &self.findings {
            add(
                &mut text,
                format_args!(
                    "{}{}\n",
                    judged.finding,
                    if judged.mended { " (mended)" } else { "" }
                ),
            );
        }
        let listed = self.findings.len() as u64;
        let found: u64 = self.kinds.values().sum();
        if found > listed {
            add(&mut text, format_args!("… and {}\n", counted(found - listed, "further finding")));
        }
        let mended =
            if self.mended > 0 { format!(", {} mended", self.mended) } else { String::new() };
        text + &format!("{}{mended}\n", counted(self.differences, "difference"))
    }

    fn is_amiss(&self) -> bool {
        self.differences > 0
    }
}

#[cfg(test)]
mod tests {
    use chat::model::AccessToken;

    use super::*;

    fn at(chat: Option<u64>) -> Whereabouts {
        let digest = AccessToken::parse(&"1".repeat(24)).unwrap().digest();
        Whereabouts { application: Digest(digest), chat, message: None }
    }

    fn verification(findings: Vec<Judged>, allow_gaps: bool, limit: usize) -> Verification {
        let mut verification = Verification {
            applications: 1,
            chats: 1,
            messages: 1_000,
            documents: 1_000,
            jobs: Depth::default(),
            dead_letters: Depth::default(),
            differences: 0,
            mended: 0,
            kinds: BTreeMap::new(),
            findings: Vec::new(),
        };
        verification.conclude(findings, allow_gaps, limit);
        verification
    }

    #[test]
    fn what_is_mended_or_allowed_is_no_difference() {
        let gap = Finding::Gap { at: at(Some(1)), numbers: vec![Range(3, 3), Range(7, 9)] };
        let count = Finding::WrongCount { at: at(None), count: 1, rows: 2 };
        let judged = |finding: &Finding, mended| Judged { finding: finding.clone(), mended };
        for (findings, allow_gaps, differences, mended) in [
            (vec![], false, 0, 0),
            (vec![judged(&gap, false)], false, 1, 0),
            (vec![judged(&gap, false)], true, 0, 0),
            (vec![judged(&gap, false), judged(&count, true)], true, 0, 1),
            (vec![judged(&gap, false), judged(&count, false)], true, 1, 0),
        ] {
            let verification = verification(findings, allow_gaps, 10);
            let found = (verification.differences, verification.mended);
            assert_eq!(found, (differences, mended));
            assert_eq!(verification.is_amiss(), differences > 0);
        }
    }

    #[test]
    fn a_report_counts_all_findings_and_lists_the_first() {
        let finding = |chat| Judged {
            finding: Finding::WrongCount { at: at(Some(chat)), count: 1, rows: 2 },
            mended: false,
        };
        let verification = verification((1..=5).map(finding).collect(), false, 2);
        let text = verification.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert!(lines[1].ends_with("chat 1: says 1, has 2 rows"), "{text}");
        assert_eq!(lines[3], "… and 3 further findings");
        assert_eq!(lines[4], "5 differences");
        let json = serde_json::to_value(&verification).unwrap();
        assert_eq!(json["kinds"], serde_json::json!({ "wrong_count": 5 }));
        assert_eq!(json["findings"][0]["kind"], "wrong_count");
        assert_eq!(json["findings"][0]["chat"], 1);
    }
}
