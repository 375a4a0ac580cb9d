//! Points in time, to the millisecond, in UTC.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::BorrowedFormatItem,
    macros::format_description,
};

/// RFC 3339 with exactly three digits of a second: texts of one length, which sort by time.
const FORMAT: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
/// 9999-12-31T23:59:59.999Z, the last that has a year of four digits.
const MAX_UNIX_MILLIS: i64 = 253_402_300_799_999;

/// A point in time: milliseconds since 1970 in UTC, of years 1970 to 9999.
///
/// ```
/// # use chat::model::Timestamp;
/// let time = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
/// assert_eq!(time.to_string(), "2022-08-09T22:17:52.599Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// A text that is not of the form `2022-08-09T22:17:52.599Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a time has the form 2022-08-09T22:17:52.599Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// The clock of this machine.
    pub fn now() -> Self {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(elapsed.as_millis()).unwrap_or(MAX_UNIX_MILLIS).min(MAX_UNIX_MILLIS))
    }

    /// Milliseconds since 1970.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as DynamoDB's time to live takes them.
    pub const fn unix_seconds(self) -> i64 {
        self.0 / 1000
    }

    /// This time and so many milliseconds.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis).clamp(0, MAX_UNIX_MILLIS))
    }

    /// Reads the one form in which times are written.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] for any other form, and for years before 1970.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let time = PrimitiveDateTime::parse(text, FORMAT).map_err(|_| InvalidTimestamp)?;
        let millis = time.assume_utc().unix_timestamp_nanos() / 1_000_000;
        match i64::try_from(millis) {
            Ok(millis) if (0..=MAX_UNIX_MILLIS).contains(&millis) => Ok(Self(millis)),
            _ => Err(InvalidTimestamp),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .map_err(|_| fmt::Error)?;
        f.write_str(&time.format(FORMAT).map_err(|_| fmt::Error)?)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;

    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_rfc_3339_with_milliseconds() {
        for text in
            ["1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.007Z", "9999-12-31T23:59:59.999Z"]
        {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "2022-08-09T22:17:52Z",
            "2022-08-09T22:17:52.599+00:00",
            "1969-12-31T23:59:59.999Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn the_texts_of_times_sort_as_the_times_do() {
        let early = Timestamp::parse("2022-08-09T22:17:52.599Z").unwrap();
        let late = early.plus_millis(1);
        assert!(early < late && early.to_string() < late.to_string());
        assert!(Timestamp::now() > late);
    }
}
