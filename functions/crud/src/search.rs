//! Searching a chat's messages.

use std::time::{Duration, Instant};

use chat::{
    http::{JsonArray, MessageJson, Problem, Request, Response, Segment, parameters},
    search::SearchCursor,
};

use crate::{handler::Crud, preconditions};

/// Leaves time for the store within the 10 s of the function.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(5);

impl Crud {
    pub(crate) async fn search_messages(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
        chat: Segment<'_>,
    ) -> Result<Response, Problem> {
        let (keyword, page) = parameters::search(request, |text| SearchCursor::parse(text).ok())?;
        let token = token.access_token()?;
        let chat = chat.chat_number()?;
        let limit = page.limit.get().into();
        let deadline = Instant::now() + SEARCH_TIMEOUT;
        let found = self.search.find(&token, chat, &keyword, limit, page.cursor, deadline).await?;
        if found.hits.is_empty() {
            self.expect_chat(&token, chat).await?;
        }
        let mut array = JsonArray::new();
        let mut shown = 0;
        let mut last = None;
        for hit in &found.hits {
            if !array.push(&MessageJson::from(&hit.message))? {
                break;
            }
            shown += 1;
            last = Some(hit.cursor);
        }
        let more = found.more || found.hits.len() > shown;
        let next = last
            .filter(|_| more)
            .map(|last| page.next_search_link(keyword.as_str(), &last.to_string()));
        Ok(preconditions::answer_content(request, array.finish()?, next))
    }
}
