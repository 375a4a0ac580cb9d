//! Strongly consistent reads: one item, a range of a partition, a batch of keys.

use std::ops::ControlFlow;

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::{
    Store, StoreError,
    attributes::text,
    keys::{Item, PARTITION_KEY, SORT_KEY},
    retry::Backoff,
};

/// A range of numbers in a partition, and the end at which it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    /// The lowest number, included.
    pub first: u64,
    /// The highest number, included; at least `first`.
    pub last: u64,
    /// Whether reading begins at the highest.
    pub descending: bool,
    /// At most so many rows.
    pub limit: u32,
}

impl Store {
    pub(super) async fn read(&self, key: Item) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::of_call("GetItem", error))?;
        Ok(answer.item)
    }

    /// Hands over the rows of a partition whose numbers lie in the range, until there are no more
    /// or the taker has enough. One call, unless the rows
    /// are so large that they exceed the 1 MB that a Query answers:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html>
    pub(super) async fn read_range(
        &self,
        partition: String,
        sort_value: impl Fn(u64) -> String,
        range: &NumberRange,
        mut take: impl FnMut(Item) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut wanted = i32::try_from(range.limit).unwrap_or(i32::MAX);
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("#pk = :partition AND #sk BETWEEN :first AND :last")
                .expression_attribute_names("#pk", PARTITION_KEY)
                .expression_attribute_names("#sk", SORT_KEY)
                .expression_attribute_values(":partition", text(&partition))
                .expression_attribute_values(":first", text(sort_value(range.first)))
                .expression_attribute_values(":last", text(sort_value(range.last)))
                .scan_index_forward(!range.descending)
                .consistent_read(true)
                .limit(wanted)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::of_call("Query", error))?;
            for row in answer.items.unwrap_or_default() {
                wanted -= 1;
                if take(row)?.is_break() {
                    return Ok(());
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() || wanted <= 0 {
                return Ok(());
            }
        }
    }

    /// Reads rows by their keys (at most 100), strongly consistent, in any order; a missing one
    /// is left out. Keys that the engine leaves unprocessed are asked again.
    pub(super) async fn read_batch(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        const OPERATION: &str = "BatchGetItem";
        let mut items = Vec::with_capacity(keys.len());
        let mut pending = keys;
        let mut backoff = Backoff::of_one_call();
        while !pending.is_empty() {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(pending))
                .consistent_read(true)
                .build()
                .map_err(|source| StoreError::Refused {
                    operation: OPERATION,
                    source: source.into(),
                })?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, request)
                .send()
                .await
                .map_err(|error| StoreError::of_call(OPERATION, error))?;
            // An answer without this member is not one that says that there are no rows.
            let mut rows = answer.responses.ok_or_else(|| StoreError::Unavailable {
                operation: OPERATION,
                source: "the answer is not whole".into(),
            })?;
            items.extend(rows.remove(&self.table).unwrap_or_default());
            pending = answer
                .unprocessed_keys
                .unwrap_or_default()
                .remove(&self.table)
                .map(|left| left.keys)
                .unwrap_or_default();
            if !pending.is_empty() && !backoff.wait().await {
                return Err(StoreError::Contended { operation: OPERATION });
            }
        }
        Ok(items)
    }
}
