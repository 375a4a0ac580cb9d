//! Counts compared with the rows that they count, and mended, while others go on writing.
//!
//! Why a tally is exact. Rows are only ever added, each by the transaction that adds it to the
//! count, so a count that did not change between two reads means that no row was added between
//! them. The tally reads the count, then the rows, then the counter, and then asks for every number
//! without a row again in a transactional read: a plain read may miss a row whose transaction has
//! reached the count but not yet the row, while a transactional one is refused until it has. If the
//! count is still the same, rows and count belong to one moment. If not, only what may have changed
//! is read again: the numbers without a row and those beyond the last.
//!
//! Why a repair is right. It writes the number of rows under the condition that the count is still
//! the one of the tally, so any row written since refuses it. A count that was raised by a row and
//! lowered by another repair could look the same, so each repair leaves a stamp of its own, which
//! is part of the condition; a repeated call whose answer was lost finds its own stamp.

use std::{collections::BTreeSet, ops::RangeInclusive, time::Instant};

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::update_item::UpdateItemError,
    types::{Get, ReturnValuesOnConditionCheckFailure, TransactGetItem},
};

use super::{
    Store, StoreError,
    attributes::{
        expression_names, integer, read_integer, read_last_number, read_text, text, time,
    },
    error::is_transaction_conflict,
    keys::{
        self, CHAT_COUNT, CREATED_AT, Item, LAST_NUMBER, LAST_REQUEST, MESSAGE_COUNT,
        PARTITION_KEY, REVISION, SORT_KEY,
    },
    retry::Backoff,
};
use crate::model::{AccessToken, ChatNumber, MessageNumber, Timestamp};

/// Names the repair that wrote a count last.
const LAST_REPAIR: &str = "last_repair";
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html>
const MAX_GETS: usize = 100;
/// More numbers without a row than this are not asked for one by one: 100 calls.
const MAX_DOUBTS: u64 = 10_000;

/// What has a count of rows, and a counter that numbers them.
#[derive(Debug, Clone, Copy)]
pub enum Parent<'a> {
    /// An application, whose chats are counted.
    Application(&'a AccessToken),
    /// A chat, whose messages are counted.
    Chat(&'a AccessToken, ChatNumber),
}

/// A parent's count beside the rows that it counts, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What the parent's row says; none where the parent has no row.
    pub count: Option<u64>,
    /// Rows that there are.
    pub rows: u64,
    /// The last number that was given; none where there is no counter.
    pub last_number: Option<u64>,
    /// The highest number of a row; 0 where there is none.
    pub highest: u64,
    /// Numbers that were given, or passed by, and have no row.
    pub gaps: Vec<RangeInclusive<u64>>,
    /// Whether each of the gaps was asked for in a transactional read; there may be too many.
    pub exact: bool,
    stamp: Option<String>,
}

impl Tally {
    /// Whether the parent's row holds another count than there are rows.
    pub fn is_miscounted(&self) -> bool {
        self.count.is_some_and(|count| count != self.rows)
    }

    /// Whether there are rows whose numbers the counter has yet to give.
    pub fn is_beyond_counter(&self) -> bool {
        self.highest > self.last_number.unwrap_or(0)
    }
}

impl Parent<'_> {
    fn row(&self) -> Item {
        match self {
            Self::Application(token) => keys::application(token),
            Self::Chat(token, chat) => keys::chat(token, *chat),
        }
    }

    fn counter(&self) -> Item {
        match self {
            Self::Application(token) => keys::chat_numbers(token),
            Self::Chat(token, chat) => keys::message_numbers(token, *chat),
        }
    }

    fn count(&self) -> &'static str {
        match self {
            Self::Application(_) => CHAT_COUNT,
            Self::Chat(..) => MESSAGE_COUNT,
        }
    }

    fn partition(&self) -> String {
        match self {
            Self::Application(token) => keys::application_partition(token),
            Self::Chat(token, chat) => keys::chat_partition(token, *chat),
        }
    }

    fn sort(&self, number: u64) -> String {
        match self {
            Self::Application(_) => keys::chat_sort(number),
            Self::Chat(..) => keys::message_sort(number),
        }
    }

    fn child(&self, number: u64) -> Option<Item> {
        Some(match self {
            Self::Application(token) => keys::chat(token, ChatNumber::try_from(number).ok()?),
            Self::Chat(token, chat) => {
                keys::message(token, *chat, MessageNumber::try_from(number).ok()?)
            }
        })
    }
}

