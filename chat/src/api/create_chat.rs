//! Creating a chat: three calls, so that a message may be sent to it from its 201 on; two more with
//! an idempotency key.

use crate::{
    http::{ChatCreatedJson, Problem, Request, Response, Segment, parameters, to_json},
    idempotency::KeyedCreation,
    jobs::{CreateChat, Job, Queue, Task},
    model::Timestamp,
    store::Store,
};

/// Assigns a chat's number, makes the counter of its messages and queues its job.
///
/// `request_id` names this invocation and no other.
///
/// # Errors
/// What the contract answers; its source goes to the log.
pub async fn create_chat(
    store: &Store,
    jobs: &Queue,
    request: &Request<'_>,
    token: Segment<'_>,
    request_id: &str,
) -> Result<Response, Problem> {
    parameters::none(request)?;
    let key = request.idempotency_key()?;
    let access_token = token.access_token()?;

    // Its time is that of its number, as near as can be.
    let assign = async || {
        let now = Timestamp::now();
        store.assign_chat_number(&access_token, request_id, now).await
    };
    let accepted = match &key {
        None => assign().await?,
        Some(key) => {
            let creation =
                KeyedCreation { token: &access_token, chat: None, key, payload: "", request_id };
            creation.number(store, assign).await?
        }
    };
    let (number, created_at) = (accepted.number, accepted.created_at);
    store.put_message_counter(&access_token, number, created_at).await?;
    let task = CreateChat { access_token: access_token.clone(), number, created_at };
    jobs.send(&Job::new(Task::CreateChat(task)).asked_by(request_id)).await?;

    let json = to_json(&ChatCreatedJson::new(&access_token, number))?;
    Ok(Response::created(request, number, json).with_number(number.get()))
}
