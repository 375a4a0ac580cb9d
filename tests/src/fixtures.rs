//! Applications, chats and messages to test on. Each is named by its path.

use serde_json::{Value, json};

use crate::{Answer, Api, encode, eventually, numbers, together};

impl Api {
    /// Creates an application.
    pub async fn create_application(&self) -> String {
        let answer = self.post("/applications").json(&json!({"name": "tests"})).await;
        answer.expect(201);
        answer.location()
    }

    /// Creates a chat, whose row may not be written yet.
    pub async fn create_chat(&self, application: &str) -> String {
        let answer = self.post(format!("{application}/chats")).await;
        answer.expect(201);
        answer.location()
    }

    /// Creates an application and its first chat.
    pub async fn create_application_and_chat(&self) -> (String, String) {
        let application = self.create_application().await;
        let chat = self.create_chat(&application).await;
        (application, chat)
    }

    /// Sends a text to a chat.
    pub async fn send_message(&self, chat: &str, body: &str) -> Answer {
        self.post(format!("{chat}/messages")).json(&json!({"body": body})).await
    }

    /// Creates a message, whose row may not be written yet.
    pub async fn create_message(&self, chat: &str, body: &str) -> String {
        let answer = self.send_message(chat, body).await;
        answer.expect(201);
        answer.location()
    }

    /// Creates messages one after the other, so that their numbers follow the texts.
    pub async fn create_messages_in_order(&self, chat: &str, bodies: &[&str]) {
        for body in bodies {
            self.create_message(chat, body).await;
        }
        self.until_counted(chat, bodies.len()).await;
    }

    /// Creates messages in any order, waits until all are written, and returns the number of each.
    pub async fn create_messages(&self, chat: &str, bodies: &[String]) -> Vec<u64> {
        let answers = together(bodies.iter().map(|body| self.send_message(chat, body))).await;
        let created: Vec<Value> = answers.iter().map(|answer| answer.json(201)).collect();
        self.until_counted(chat, bodies.len()).await;
        numbers(&created)
    }

    /// Reads a row as soon as it is written. Until then it must be said to be on its way.
    pub async fn read(&self, path: &str) -> Value {
        let attempt = || async {
            let answer = self.get(path).await;
            if answer.status == 404 {
                answer.not_yet();
                return Err(answer);
            }
            Ok(answer.json(200))
        };
        eventually("the row is written", attempt).await
    }

    /// Reads a row as soon as it is written and as a test expects it.
    pub async fn read_until(&self, path: &str, expected: impl Fn(&Value) -> bool) -> Value {
        let attempt = || async {
            let value = self.read(path).await;
            if expected(&value) { Ok(value) } else { Err(value) }
        };
        eventually(&format!("{path} is as expected"), attempt).await
    }

    /// Waits until a chat counts so many messages.
    pub async fn until_counted(&self, chat: &str, count: usize) {
        self.read_until(chat, |chat| chat["message_count"] == count).await;
    }

    /// Waits until a message's parents have been moved by it, which is the last that its job does
    /// to rows.
    pub async fn until_settled(&self, application: &str, chat: &str, message: &str) {
        let message = self.read(message).await;
        for parent in [chat, application] {
            self.read_until(parent, |it| it["updated_at"] == message["updated_at"]).await;
        }
    }

    /// Searches a chat and returns all that is found, best match first.
    pub async fn search(&self, chat: &str, keyword: &str) -> Vec<Value> {
        let keyword = encode(keyword);
        self.follow(&format!("{chat}/messages/search?limit=100&keyword={keyword}")).await
    }

    /// Waits until a search finds so many messages.
    pub async fn until_found(&self, chat: &str, keyword: &str, count: usize) -> Vec<Value> {
        let attempt = || async {
            let found = self.search(chat, keyword).await;
            if found.len() == count { Ok(found) } else { Err(numbers(&found)) }
        };
        eventually(&format!("{keyword:?} finds {count} messages in {chat}"), attempt).await
    }
}
