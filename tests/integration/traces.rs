//! A request's trace on its way to the worker: a function's process, between a Runtime API that
//! names a trace and a queue that notes what it is told.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, Sender},
    thread,
};

use serde_json::{Value, json};
use tests::{DEADLINE, event, new_application, new_store_table, variable};

const TRACE: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";

/// A process that ends with its test.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// What a function sees of Lambda and of the queue, at one address.
struct Surroundings {
    address: String,
    /// The traces that calls of the queue belong to.
    traces: Receiver<Option<String>>,
}

impl Surroundings {
    /// Whoever asks for an event gets this one.
    fn with(event: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, traces) = mpsc::channel();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (event, sender) = (event.clone(), sender.clone());
                thread::spawn(move || answer(&connection.unwrap(), &event, &sender));
            }
        });
        Self { address, traces }
    }
}

/// Answers the requests of one connection until its client closes it.
fn answer(connection: &TcpStream, event: &str, traces: &Sender<Option<String>>) {
    let mut reader = BufReader::new(connection);
    while let Some((request, trace)) = read(&mut reader) {
        let (headers, body) = if request.starts_with("GET /2018-06-01/runtime/invocation/next") {
            let headers = [
                "lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                "lambda-runtime-deadline-ms: 4102444800000",
                "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:1:function:f",
                &format!("lambda-runtime-trace-id: {TRACE}"),
            ];
            (headers.join("\r\n"), event.to_owned())
        } else {
            if request.starts_with("POST / ") && traces.send(trace).is_err() {
                return; // the test has what it waited for
            }
            let message = json!({ "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274" });
            ("content-type: application/x-amz-json-1.0".to_owned(), message.to_string())
        };
        let length = body.len();
        let answer =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{headers}\r\n\r\n{body}");
        let mut connection = connection;
        if connection.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A request's first line and the trace that it names.
fn read(reader: &mut impl BufRead) -> Option<(String, Option<String>)> {
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let request = lines.next()?;
    let (mut length, mut trace) = (0, None);
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-amzn-trace-id" => trace = Some(value.to_owned()),
            _ => {}
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    Some((request, trace))
}

/// SQS keeps what this header says with the message, and Lambda goes on with the trace when the
/// worker gets it: <https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html>
#[tokio::test]
async fn a_requests_trace_goes_with_its_job() {
    let (store, table) = new_store_table().await;
    let token = new_application(&store).await.access_token;
    let path = format!("/applications/{}/chats", token.as_str());
    let surroundings = Surroundings::with(event("POST", &path, "", &Value::Null));
    let queue = format!("http://{}", surroundings.address);
    // Cargo builds the function, unless it is built, and becomes its process.
    let function = Command::new("cargo")
        .args(["run", "--quiet", "--locked", "--package=create-chat"])
        .env("AWS_LAMBDA_RUNTIME_API", &surroundings.address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "create-chat")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL_DYNAMODB", variable("TEST_DYNAMODB_URL"))
        .env("AWS_ENDPOINT_URL_SQS", &queue)
        .env("TABLE_NAME", table)
        .env("JOBS_QUEUE_URL", &queue)
        .stdout(Stdio::null())
        .spawn()
        .expect("cargo is on the PATH");
    let function = Function(function);
    let trace = surroundings.traces.recv_timeout(3 * DEADLINE).expect("a job is sent");
    assert_eq!(trace.as_deref(), Some(TRACE));
    drop(function);
}
