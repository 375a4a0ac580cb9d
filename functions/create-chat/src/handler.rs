//! The one route that the function has.

use chat::{
    api,
    http::{Context, Handler, Problem, Request, Response, Route},
    jobs::Queue,
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
        api::create_chat(&self.store, &self.jobs, request, token, &context.request_id).await
    }
}