impl Store {
    /// Counts a parent's rows, as of one moment, while others write.
    ///
    /// # Errors
    /// [`StoreError::Contended`] where writes left no such moment until the deadline, otherwise
    /// as any call.
    pub async fn tally(&self, parent: Parent<'_>, deadline: Instant) -> Result<Tally, StoreError> {
        let mut seen = BTreeSet::new();
        let mut backoff = Backoff::until(deadline);
        loop {
            let (count, stamp) = self.read_count(parent).await?;
            let highest = seen.last().copied().unwrap_or(0);
            seen.extend(self.read_numbers(parent, highest).await?);
            let counter = self.read(parent.counter()).await?;
            let last_number = counter.as_ref().map(read_last_number).transpose()?;
            let highest = seen.last().copied().unwrap_or(0);
            let mut gaps = gaps(&seen, highest.max(last_number.unwrap_or(0)));
            let exact = total(&gaps) <= MAX_DOUBTS;
            if exact && !gaps.is_empty() {
                let doubts: Vec<u64> = gaps.iter().cloned().flatten().collect();
                seen.extend(self.confirm(parent, &doubts, deadline).await?);
                let highest = seen.last().copied().unwrap_or(0);
                gaps = self::gaps(&seen, highest.max(last_number.unwrap_or(0)));
            }
            let rows = seen.len() as u64;
            if self.read_count(parent).await? == (count, stamp.clone()) {
                return Ok(Tally { count, rows, last_number, highest, gaps, exact, stamp });
            }
            if !backoff.wait().await {
                return Err(StoreError::Contended { operation: "Query" });
            }
        }
    }

    /// Sets a parent's count to the rows of its tally, if nothing was counted since; false where
    /// something was, or where the tally is not exact. `repair` names this repair and no other.
    ///
    /// # Errors
    /// [`StoreError`]; the count may be right by then all the same.
    pub async fn recount(
        &self,
        parent: Parent<'_>,
        tally: &Tally,
        repair: &str,
    ) -> Result<bool, StoreError> {
        let Some(count) = tally.count.filter(|_| tally.exact) else { return Ok(false) };
        let attribute = parent.count();
        let mut set = format!("SET #{attribute} = :rows, #{LAST_REPAIR} = :repair");
        let unrepaired = match tally.stamp {
            Some(_) => format!("#{LAST_REPAIR} = :stamp"),
            None => format!("attribute_not_exists(#{LAST_REPAIR})"),
        };
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(parent.row()))
            .condition_expression(format!("#{attribute} = :count AND {unrepaired}"))
            .set_expression_attribute_names(Some(expression_names([attribute, LAST_REPAIR])))
            .expression_attribute_values(":rows", integer(tally.rows))
            .expression_attribute_values(":count", integer(count))
            .expression_attribute_values(":repair", text(repair))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(stamp) = &tally.stamp {
            update = update.expression_attribute_values(":stamp", text(stamp));
        }
        if let Parent::Application(_) = parent {
            // The count is shown, so the application's ETag changes with it.
            set.push_str(" ADD #revision :one");
            update = update
                .expression_attribute_names(format!("#{REVISION}"), REVISION)
                .expression_attribute_values(":one", integer(1));
        }
        let Err(error) = update.update_expression(set).send().await else { return Ok(true) };
        if let Some(UpdateItemError::ConditionalCheckFailedException(refusal)) =
            error.as_service_error()
        {
            let stamp = refusal.item.as_ref().and_then(|row| read_text(row, LAST_REPAIR).ok());
            return Ok(stamp == Some(repair));
        }
        if is_transaction_conflict(&error) {
            return Ok(false);
        }
        Err(StoreError::of_call("UpdateItem", error))
    }

    /// Raises a counter to a number, or makes it there, so that no number of a row is given again;
    /// false where it has given that number already. `request` names this call and no other: it
    /// also keeps a creation under way, whose answer was lost, from reading the raised number back
    /// as its own.
    ///
    /// # Errors
    /// [`StoreError`]; the counter may be raised all the same.
    pub async fn raise_counter(
        &self,
        parent: Parent<'_>,
        to: u64,
        created_at: Option<Timestamp>,
        request: &str,
    ) -> Result<bool, StoreError> {
        let mut set = "SET #last_number = :to, #last_request = :request".to_owned();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(parent.counter()))
            .condition_expression("attribute_not_exists(#pk) OR #last_number < :to")
            .set_expression_attribute_names(Some(expression_names([
                PARTITION_KEY,
                LAST_NUMBER,
                LAST_REQUEST,
            ])))
            .expression_attribute_values(":to", integer(to))
            .expression_attribute_values(":request", text(request));
        if let Some(created_at) = created_at {
            set.push_str(", #created_at = if_not_exists(#created_at, :created_at)");
            update = update
                .expression_attribute_names(format!("#{CREATED_AT}"), CREATED_AT)
                .expression_attribute_values(":created_at", time(created_at));
        }
        let Err(error) = update.update_expression(set).send().await else { return Ok(true) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
            _ => Err(StoreError::of_call("UpdateItem", error)),
        }
    }

    async fn read_count(
        &self,
        parent: Parent<'_>,
    ) -> Result<(Option<u64>, Option<String>), StoreError> {
        let Some(row) = self.read(parent.row()).await? else { return Ok((None, None)) };
        let stamp = read_text(&row, LAST_REPAIR).ok().map(str::to_owned);
        Ok((Some(read_integer(&row, parent.count())?), stamp))
    }

    /// The numbers of a parent's rows behind a number.
    async fn read_numbers(&self, parent: Parent<'_>, after: u64) -> Result<Vec<u64>, StoreError> {
        let mut numbers = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("#pk = :partition AND #sk BETWEEN :first AND :last")
                .projection_expression("#sk")
                .expression_attribute_names("#pk", PARTITION_KEY)
                .expression_attribute_names("#sk", SORT_KEY)
                .expression_attribute_values(":partition", text(parent.partition()))
                .expression_attribute_values(":first", text(parent.sort(after + 1)))
                // Ten digits, as every sort value has.
                .expression_attribute_values(":last", text(parent.sort(9_999_999_999)))
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::of_call("Query", error))?;
            for item in answer.items.unwrap_or_default() {
                let number = keys::number_of(read_text(&item, SORT_KEY)?);
                numbers.push(number.ok_or(StoreError::Malformed { attribute: SORT_KEY })?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(numbers);
            }
        }
    }

    /// Those of the numbers that have a row, read in transactions.
    async fn confirm(
        &self,
        parent: Parent<'_>,
        numbers: &[u64],
        deadline: Instant,
    ) -> Result<Vec<u64>, StoreError> {
        const OPERATION: &str = "TransactGetItems";
        let incomplete = |source: aws_sdk_dynamodb::error::BuildError| StoreError::Refused {
            operation: OPERATION,
            source: source.into(),
        };
        let mut found = Vec::new();
        for part in numbers.chunks(MAX_GETS) {
            let mut gets = Vec::with_capacity(part.len());
            for key in part.iter().filter_map(|&number| parent.child(number)) {
                let get = Get::builder()
                    .table_name(&self.table)
                    .set_key(Some(key))
                    .projection_expression("#sk")
                    .expression_attribute_names("#sk", SORT_KEY)
                    .build()
                    .map_err(incomplete)?;
                gets.push(TransactGetItem::builder().get(get).build());
            }
            let mut backoff = Backoff::until(deadline);
            let answer = loop {
                let call = self.client.transact_get_items().set_transact_items(Some(gets.clone()));
                let error = match call.send().await {
                    Ok(answer) => break answer,
                    Err(error) => error,
                };
                // A row of it is being written: the only reason to cancel a read.
                let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
                if code != Some("TransactionCanceledException") {
                    return Err(StoreError::of_call(OPERATION, error));
                }
                if !backoff.wait().await {
                    return Err(StoreError::Contended { operation: OPERATION });
                }
            };
            let items = answer.responses.unwrap_or_default();
            let items = items.iter().filter_map(|response| response.item.as_ref());
            found.extend(items.filter_map(|item| keys::number_of(read_text(item, SORT_KEY).ok()?)));
        }
        Ok(found)
    }
}

