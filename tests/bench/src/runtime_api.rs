//! Lambda's Runtime API, as a function's process sees it:
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use http_body_util::Full;
use hyper::{Response, StatusCode, body::Bytes};
use tokio::sync::{mpsc, oneshot};

use crate::{
    error::Failure,
    http_server::{Answers, Server, WholeRequest},
};

/// How long a function may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// The side that gives events to one process and takes its answers.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    server: Server,
    polls: mpsc::UnboundedReceiver<oneshot::Sender<Bytes>>,
    answers: mpsc::UnboundedReceiver<(Instant, Result<Bytes, Bytes>)>,
}

/// A process that waits for its next event.
#[derive(Debug)]
pub(crate) struct Poll(oneshot::Sender<Bytes>);

/// An event's way through a function.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) took: Duration,
    pub(crate) answer: Bytes,
}

#[derive(Debug)]
struct Api {
    polls: mpsc::UnboundedSender<oneshot::Sender<Bytes>>,
    answers: mpsc::UnboundedSender<(Instant, Result<Bytes, Bytes>)>,
    given: AtomicU64,
}

impl RuntimeApi {
    pub(crate) async fn start() -> std::io::Result<Self> {
        let (polls_sender, polls) = mpsc::unbounded_channel();
        let (answers_sender, answers) = mpsc::unbounded_channel();
        let api = Api { polls: polls_sender, answers: answers_sender, given: AtomicU64::new(0) };
        let server = Server::start(Arc::new(api), None).await?;
        Ok(Self { server, polls, answers })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Waits until the process asks for an event.
    pub(crate) async fn poll(&mut self) -> Result<Poll, Failure> {
        tokio::select! {
            poll = self.polls.recv() => poll.map(Poll).ok_or(Failure::Ended),
            answer = self.answers.recv() => Err(match answer {
                Some((_, Err(error))) => Failure::of_function(&error),
                _ => Failure::Ended,
            }),
            () = tokio::time::sleep(PATIENCE) => Err(Failure::TooLate),
        }
    }

    /// Gives an event to a process that waits, and waits for its answer.
    pub(crate) async fn invoke(&mut self, poll: Poll, event: Bytes) -> Result<Answered, Failure> {
        let began = Instant::now();
        poll.0.send(event).map_err(|_| Failure::Ended)?;
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        let (ended, answer) = answer.map_err(|_| Failure::TooLate)?.ok_or(Failure::Ended)?;
        let answer = answer.map_err(|error| Failure::of_function(&error))?;
        Ok(Answered { took: ended - began, answer })
    }
}

impl Answers for Api {
    async fn answer(self: Arc<Self>, request: WholeRequest) -> Response<Full<Bytes>> {
        let path = request.head.uri.path();
        if path.ends_with("/invocation/next") {
            return self.next_event().await;
        }
        let answer = if path.ends_with("/response") { Ok(request.body) } else { Err(request.body) };
        let _ = self.answers.send((Instant::now(), answer));
        status(StatusCode::ACCEPTED)
    }
}

impl Api {
    async fn next_event(&self) -> Response<Full<Bytes>> {
        let (sender, event) = oneshot::channel();
        let _ = self.polls.send(sender);
        let Ok(event) = event.await else { return status(StatusCode::GONE) };
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        let deadline = SystemTime::now() + Duration::from_secs(30);
        let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Response::builder()
            .header("content-type", "application/json")
            .header(
                "lambda-runtime-aws-request-id",
                format!("8476a536-e9f4-11e8-9739-{number:012x}"),
            )
            .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:bench",
            )
            .header(
                "lambda-runtime-trace-id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
            )
            .body(Full::new(event))
            .unwrap_or_default()
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
