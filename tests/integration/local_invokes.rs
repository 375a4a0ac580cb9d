//! Functions without a deployment, as a developer tries them: `cargo lambda watch` and
//! `cargo lambda invoke`, with the events of `tests/events`.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tests::{clients, eventually, new_queue_url, new_store_table, variable};

/// A server of functions that ends with its test.
struct Watch {
    process: Child,
    port: u16,
}

impl Watch {
    async fn start() -> Self {
        let (_, table) = new_store_table().await;
        let search = clients("TEST_DYNAMODB_URL").search(variable("TEST_SEARCH_URL")).unwrap();
        search.create_first_index(Instant::now() + Duration::from_secs(30)).await.unwrap();
        // Another process may take the port in between; then the server says so and the test fails.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let queue = new_queue_url().await;
        let process = Command::new("cargo")
            .args(["lambda", "watch", "--ignore-changes", "--quiet"])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &port.to_string()])
            .current_dir(root())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL_DYNAMODB", variable("TEST_DYNAMODB_URL"))
            .env("AWS_ENDPOINT_URL_SQS", variable("TEST_SQS_URL"))
            .env("TABLE_NAME", table)
            .env("JOBS_QUEUE_URL", &queue)
            .env("DEAD_LETTER_QUEUE_URL", &queue)
            .env("SEARCH_URL", variable("TEST_SEARCH_URL"))
            .env("ADMIN_KEY_SHA256", "open")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo lambda is on the PATH");
        Self { process, port }
    }

    /// What a function answers to an event of `tests/events`.
    fn invoke(&self, function: &str, event: &str) -> Output {
        Command::new("cargo")
            .args(["lambda", "invoke", function, "--output-format", "json"])
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &self.port.to_string()])
            .arg("--data-file")
            .arg(root().join("tests/events").join(event))
            .current_dir(root())
            .output()
            .expect("cargo lambda is on the PATH")
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // The server ends its functions when it is asked to end, not when it is killed.
        let asked = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        if asked.is_err() {
            self.process.kill().ok();
        }
        self.process.wait().ok();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

async fn answer(watch: &Watch, function: &str, event: &str) -> Value {
    eventually("an answer of the function", async || {
        let output = watch.invoke(function, event);
        let said = || String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            return Err(said());
        }
        serde_json::from_slice(&output.stdout).map_err(|_| said())
    })
    .await
}

#[tokio::test]
async fn each_function_answers_its_events_under_cargo_lambda() {
    let watch = Watch::start().await;
    for (function, event, status) in [
        ("crud", "crud-create-application.json", 201),
        ("crud", "crud-list-applications.json", 200),
        ("crud", "crud-search.json", 404),
        ("create-chat", "create-chat.json", 404),
        ("create-message", "create-message.json", 404),
    ] {
        let answer = answer(&watch, function, event).await;
        assert_eq!(answer["statusCode"], status, "{function} {event}: {answer}");
    }
    let answer = answer(&watch, "persist-worker", "persist-worker.json").await;
    assert!(answer["batchItemFailures"].is_array(), "{answer}");
}
