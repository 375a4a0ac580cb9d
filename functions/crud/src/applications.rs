//! Applications: list, create, read, rename.

use chat::{
    http::{ApplicationJson, JsonArray, Problem, Request, Response, Segment, parameters, to_json},
    model::{AccessToken, Application, Timestamp},
    store::{Attempt, Edit, ListingCursor},
};

use crate::{handler::Crud, preconditions};

impl Crud {
    pub(crate) async fn list_applications(
        &self,
        request: &Request<'_>,
    ) -> Result<Response, Problem> {
        self.admin_key.authorize(request)?;
        let page = parameters::cursor_page(request, |text| ListingCursor::parse(text).ok())?;
        let limit = page.limit.get().into();
        let (applications, more) =
            self.store.list_applications(page.cursor.as_ref(), limit).await?;
        let mut array = JsonArray::new();
        let mut last = None;
        for application in &applications {
            array.push(&ApplicationJson::from(application))?;
            last = Some(application);
        }
        let next = last
            .filter(|_| more)
            .map(|last| page.next_link(&ListingCursor::behind(last).to_string()));
        Ok(preconditions::answer_content(request, array.finish()?, next))
    }

    pub(crate) async fn create_application(
        &self,
        request: &Request<'_>,
        request_id: &str,
    ) -> Result<Response, Problem> {
        self.admin_key.authorize(request)?;
        let name = parameters::application_name(request)?;
        let now = Timestamp::now();
        let application = Application {
            access_token: AccessToken::generate().map_err(Problem::internal)?,
            name,
            created_at: now,
            updated_at: now,
            chat_count: 0,
            revision: 1,
        };
        self.store.create_application(&application, request_id).await?;
        let json = to_json(&ApplicationJson::from(&application))?;
        Ok(Response::created(request, application.access_token.as_str(), json))
    }

    pub(crate) async fn application(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
    ) -> Result<Response, Problem> {
        parameters::none(request)?;
        let application = self.existing_application(&token.access_token()?).await?;
        preconditions::answer_read(request, application.revision, || {
            to_json(&ApplicationJson::from(&application))
        })
    }

    pub(crate) async fn rename_application(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
        request_id: &str,
    ) -> Result<Response, Problem> {
        let name = parameters::application_name(request)?;
        let token = token.access_token()?;
        let edit = Edit { request_id, accepted_at: Timestamp::now() };
        let mut backoff = preconditions::backoff();
        loop {
            let read = self.existing_application(&token).await?;
            preconditions::check_edit(request, read.revision)?;
            match self.store.rename_application(&read, &name, &edit).await? {
                Attempt::Done(application) => {
                    let json = to_json(&ApplicationJson::from(&application))?;
                    return Ok(Response::ok(json).with_etag(application.revision));
                }
                Attempt::Outdated if backoff.wait().await => {}
                Attempt::Outdated | Attempt::Unknown => return Err(preconditions::contended()),
            }
        }
    }

    async fn existing_application(&self, token: &AccessToken) -> Result<Application, Problem> {
        self.store.application(token).await?.ok_or_else(Problem::not_found)
    }
}
