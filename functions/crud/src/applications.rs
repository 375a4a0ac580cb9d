//! Applications: list, create, read, rename.

use chat::{
    http::{ApplicationJson, JsonArray, Problem, Request, Response, Segment, parameters, to_json},
    model::{AccessToken, Application, Timestamp},
    store::{ApplicationIdentity, Attempt, Edit, ListingCursor, PayloadDigest},
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
        let key = request.idempotency_key()?;
        let name = parameters::application_name(request)?;
        let new = ApplicationIdentity {
            access_token: AccessToken::generate().map_err(Problem::internal)?,
            created_at: Timestamp::now(),
        };
        let identity = match &key {
            None => new,
            Some(key) => {
                let (key, digest) = (key.as_str(), PayloadDigest::of(name.as_str()));
                let recorded = self.store.claim_application_key(key, &digest, new, request_id);
                recorded.await?.ok_or_else(Problem::idempotency_key_reused)?
            }
        };
        let application = Application {
            access_token: identity.access_token,
            name,
            created_at: identity.created_at,
            updated_at: identity.created_at,
            chat_count: 0,
            revision: 1,
        };
        let is_made = self.store.create_application(&application, request_id).await?;
        if !is_made && key.is_none() {
            return Err(Problem::internal("a new token was another application's"));
        }
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
