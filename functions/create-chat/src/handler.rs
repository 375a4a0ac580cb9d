//! Three calls for an accepted chat, so that a message may be sent to it from its 201 on; two more
//! with an idempotency key.

use chat::{
    http::{
        ChatCreatedJson, Context, Handler, Problem, Request, Response, Route, parameters, to_json,
    },
    idempotency::KeyedCreation,
    jobs::{CreateChat as ChatTask, Job, Queue, Task},
    model::Timestamp,
    store::Store,
};

/// Numbers chats and queues their jobs.
#[derive(Debug)]
pub struct CreateChat {
    /// Rows and counters.
    pub store: Store,
    /// Where jobs are sent.
    pub jobs: Queue,
}

impl Handler for CreateChat {
    async fn handle(&self, request: &Request<'_>, context: &Context) -> Result<Response, Problem> {
        let Route::Chats { token } = request.route() else {
            return Err(Problem::not_found());
        };
        parameters::none(request)?;
        let key = request.idempotency_key()?;
        let access_token = token.access_token()?;

        let request_id = context.request_id.as_str();
        // Its time is that of its number, as near as can be.
        let assign = async || {
            let now = Timestamp::now();
            self.store.assign_chat_number(&access_token, request_id, now).await
        };
        let accepted = match &key {
            None => assign().await?,
            Some(key) => {
                let creation = KeyedCreation {
                    token: &access_token,
                    chat: None,
                    key,
                    payload: "",
                    request_id,
                };
                creation.number(&self.store, assign).await?
            }
        };
        let (number, created_at) = (accepted.number, accepted.created_at);
        self.store.put_message_counter(&access_token, number, created_at).await?;
        let task = ChatTask { access_token: access_token.clone(), number, created_at };
        self.jobs.send(&Job::new(Task::CreateChat(task)).asked_by(request_id)).await?;

        let json = to_json(&ChatCreatedJson::new(&access_token, number))?;
        Ok(Response::created(request, number, json).with_number(number.get()))
    }
}
