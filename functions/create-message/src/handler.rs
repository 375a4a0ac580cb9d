//! The one route that the function has.

use chat::{
    api,
    http::{Context, Handler, Problem, Request, Response, Route},
    jobs::Queue,
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
        let place = (token, chat);
        api::create_message(&self.store, &self.jobs, request, place, &context.request_id).await
    }
}
