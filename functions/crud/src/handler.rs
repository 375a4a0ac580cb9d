//! Which part answers which route.

use chat::{
    api,
    http::{AdminKey, Context, Handler, Problem, Request, Response, Route},
    jobs::Queue,
    search::Search,
    store::Store,
};

use crate::{
    health::{self, Readiness},
    pages,
};

/// Creates, reads, renames, edits and searches.
#[derive(Debug)]
pub struct Crud {
    /// What listing and creating applications takes.
    pub admin_key: AdminKey,
    /// Rows and counters.
    pub store: Store,
    /// Where jobs are sent.
    pub jobs: Queue,
    /// Documents.
    pub search: Search,
    /// What the last look at them found.
    pub readiness: Readiness,
}

impl Handler for Crud {
    async fn handle(&self, request: &Request<'_>, context: &Context) -> Result<Response, Problem> {
        let id = context.request_id.as_str();
        match (request.route(), request.reads()) {
            (Route::Index, _) => Ok(pages::index(request)),
            (Route::Console, _) => pages::console(request),
            (Route::Docs, _) => pages::docs(request),
            (Route::OpenApi, _) => pages::openapi(request),
            (Route::Health, _) => health::health(request),
            // Boxed: it makes three calls at once, and every answer's future would have their size.
            (Route::Readiness, _) => Box::pin(self.readiness(request)).await,
            (Route::Asset { version, file }, _) => pages::asset(request, version, file),
            (Route::Applications, true) => self.list_applications(request).await,
            (Route::Applications, false) => self.create_application(request, id).await,
            (Route::Application { token }, true) => self.application(request, token).await,
            (Route::Application { token }, false) => {
                self.rename_application(request, token, id).await
            }
            (Route::Chats { token }, true) => self.list_chats(request, token).await,
            (Route::Chat { token, chat }, _) => self.chat(request, token, chat).await,
            (Route::Messages { token, chat }, true) => {
                self.list_messages(request, token, chat).await
            }
            (Route::Message { token, chat, message }, true) => {
                self.message(request, token, chat, message).await
            }
            (Route::Message { token, chat, message }, false) => {
                self.edit_message(request, token, chat, message, id).await
            }
            (Route::MessageSearch { token, chat }, _) => {
                self.search_messages(request, token, chat).await
            }
            // The gateway sends creations to functions of their own; one that comes here has
            // another spelling of their path, or came through another gateway. Boxed, since every
            // answer's future would have the size of theirs.
            (Route::Chats { token }, false) => {
                Box::pin(api::create_chat(&self.store, &self.jobs, request, token, id)).await
            }
            (Route::Messages { token, chat }, false) => {
                let place = (token, chat);
                Box::pin(api::create_message(&self.store, &self.jobs, request, place, id)).await
            }
        }
    }
}
