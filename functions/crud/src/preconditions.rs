//! Conditional requests: `If-None-Match` on reads, `If-Match` on edits.

use std::time::{Duration, Instant};

use chat::{
    http::{Problem, Request, Response},
    model::Revision,
    store::Backoff,
};

/// How long an edit without `If-Match` reads again what others wrote in between: with the calls of
/// the last try it ends within the 10 s of the function.
const TRIES_END_AFTER: Duration = Duration::from_secs(4);

const RETRY_AFTER_SECONDS: u32 = 1;

/// 304 where the client has this revision, otherwise 200 with its JSON.
pub(crate) fn answer_read(
    request: &Request<'_>,
    revision: Revision,
    json: impl FnOnce() -> Result<String, Problem>,
) -> Result<Response, Problem> {
    if request.if_none_match().is_some_and(|tags| tags.match_weakly(revision)) {
        return Ok(Response::not_modified().with_etag(revision));
    }
    Ok(Response::ok(json()?).with_etag(revision))
}

/// 412 where `If-Match` names other revisions only.
pub(crate) fn check_edit(request: &Request<'_>, revision: Revision) -> Result<(), Problem> {
    match request.if_match() {
        Some(tags) if !tags.match_strongly(revision) => Err(Problem::precondition_failed()),
        _ => Ok(()),
    }
}

/// The waits between the tries of one edit.
pub(crate) fn backoff() -> Backoff {
    Backoff::until(Instant::now() + TRIES_END_AFTER)
}

/// 503: others wrote the row again and again, or an answer was lost and they wrote it since.
pub(crate) fn contended() -> Problem {
    Problem::unavailable(RETRY_AFTER_SECONDS, "others wrote the row at the same time")
}
