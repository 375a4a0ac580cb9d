//! Two calls for an accepted message, none for a malformed one.

use chat::{
    http::{
        Context, Handler, MessageCreatedJson, Problem, Request, Response, Route, parameters,
        to_json,
    },
    jobs::{CreateMessage as MessageTask, Job, Queue, Task},
    model::Timestamp,
    store::Store,
};

/// Numbers messages and queues their jobs.
#[derive(Debug)]
pub(crate) struct CreateMessage {
    pub(crate) store: Store,
    pub(crate) jobs: Queue,
}

impl Handler for CreateMessage {
    async fn handle(&self, request: &Request<'_>, context: &Context) -> Result<Response, Problem> {
        let Route::Messages { token, chat } = request.route() else {
            return Err(Problem::not_found());
        };
        let body = parameters::message_body(request)?;
        let access_token = token.access_token()?;
        let chat_number = chat.chat_number()?;

        let created_at = Timestamp::now();
        let assigned = self
            .store
            .assign_message_number(&access_token, chat_number, &context.request_id)
            .await?;
        let job = Job::new(Task::CreateMessage(MessageTask {
            access_token: access_token.clone(),
            chat_number,
            chat_created_at: assigned.chat_created_at,
            number: assigned.number,
            body,
            created_at,
        }));
        self.jobs.send(&job).await?;

        let json = to_json(&MessageCreatedJson::new(&access_token, chat_number, assigned.number))?;
        Ok(Response::created(request, assigned.number, json))
    }
}
