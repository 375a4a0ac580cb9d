//! Chats: list and read.

use chat::{
    http::{
        ChatJson, JsonArray, Order, Problem, RangePage, Request, Response, Segment, parameters,
        to_json,
    },
    model::{AccessToken, ChatNumber},
    store::{Missing, NumberRange},
};

use crate::{handler::Crud, preconditions};

impl Crud {
    pub(crate) async fn list_chats(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
    ) -> Result<Response, Problem> {
        let page = parameters::range_page(request)?;
        let token = token.access_token()?;
        let chats = match number_range(&page) {
            Some(range) => self.store.list_chats(&token, &range).await?,
            None => Vec::new(),
        };
        if chats.is_empty() && self.store.application(&token).await?.is_none() {
            return Err(Problem::not_found());
        }
        let limit = usize::from(page.limit.get());
        let mut array = JsonArray::new();
        let mut last = None;
        for chat in chats.iter().take(limit) {
            array.push(&ChatJson::from(chat))?;
            last = Some(chat.number.get());
        }
        let next = last.filter(|_| chats.len() > limit).map(|last| page.next_link(last));
        Ok(preconditions::answer_content(request, array.finish()?, next))
    }

    pub(crate) async fn chat(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
        number: Segment<'_>,
    ) -> Result<Response, Problem> {
        parameters::none(request)?;
        let token = token.access_token()?;
        let number = number.chat_number()?;
        match self.store.chat(&token, number).await? {
            Some(chat) => {
                let json = to_json(&ChatJson::from(&chat))?;
                Ok(preconditions::answer_content(request, json, None))
            }
            None => Err(not_found(self.store.why_no_chat(&token, number).await?)),
        }
    }

    /// For a list that came out empty: 404 unless the chat's number was assigned.
    pub(crate) async fn expect_chat(
        &self,
        token: &AccessToken,
        number: ChatNumber,
    ) -> Result<(), Problem> {
        match self.store.why_no_chat(token, number).await? {
            Missing::NotYet => Ok(()),
            Missing::Never => Err(Problem::not_found()),
        }
    }
}

/// 404, which tells "not yet" from "never".
pub(crate) fn not_found(missing: Missing) -> Problem {
    match missing {
        Missing::NotYet => Problem::not_yet_written(),
        Missing::Never => Problem::not_found(),
    }
}

/// The rows that a page looks up, one more than it shows; none where the range holds no number.
pub(crate) fn number_range(page: &RangePage) -> Option<NumberRange> {
    let numbers = page.numbers()?;
    Some(NumberRange {
        first: *numbers.start(),
        last: *numbers.end(),
        descending: page.order == Order::Descending,
        limit: u32::from(page.limit.get()) + 1,
    })
}
