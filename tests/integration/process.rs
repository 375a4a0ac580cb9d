//! A function's own process, between a Runtime API that hands it one event after the other and a
//! queue that notes what it is told. What only a process does is seen here: the trace that it goes
//! on with, and its log.

use std::{
    io::{BufRead, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tests::{DEADLINE, variable};

/// Building a function may come before its first answer.
const FOR_BUILD: Duration = DEADLINE.saturating_mul(3);

/// A process that ends with its test.
pub(crate) struct Function {
    process: Child,
    events: Sender<Event>,
    answers: Receiver<Value>,
    sends: Receiver<Sent>,
    log: Receiver<Value>,
}

struct Event {
    body: String,
    trace: String,
}

/// A message that a function sent to a queue.
pub(crate) struct Sent {
    /// The trace that the call belongs to.
    pub(crate) trace: Option<String>,
    /// What the call says.
    pub(crate) call: Value,
}

/// What a connection's thread needs of the test.
#[derive(Clone)]
struct Surroundings {
    events: Arc<Mutex<Receiver<Event>>>,
    answers: Sender<Value>,
    sends: Sender<Sent>,
}

impl Drop for Function {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Function {
    /// Starts a function, by its package's name, on this table. Its queues are noted.
    pub(crate) fn start(package: &str, table: &str, environment: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, received) = mpsc::channel();
        let (answers, of_function) = mpsc::channel();
        let (sends, sent) = mpsc::channel();
        let surroundings = Surroundings { events: Arc::new(Mutex::new(received)), answers, sends };
        thread::spawn(move || {
            for connection in listener.incoming() {
                let surroundings = surroundings.clone();
                thread::spawn(move || surroundings.serve(&connection.unwrap()));
            }
        });
        // Cargo builds the function, unless it is built, and becomes its process.
        let mut process = Command::new("cargo")
            .args(["run", "--quiet", "--locked", &format!("--package={package}")])
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("AWS_LAMBDA_FUNCTION_NAME", package)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL_DYNAMODB", variable("TEST_DYNAMODB_URL"))
            .env("AWS_ENDPOINT_URL_SQS", format!("http://{address}"))
            .env("TABLE_NAME", table)
            .env("JOBS_QUEUE_URL", "http://queue/jobs")
            .env("DEAD_LETTER_QUEUE_URL", "http://queue/dead-letters")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo is on the PATH");
        let (lines, log) = mpsc::channel();
        let stdout = BufReader::new(process.stdout.take().expect("a pipe"));
        // Read as it comes: a function whose pipe is full would wait for the test.
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                lines.send(serde_json::from_str(&line).unwrap_or_default()).ok();
            }
        });
        Self { process, events, answers: of_function, sends: sent, log }
    }

    /// What the function answers to an event of this trace, and what it sent to queues before.
    pub(crate) fn invoke(&self, event: &str, trace: &str) -> (Value, Vec<Sent>) {
        let event = Event { body: event.to_owned(), trace: trace.to_owned() };
        self.events.send(event).expect("a Runtime API");
        let answer = self.answers.recv_timeout(FOR_BUILD).expect("an answer");
        (answer, self.sends.try_iter().collect())
    }

    /// The next line of the log of this event.
    pub(crate) fn logged(&self, event: &str) -> Value {
        loop {
            let line = self.log.recv_timeout(DEADLINE).expect("a line of the log");
            if line["event"] == event {
                return line;
            }
        }
    }
}

impl Surroundings {
    /// Answers the requests of one connection until its client closes it, or the test has ended.
    fn serve(&self, connection: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(connection);
        loop {
            let Request { line, trace, body } = read(&mut reader)?;
            let (headers, answer) = if line.contains("/invocation/next") {
                let event = self.events.lock().ok()?.recv().ok()?;
                let headers = [
                    "lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                    "lambda-runtime-deadline-ms: 4102444800000",
                    "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:1:function:f",
                    &format!("lambda-runtime-trace-id: {}", event.trace),
                ];
                (headers.join("\r\n"), event.body)
            } else {
                let call = serde_json::from_slice(&body).unwrap_or_default();
                if line.contains("/invocation/") {
                    self.answers.send(call).ok()?;
                } else {
                    self.sends.send(Sent { trace, call }).ok()?;
                }
                let answer = json!({ "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274" });
                ("content-type: application/x-amz-json-1.0".to_owned(), answer.to_string())
            };
            let length = answer.len();
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{answer}");
            let mut connection = connection;
            connection.write_all(answer.as_bytes()).ok()?;
        }
    }
}

struct Request {
    line: String,
    trace: Option<String>,
    body: Vec<u8>,
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let line = lines.next()?;
    let (mut length, mut trace) = (0, None);
    for header in lines.take_while(|header| !header.is_empty()) {
        let (name, value) = header.split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-amzn-trace-id" => trace = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { line, trace, body })
}
