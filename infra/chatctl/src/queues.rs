//! How full the queues are.

use aws_sdk_sqs::types::QueueAttributeName as Name;

use crate::{engines::Engines, failure::Failure, verify::Depth};

/// What SQS knows of a queue's messages; approximate, as it says itself.
pub(crate) async fn depth(engines: &Engines, url: &str) -> Result<Depth, Failure> {
    let names = [
        Name::ApproximateNumberOfMessages,
        Name::ApproximateNumberOfMessagesDelayed,
        Name::ApproximateNumberOfMessagesNotVisible,
    ];
    let answer = engines
        .sqs
        .get_queue_attributes()
        .queue_url(url)
        .set_attribute_names(Some(names.to_vec()))
        .send()
        .await
        .map_err(|error| Failure::of_call("GetQueueAttributes", error))?;
    let attributes = answer.attributes.unwrap_or_default();
    let [waiting, delayed, in_flight] =
        names.map(|name| attributes.get(&name).and_then(|count| count.parse().ok()).unwrap_or(0));
    Ok(Depth { waiting, delayed, in_flight })
}
