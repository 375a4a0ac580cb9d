//! Rows of applications: create, read, list and rename.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Put, TransactWriteItem},
};
use thiserror::Error;

use super::{
    Attempt, Edit, Store, StoreError,
    attributes::{application_of, integer, read_text, text, time},
    keys::{
        self, CHAT_COUNT, CREATED_AT, Item, LAST_REQUEST, LISTING_INDEX, LISTING_PARTITION,
        LISTING_PARTITION_KEY, LISTING_SORT_KEY, NAME, PARTITION_KEY, REVISION, UPDATED_AT,
    },
    numbering,
    persisting::incomplete,
    retry::Backoff,
};
use crate::{
    model::{AccessToken, Application, ApplicationName, InvalidTimestamp, TenantDigest, Timestamp},
    telemetry::met_conflict,
};

const OPERATION: &str = "TransactWriteItems";

/// Where a page of applications begins: behind this one. Sort values only, never a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingCursor {
    created_at: Timestamp,
    tenant: TenantDigest,
}

/// A text that is no cursor of the list of applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a cursor of the list of applications")]
pub struct InvalidListingCursor;

impl ListingCursor {
    /// The cursor behind an application.
    pub fn behind(application: &Application) -> Self {
        Self { created_at: application.created_at, tenant: application.access_token.digest() }
    }

    /// Reads a cursor as it was handed out.
    ///
    /// # Errors
    /// [`InvalidListingCursor`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidListingCursor> {
        let (created_at, tenant) = text.split_once('~').ok_or(InvalidListingCursor)?;
        Ok(Self {
            created_at: Timestamp::parse(created_at)
                .map_err(|_: InvalidTimestamp| InvalidListingCursor)?,
            tenant: TenantDigest::parse(tenant).map_err(|_| InvalidListingCursor)?,
        })
    }

    fn sort_value(&self) -> String {
        format!("{}#{}", self.created_at, self.tenant)
    }
}

impl std::fmt::Display for ListingCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.created_at, self.tenant)
    }
}

impl Store {
    /// Writes a new application together with the counter that numbers its chats; false where an
    /// application has its token already. Conflicts with another try of it are retried.
    ///
    /// # Errors
    /// [`StoreError`]; the application may be there all the same.
    pub async fn create_application(
        &self,
        application: &Application,
        request_id: &str,
    ) -> Result<bool, StoreError> {
        let counter = numbering::counter(keys::chat_numbers(&application.access_token));
        self.put_application(row(application, request_id), counter).await
    }

    /// Puts an application's row and the counter of its chats where neither is there yet; false
    /// where one is. Conflicts are retried.
    pub(super) async fn put_application(
        &self,
        row: Item,
        counter: Item,
    ) -> Result<bool, StoreError> {
        let put = |item: Item| {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(pk)")
                .build()
                .map_err(incomplete)?;
            Ok::<_, StoreError>(TransactWriteItem::builder().put(put).build())
        };
        let actions = [put(row)?, put(counter)?];
        let mut backoff = Backoff::of_one_call();
        loop {
            let transaction =
                self.client.transact_write_items().set_transact_items(Some(actions.to_vec()));
            let Err(error) = transaction.send().await else { return Ok(true) };
            if is_cancelled_for(&error, "ConditionalCheckFailed") {
                return Ok(false);
            }
            if !is_cancelled_for(&error, "TransactionConflict") {
                return Err(StoreError::of_call(OPERATION, error));
            }
            met_conflict();
            if !backoff.wait().await {
                return Err(StoreError::Contended { operation: OPERATION });
            }
        }
    }

    /// Reads an application, strongly consistent; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn application(
        &self,
        token: &AccessToken,
    ) -> Result<Option<Application>, StoreError> {
        let item = self.read(keys::application(token)).await?;
        item.map(application_of).transpose()
    }

    /// Lists applications, oldest first: at most `limit` behind the cursor, and whether more
    /// follow. One that was created a moment ago may be missing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_applications(
        &self,
        after: Option<&ListingCursor>,
        limit: u32,
    ) -> Result<(Vec<Application>, bool), StoreError> {
        let mut tokens = self.list_tokens(after, limit).await?;
        // The look-ahead comes from the index, since a batch takes at most 100 keys:
        // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = tokens.len() > limit;
        tokens.truncate(limit);
        let keys = tokens.iter().map(keys::application).collect();
        let mut rows = HashMap::new();
        for item in self.read_batch(keys).await? {
            let application = application_of(item)?;
            rows.insert(application.access_token.clone(), application);
        }
        Ok((tokens.iter().filter_map(|token| rows.remove(token)).collect(), more))
    }

    /// Renames an application, if its row is still at the revision that was read.
    ///
    /// # Errors
    /// [`StoreError`] of a call that surely changed nothing.
    pub async fn rename_application(
        &self,
        read: &Application,
        name: &ApplicationName,
        edit: &Edit<'_>,
    ) -> Result<Attempt<Application>, StoreError> {
        let key = keys::application(&read.access_token);
        let updated_at = edit.accepted_at.max(read.updated_at);
        let attempt = self.edit(key, NAME, name.as_str(), updated_at, read.revision, edit).await?;
        attempt.try_map(application_of)
    }

    async fn list_tokens(
        &self,
        after: Option<&ListingCursor>,
        limit: u32,
    ) -> Result<Vec<AccessToken>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(LISTING_INDEX)
            .key_condition_expression("#listing_pk = :all")
            .expression_attribute_values(":all", text(LISTING_PARTITION))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX).saturating_add(1));
        if let Some(cursor) = after {
            query = query
                .key_condition_expression("#listing_pk = :all AND #listing_sk > :after")
                .expression_attribute_names(format!("#{LISTING_SORT_KEY}"), LISTING_SORT_KEY)
                .expression_attribute_values(":after", text(cursor.sort_value()));
        }
        let answer = query
            .expression_attribute_names(format!("#{LISTING_PARTITION_KEY}"), LISTING_PARTITION_KEY)
            .send()
            .await
            .map_err(|error| StoreError::of_call("Query", error))?;
        answer
            .items
            .unwrap_or_default()
            .iter()
            .map(|item| {
                keys::token_of(read_text(item, PARTITION_KEY)?)
                    .ok_or(StoreError::Malformed { attribute: PARTITION_KEY })
            })
            .collect()
    }
}

/// Whether a transaction was cancelled, one of its actions for this reason.
fn is_cancelled_for<R>(error: &SdkError<TransactWriteItemsError, R>, code: &str) -> bool {
    matches!(
        error.as_service_error(),
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled))
            if cancelled.cancellation_reasons().iter().any(|reason| reason.code() == Some(code))
    )
}

pub(super) fn row(application: &Application, request_id: &str) -> Item {
    let mut item = keys::application(&application.access_token);
    item.extend([
        (NAME.to_owned(), text(application.name.as_str())),
        (CREATED_AT.to_owned(), time(application.created_at)),
        (UPDATED_AT.to_owned(), time(application.updated_at)),
        (CHAT_COUNT.to_owned(), integer(application.chat_count)),
        (REVISION.to_owned(), integer(application.revision)),
        (LAST_REQUEST.to_owned(), text(request_id)),
        (LISTING_PARTITION_KEY.to_owned(), text(LISTING_PARTITION)),
        (
            LISTING_SORT_KEY.to_owned(),
            AttributeValue::S(ListingCursor::behind(application).sort_value()),
        ),
    ]);
    item
}
