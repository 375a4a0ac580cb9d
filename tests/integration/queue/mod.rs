//! Jobs through a real queue.

use std::time::Duration;

use chat::{
    jobs::{CreateMessage, Job, Task},
    model::{ChatNumber, MessageBody, MessageNumber, Timestamp},
};
use tests::{eventually, new_queue, new_token};

fn job(text: &str) -> Job {
    Job::new(Task::CreateMessage(CreateMessage {
        access_token: new_token(),
        chat_number: ChatNumber::try_from(1).unwrap(),
        chat_created_at: Timestamp::now(),
        number: MessageNumber::try_from(1).unwrap(),
        body: MessageBody::new(text.to_owned()).unwrap(),
        created_at: Timestamp::now(),
    }))
}

#[tokio::test]
async fn every_character_of_a_message_passes_the_queue() {
    let (queue, reader) = new_queue().await;
    let controls: String = (0..=0x1f)
        .chain([0x7f, 0x85, 0xfffe, 0xffff])
        .map(|code| char::from_u32(code).unwrap())
        .collect();
    for text in [
        format!("{controls}\"\\ é 🦀 \u{10ffff}"),
        "\0".repeat(65_535),
        "\u{ffff}".repeat(21_845),
        "x".repeat(65_535),
    ] {
        let sent = job(&text);
        queue.send(&sent).await.unwrap();
        let messages = eventually("a message", async || {
            let messages = reader.receive().await;
            if messages.is_empty() { Err("none") } else { Ok(messages) }
        })
        .await;
        assert_eq!(Job::from_body(messages[0].body().unwrap()).unwrap(), sent);
    }
}

#[tokio::test]
async fn jobs_of_a_tenant_are_one_message_group_which_does_not_name_its_token() {
    let (queue, reader) = new_queue().await;
    let job = job("text");
    queue.send(&job).await.unwrap();
    let messages = eventually("a message", async || {
        let messages = reader.receive().await;
        if messages.is_empty() { Err("none") } else { Ok(messages) }
    })
    .await;
    let group = messages[0]
        .attributes()
        .and_then(|attributes| {
            attributes.get(&aws_sdk_sqs::types::MessageSystemAttributeName::MessageGroupId)
        })
        .unwrap();
    assert_eq!(group, job.task.access_token().digest().as_str());
}

#[tokio::test]
async fn a_delayed_job_comes_after_its_delay() {
    let (queue, reader) = new_queue().await;
    let sent = std::time::Instant::now();
    queue.send_delayed(&job("later"), Duration::from_secs(2)).await.unwrap();
    queue.send(&job("now")).await.unwrap();
    let mut texts = Vec::new();
    eventually("both messages", async || {
        for message in reader.receive().await {
            let job = Job::from_body(message.body().unwrap()).unwrap();
            let Task::CreateMessage(task) = job.task else { panic!("another task") };
            texts.push((task.body.into_string(), sent.elapsed()));
        }
        if texts.len() == 2 { Ok(()) } else { Err(texts.len()) }
    })
    .await;
    assert_eq!(texts[0].0, "now");
    assert_eq!(texts[1].0, "later");
    assert!(texts[1].1 >= Duration::from_millis(1_500), "{texts:?}");
}

#[tokio::test]
async fn a_dead_letter_has_its_body_and_the_reason() {
    let (queue, reader) = new_queue().await;
    queue.send_dead_letter("{ no job", "not a job").await.unwrap();
    let messages = eventually("a dead letter", async || {
        let messages = reader.receive().await;
        if messages.is_empty() { Err("none") } else { Ok(messages) }
    })
    .await;
    assert_eq!(messages[0].body(), Some("{ no job"));
    let reason = messages[0].message_attributes().and_then(|attributes| attributes.get("reason"));
    assert_eq!(reason.and_then(|reason| reason.string_value()), Some("not a job"));
}
