//! Conditional requests: `If-None-Match` on reads, `If-Match` on edits.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::{Duration, Instant},
};

use chat::{
    http::{Problem, Request, Response},
    model::Revision,
    store::Backoff,
};

/// How long an edit without `If-Match` reads again what others wrote in between: with the calls of
/// the last try it ends within the 10 s of the function.
const TRIES_END_AFTER: Duration = Duration::from_secs(4);

const RETRY_AFTER_SECONDS: u32 = 1;

/// 304 where the client has this content, otherwise 200 with its JSON and the `Link` that belongs
/// to it. The tag is a digest of both.
pub(crate) fn answer_content(
    request: &Request<'_>,
    json: String,
    next: Option<String>,
) -> Response {
    let mut hasher = DefaultHasher::new();
    (&json, &next).hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let answer = if request.if_none_match().is_some_and(|tags| tags.match_tag(&tag)) {
        Response::not_modified()
    } else {
        Response::ok(json).with_link(next)
    };
    answer.with_header("etag", tag)
}

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

/// 412 where `If-Match` names other revisions only, or `If-None-Match` this one (RFC 9110, section
/// 13.2.2).
pub(crate) fn check_edit(request: &Request<'_>, revision: Revision) -> Result<(), Problem> {
    if request.if_match().is_some_and(|tags| !tags.match_strongly(revision)) {
        return Err(Problem::precondition_failed());
    }
    if request.if_none_match().is_some_and(|tags| tags.match_weakly(revision)) {
        return Err(Problem::entity_exists());
    }
    Ok(())
}

/// The waits between the tries of one edit.
pub(crate) fn backoff() -> Backoff {
    Backoff::until(Instant::now() + TRIES_END_AFTER)
}

/// 503: others wrote the row again and again, or an answer was lost and they wrote it since.
pub(crate) fn contended() -> Problem {
    Problem::unavailable(RETRY_AFTER_SECONDS, "others wrote the row at the same time")
}
