//! Three calls for an accepted chat, so that a message may be sent to it from its 201 on.

use chat::{
    http::{ChatCreatedJson, Context, Handler, Problem, Request, Response, Route, to_json},
    jobs::{CreateChat as ChatTask, Job, Queue, Task},
    model::Timestamp,
    store::Store,
};

/// Numbers chats and queues their jobs.
#[derive(Debug)]
pub(crate) struct CreateChat {
    pub(crate) store: Store,
    pub(crate) jobs: Queue,
}

impl Handler for CreateChat {
    async fn handle(&self, request: &Request<'_>, context: &Context) -> Result<Response, Problem> {
        let Route::Chats { token } = request.route() else {
            return Err(Problem::not_found());
        };
        let access_token = token.access_token()?;

        let created_at = Timestamp::now();
        let number = self.store.assign_chat_number(&access_token, &context.request_id).await?;
        self.store.put_message_counter(&access_token, number, created_at).await?;
        let task = ChatTask { access_token: access_token.clone(), number, created_at };
        self.jobs.send(&Job::new(Task::CreateChat(task))).await?;

        let json = to_json(&ChatCreatedJson::new(&access_token, number))?;
        Ok(Response::created(request, number, json))
    }
}
