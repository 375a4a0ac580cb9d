//! Whether this function runs, and whether what the service needs answers.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use chat::{
    http::{Problem, Request, Response, parameters, to_json},
    model::{AccessToken, ChatNumber, Keyword},
};
use futures_util::future::join3;
use serde::Serialize;
use serde_json::value::to_raw_value;

use crate::handler::Crud;

/// An answer holds so long, so that asking does not put load on what is asked about.
const KEPT_FOR: Duration = Duration::from_secs(5);
const RETRY_AFTER_SECONDS: u32 = 5;
/// What takes longer counts as down.
const PATIENCE: Duration = Duration::from_secs(3);
/// Names no application: tokens are random, and all ones are as good as impossible.
const NOBODY: &str = "111111111111111111111111";

/// What was found last, and when.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, Checks)>>);

#[derive(Debug, Clone, Copy, Serialize)]
struct Checks {
    table: Check,
    queue: Check,
    search: Check,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Check {
    state: State,
    milliseconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Up,
    Down,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    checks: Checks,
}

/// That the function runs. Nothing is called.
pub(crate) fn health(request: &Request<'_>) -> Result<Response, Problem> {
    parameters::none(request)?;
    Ok(uncached(Response::ok(r#"{"status":"ok"}"#.to_owned())))
}

impl Crud {
    /// That the table, the queue and the search engine answer.
    pub(crate) async fn readiness(&self, request: &Request<'_>) -> Result<Response, Problem> {
        parameters::none(request)?;
        let checks = match self.readiness.recent() {
            Some(checks) => checks,
            None => self.readiness.keep(self.check_all().await?),
        };
        if [checks.table, checks.queue, checks.search].iter().all(|it| it.state == State::Up) {
            return Ok(uncached(Response::ok(to_json(&Ready { status: "ok", checks })?)));
        }
        let checks = to_raw_value(&checks).map_err(Problem::internal)?;
        Err(Problem::not_ready(RETRY_AFTER_SECONDS, checks))
    }

    async fn check_all(&self) -> Result<Checks, Problem> {
        let token = AccessToken::parse(NOBODY).map_err(Problem::internal)?;
        let chat = ChatNumber::try_from(1).map_err(Problem::internal)?;
        let keyword = Keyword::new("health".to_owned()).map_err(Problem::internal)?;
        let until = Instant::now() + PATIENCE;
        let (table, queue, search) = join3(
            check(self.store.application(&token)),
            check(self.jobs.answers()),
            check(self.search.find(&token, chat, &keyword, 1, None, until)),
        )
        .await;
        Ok(Checks { table, queue, search })
    }
}

impl Readiness {
    fn recent(&self) -> Option<Checks> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.filter(|(since, _)| since.elapsed() < KEPT_FOR).map(|(_, checks)| checks)
    }

    fn keep(&self, checks: Checks) -> Checks {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), checks));
        checks
    }
}

async fn check<T, E>(call: impl Future<Output = Result<T, E>>) -> Check {
    let started = Instant::now();
    let answered = tokio::time::timeout(PATIENCE, call).await;
    let state = if matches!(answered, Ok(Ok(_))) { State::Up } else { State::Down };
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Check { state, milliseconds }
}

fn uncached(answer: Response) -> Response {
    answer.with_header("cache-control", "no-store")
}
