//! Sending jobs.

use std::{error::Error, time::Duration};

use aws_sdk_sqs::{
    Client,
    error::SdkError,
    types::{MessageAttributeValue, QueueAttributeName},
};
use thiserror::Error;

use super::{Job, job::retry_delay};

/// The attribute of a dead letter that says why it is one.
const REASON: &str = "reason";
/// The attribute of a body that this release cannot read: how often it was put off.
const ATTEMPT: &str = "attempt";

/// A call of the queue that failed; a job may or may not have been queued.
#[derive(Debug, Error)]
#[error("the queue did not answer")]
pub struct QueueError {
    source: Box<dyn Error + Send + Sync>,
}

/// One queue, of jobs or of dead letters.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at this address.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Asks the queue for its name, as a sign that it is there.
    ///
    /// # Errors
    /// [`QueueError`] after the SDK's retries.
    pub async fn answers(&self) -> Result<(), QueueError> {
        self.client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await
            .map_err(QueueError::of)?;
        Ok(())
    }

    /// Sends a job, to be received after its own delay.
    ///
    /// # Errors
    /// [`QueueError`] after the SDK's retries: the job may have been queued all the same.
    pub async fn send(&self, job: &Job) -> Result<(), QueueError> {
        self.send_delayed(job, job.delay()).await
    }

    /// Sends a job, to be received after a delay of at most 15 minutes.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_delayed(&self, job: &Job, delay: Duration) -> Result<(), QueueError> {
        // A message group on a standard queue makes it fair: one busy tenant does not delay others.
        let tenant = job.task.access_token().digest();
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(job.to_body())
            .message_group_id(tenant.as_str())
            .set_delay_seconds(delay_seconds(delay))
            .send()
            .await
            .map_err(QueueError::of)?;
        Ok(())
    }

    /// Sends the body of a queue message as it is, to be received after the delay of a job of so
    /// many attempts. They stand beside the body, which nobody can write them into.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_body(&self, body: &str, attempt: u32) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes(ATTEMPT, attribute("Number", &attempt.to_string())?)
            .set_delay_seconds(delay_seconds(retry_delay(attempt)))
            .send()
            .await
            .map_err(QueueError::of)?;
        Ok(())
    }

    /// Sends a body that can never be done, with the reason as an attribute.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_dead_letter(&self, body: &str, reason: &str) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes(REASON, attribute("String", reason)?)
            .send()
            .await
            .map_err(QueueError::of)?;
        Ok(())
    }
}

impl QueueError {
    fn of<E, R>(error: SdkError<E, R>) -> Self
    where
        E: Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        Self { source: error.into() }
    }
}

fn attribute(data_type: &str, value: &str) -> Result<MessageAttributeValue, QueueError> {
    MessageAttributeValue::builder()
        .data_type(data_type)
        .string_value(value)
        .build()
        .map_err(|source| QueueError { source: source.into() })
}

/// The delay of one message, left to the queue's own where there is none.
fn delay_seconds(delay: Duration) -> Option<i32> {
    i32::try_from(delay.as_secs()).ok().filter(|seconds| *seconds > 0)
}
