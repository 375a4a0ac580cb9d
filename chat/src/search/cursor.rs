//! Where a page of hits ends.

use std::fmt;

use thiserror::Error;

use crate::model::MessageNumber;

/// How well a message matches: the first key of the order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Its words match: the best.
    Words,
    /// Its text holds the keyword as a part of its words.
    Part,
}

/// A hit's place in the order of hits: how well it matches, then its number. Nothing else, so that
/// whoever writes one by hand reaches no other chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchCursor {
    pub(super) rank: Rank,
    pub(super) number: MessageNumber,
}

/// A text that no [`SearchCursor`] is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a search cursor is 1 or 0, a hyphen and a message number")]
pub struct InvalidSearchCursor;

impl SearchCursor {
    /// Reads what [`fmt::Display`] wrote.
    ///
    /// # Errors
    /// [`InvalidSearchCursor`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidSearchCursor> {
        let (score, number) = text.split_once('-').ok_or(InvalidSearchCursor)?;
        let rank = match score {
            "1" => Rank::Words,
            "0" => Rank::Part,
            _ => return Err(InvalidSearchCursor),
        };
        let number = MessageNumber::parse(number).map_err(|_| InvalidSearchCursor)?;
        Ok(Self { rank, number })
    }
}

/// Score and number, as in `1-57`.
impl fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let score = match self.rank {
            Rank::Words => 1,
            Rank::Part => 0,
        };
        write!(f, "{score}-{}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_score_and_number() {
        for text in ["1-1", "0-1", "1-9999999999"] {
            assert_eq!(SearchCursor::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "1", "1-", "-1", "2-1", "1.0-1", "1-0", "1-01", "1-1 ", "1-1-1", "0--1"] {
            assert_eq!(SearchCursor::parse(text), Err(InvalidSearchCursor), "{text:?}");
        }
    }

    #[test]
    fn whole_words_come_first_and_ties_go_by_number() {
        let order = ["1-3", "1-20", "0-1", "0-4"].map(|text| SearchCursor::parse(text).unwrap());
        assert!(order.is_sorted());
    }
}
