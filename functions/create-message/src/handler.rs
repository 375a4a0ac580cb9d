//! Two calls for an accepted message, none for a malformed one; two more with an idempotency key.

use chat::{
    http::{
        Context, Handler, MessageCreatedJson, Problem, Request, Response, Route, parameters,
        to_json,
    },
    idempotency::KeyedCreation,
    jobs::{CreateMessage as MessageTask, Job, Queue, Task},
    model::Timestamp,
    store::Store,
};

/// Numbers messages and queues their jobs.
#[derive(Debug)]
pub struct CreateMessage {
    /// Rows and counters.
    pub store: Store,
    /// Where jobs are sent.
    pub jobs: Queue,
}

impl Handler for CreateMessage {
    async fn handle(&self, request: &Request<'_>, context: &Context) -> Result<Response, Problem> {
        let Route::Messages { token, chat } = request.route() else {
            return Err(Problem::not_found());
        };
        let key = request.idempotency_key()?;
        let body = parameters::message_body(request)?;
        let access_token = token.access_token()?;
        let chat_number = chat.chat_number()?;

        let request_id = context.request_id.as_str();
        // Its time is that of its number, as near as can be.
        let assign = async || {
            let now = Timestamp::now();
            self.store.assign_message_number(&access_token, chat_number, request_id, now).await
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
                creation.number(&self.store, assign).await?
            }
        };
        let job = Job::new(Task::CreateMessage(MessageTask {
            access_token: access_token.clone(),
            chat_number,
            chat_created_at: accepted.chat_created_at,
            number: accepted.number,
            body,
            created_at: accepted.created_at,
        }));
        self.jobs.send(&job.asked_by(request_id)).await?;

        let json = to_json(&MessageCreatedJson::new(&access_token, chat_number, accepted.number))?;
        Ok(Response::created(request, accepted.number, json).with_number(accepted.number.get()))
    }
}
