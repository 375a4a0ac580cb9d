//! Parameters: where `name` and `body` may come from, what may stand in them, and what is refused.

mod body;
mod malformed;
mod media_types;
mod name;
mod nesting;
mod precedence;
mod sources;

use serde_json::json;
use tests::{Answer, Api, Call};

use super::shared::small;

/// Where a text is written: the verb, the path, and the parameter that carries the text.
#[derive(Clone)]
struct Write {
    verb: &'static str,
    path: String,
    parameter: &'static str,
}

impl Write {
    fn call(&self, api: &Api) -> Call {
        api.call(self.verb, &self.path)
    }

    fn call_with_query(&self, api: &Api, query: &str) -> Call {
        api.call(self.verb, format!("{}?{query}", self.path))
    }

    /// The text that an accepted request has left behind.
    async fn written(&self, api: &Api, answer: &Answer) -> String {
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        let row = match answer.status {
            201 => api.read(&answer.location()).await,
            _ => answer.json(200),
        };
        row[self.parameter].as_str().map(str::to_owned).unwrap_or_default()
    }
}

/// Every verb and path that takes a text, on rows of a test's own.
async fn writes(api: &Api) -> Vec<Write> {
    let (application, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "first").await;
    api.read(&message).await;
    vec![
        Write { verb: "POST", path: "/applications".to_owned(), parameter: "name" },
        Write { verb: "PUT", path: application.clone(), parameter: "name" },
        Write { verb: "PATCH", path: application, parameter: "name" },
        Write { verb: "POST", path: format!("{chat}/messages"), parameter: "body" },
        Write { verb: "PUT", path: message.clone(), parameter: "body" },
        Write { verb: "PATCH", path: message, parameter: "body" },
    ]
}

/// The same on rows that several tests share, for requests that are all refused.
async fn refusals(api: &Api) -> Vec<Write> {
    let small = small(api).await;
    vec![
        Write { verb: "POST", path: "/applications".to_owned(), parameter: "name" },
        Write { verb: "PUT", path: small.application.clone(), parameter: "name" },
        Write { verb: "POST", path: format!("{}/messages", small.chat), parameter: "body" },
        Write { verb: "PUT", path: small.message.clone(), parameter: "body" },
    ]
}

/// A JSON object with a text as the parameter.
fn object(write: &Write, text: &str) -> serde_json::Value {
    json!({write.parameter: text})
}
