//! Messages: list, read and edit.

use std::{ops::ControlFlow, time::Duration};

use chat::{
    http::{JsonArray, MessageJson, Problem, Request, Response, Segment, parameters, to_json},
    jobs::{IndexMessages, Job, QueueError, Task},
    model::{AccessToken, ChatNumber, Message, MessageNumber, MessageReference, Timestamp},
    store::{Attempt, Edit},
    telemetry::{self, Level, Metrics},
};

use crate::{
    chats::{not_found, number_range},
    handler::Crud,
    preconditions,
};

/// When an edit's document is written at the latest, should the function die after it wrote the
/// row: long after its own end, which comes within 10 s.
const SAFETY_NET: Duration = Duration::from_mins(1);

impl Crud {
    pub(crate) async fn list_messages(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
        chat: Segment<'_>,
    ) -> Result<Response, Problem> {
        let page = parameters::range_page(request)?;
        let token = token.access_token()?;
        let chat = chat.chat_number()?;
        let limit = page.limit.get().into();
        let mut array = JsonArray::new();
        let mut shown = 0;
        let mut next = None;
        let mut last = None;
        let mut added = Ok(true);
        if let Some(range) = number_range(&page) {
            let take = |message: Message| {
                added = if shown < limit {
                    array.push(&MessageJson::from(&message))
                } else {
                    Ok(false)
                };
                if !matches!(added, Ok(true)) {
                    next = last.map(|last| page.next_link(last));
                    return ControlFlow::Break(());
                }
                shown += 1;
                last = Some(message.number.get());
                ControlFlow::Continue(())
            };
            self.store.visit_messages(&token, chat, &range, take).await?;
        }
        added?;
        if shown == 0 {
            self.expect_chat(&token, chat).await?;
        }
        Ok(preconditions::answer_content(request, array.finish()?, next))
    }

    pub(crate) async fn message(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
        chat: Segment<'_>,
        number: Segment<'_>,
    ) -> Result<Response, Problem> {
        parameters::none(request)?;
        let token = token.access_token()?;
        let chat = chat.chat_number()?;
        let message = self.existing_message(&token, chat, number.message_number()?).await?;
        preconditions::answer_read(request, message.revision, || {
            to_json(&MessageJson::from(&message))
        })
    }

    pub(crate) async fn edit_message(
        &self,
        request: &Request<'_>,
        token: Segment<'_>,
        chat: Segment<'_>,
        number: Segment<'_>,
        request_id: &str,
    ) -> Result<Response, Problem> {
        let body = parameters::message_body(request)?;
        let token = token.access_token()?;
        let chat = chat.chat_number()?;
        let number = number.message_number()?;
        let edit = Edit { request_id, accepted_at: Timestamp::now() };
        let index = Job::new(Task::IndexMessages(IndexMessages {
            access_token: token.clone(),
            messages: vec![MessageReference { chat, number }],
            edited: true,
        }))
        .asked_by(request_id);
        let mut has_safety_net = false;
        let mut backoff = preconditions::backoff();
        loop {
            let read = self.existing_message(&token, chat, number).await?;
            preconditions::check_edit(request, read.revision)?;
            if !has_safety_net {
                self.jobs.send_delayed(&index, SAFETY_NET).await?;
                has_safety_net = true;
            }
            match self.store.edit_message(&token, chat, &read, &body, &edit).await? {
                Attempt::Done(message) => {
                    if let Err(error) = self.jobs.send(&index).await {
                        log_left_to_safety_net(request_id, &error);
                    }
                    let json = to_json(&MessageJson::from(&message))?;
                    return Ok(Response::ok(json).with_etag(message.revision));
                }
                Attempt::Outdated if backoff.wait().await => {}
                Attempt::Outdated | Attempt::Unknown => return Err(preconditions::contended()),
            }
        }
    }

    async fn existing_message(
        &self,
        token: &AccessToken,
        chat: ChatNumber,
        number: MessageNumber,
    ) -> Result<Message, Problem> {
        match self.store.message(token, chat, number).await? {
            Some(message) => Ok(message),
            None => Err(not_found(self.store.why_no_message(token, chat, number).await?)),
        }
    }
}

/// The edit stands and its delayed job is queued: its client must not take it for failed.
fn log_left_to_safety_net(request_id: &str, error: &QueueError) {
    let reason = telemetry::with_causes(error);
    let fields = [("request_id", request_id.into()), ("reason", reason.as_str().into())];
    let message = "an edit is searchable a minute late";
    telemetry::log(Level::Warn, "late_index", message, &fields, &Metrics::default());
}