/// The numbers from 1 to `last` that are not in a set.
fn gaps(seen: &BTreeSet<u64>, last: u64) -> Vec<RangeInclusive<u64>> {
    let mut gaps = Vec::new();
    let mut next = 1;
    for &number in seen {
        if number > next {
            gaps.push(next..=number - 1);
        }
        next = number + 1;
    }
    if next <= last {
        gaps.push(next..=last);
    }
    gaps
}

/// How many numbers ranges hold.
fn total(ranges: &[RangeInclusive<u64>]) -> u64 {
    ranges.iter().map(|range| range.end() - range.start() + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaps_of_a_set_are_the_numbers_between_and_behind() {
        for (seen, last, expected) in [
            (vec![], 0, vec![]),
            (vec![], 3, vec![1..=3]),
            (vec![1, 2, 3], 3, vec![]),
            (vec![2, 5], 7, vec![1..=1, 3..=4, 6..=7]),
            (vec![1, 9], 2, vec![2..=8]),
        ] {
            let gaps = gaps(&seen.iter().copied().collect(), last);
            assert_eq!(gaps, expected, "{seen:?} {last}");
            let numbers: usize = gaps.iter().cloned().map(Iterator::count).sum();
            assert_eq!(total(&gaps), numbers as u64);
        }
    }

    #[test]
    fn a_tally_says_what_is_wrong_with_it() {
        let tally = |count, rows, last_number, highest| Tally {
            count,
            rows,
            last_number,
            highest,
            gaps: Vec::new(),
            exact: true,
            stamp: None,
        };
        for (tally, miscounted, beyond) in [
            (tally(Some(2), 2, Some(2), 2), false, false),
            (tally(Some(2), 2, Some(9), 2), false, false),
            (tally(Some(1), 2, Some(2), 2), true, false),
            (tally(Some(3), 2, Some(1), 2), true, true),
            (tally(Some(0), 0, None, 0), false, false),
            (tally(Some(1), 1, None, 1), false, true),
            (tally(None, 1, Some(1), 1), false, false),
        ] {
            let found = (tally.is_miscounted(), tally.is_beyond_counter());
            assert_eq!(found, (miscounted, beyond), "{tally:?}");
        }
    }
}
