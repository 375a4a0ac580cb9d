//! Creating a message: two calls for an accepted one, none for a malformed one; two more with an
//! idempotency key.

use crate::{
    http::{MessageCreatedJson, Problem, Request, Response, Segment, parameters, to_json},
    idempotency::KeyedCreation,
    jobs::{CreateMessage, Job, Queue, Task},
    model::Timestamp,
    store::Store,
};

/// Assigns a message's number and queues its job.
///
/// `request_id` names this invocation and no other.
///
/// # Errors
/// What the contract answers; its source goes to the log.
pub async fn create_message(
    store: &Store,
    jobs: &Queue,
    request: &Request<'_>,
    (token, chat): (Segment<'_>, Segment<'_>),
    request_id: &str,
) -> Result<Response, Problem> {
    let key = request.idempotency_key()?;
    let body = parameters::message_body(request)?;
    let access_token = token.access_token()?;
    let chat_number = chat.chat_number()?;

    // Its time is that of its number, as near as can be.
    let assign = async || {
        let now = Timestamp::now();
        store.assign_message_number(&access_token, chat_number, request_id, now).await
    };
    let accepted = match &key {
        None => assign().await?,
        Some(key) => {
            let creation = KeyedCreation {
                token: &access_token,
                chat: Some(chat_number),
                key,
                payload: body.as_str(),
                request_id,
            };
            creation.number(store, assign).await?
        }
    };
    let job = Job::new(Task::CreateMessage(CreateMessage {
        access_token: access_token.clone(),
        chat_number,
        chat_created_at: accepted.chat_created_at,
        number: accepted.number,
        body,
        created_at: accepted.created_at,
    }));
    jobs.send(&job.asked_by(request_id)).await?;

    let json = to_json(&MessageCreatedJson::new(&access_token, chat_number, accepted.number))?;
    Ok(Response::created(request, accepted.number, json).with_number(accepted.number.get()))
}
