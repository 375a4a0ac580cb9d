//! Jobs that can never be done.

use chat::jobs::Job;
use serde_json::{Value, json};
use tests::{new_token, variable};

use super::setup::{Setup, accepted, chat_number, message_number};
use crate::search::engine::{self, Engine};

#[tokio::test]
async fn a_broken_job_becomes_a_dead_letter_while_the_rest_of_its_batch_is_written() {
    let setup = Setup::new().await;
    for broken in ["{ secret", "null", r#"{"version":1,"kind":"fly"}"#] {
        let batch = [setup.message(1, 1, "apple").to_body(), broken.to_owned()];
        assert_eq!(setup.handle(&batch).await, [""; 0]);
        let (body, reason) = setup.dead_letter().await;
        assert_eq!(body, broken);
        assert!(reason.starts_with("not a job"), "{reason}");
    }
    assert_eq!(setup.message_count(1).await, Some(1));
}

#[tokio::test]
async fn a_job_of_no_application_becomes_a_dead_letter() {
    let setup = Setup::new().await;
    let lost =
        setup.message(1, 1, "apple").to_body().replace(setup.token.as_str(), new_token().as_str());
    let batch = [lost.clone(), setup.message(1, 1, "apple").to_body()];
    assert_eq!(setup.handle(&batch).await, [""; 0]);
    assert_eq!(setup.dead_letter().await, (lost, "there is no such application".to_owned()));
    assert_eq!(setup.message_count(1).await, Some(1));
}

#[tokio::test]
async fn a_job_whose_text_is_too_large_for_a_row_becomes_a_dead_letter() {
    let setup = Setup::new().await;
    let good = setup.message(1, 1, "apple").to_body();
    let too_large = good.replace("apple", &"x".repeat(450_000));
    assert_eq!(setup.handle(&[too_large.clone(), good]).await, [""; 0]);
    let (body, reason) = setup.dead_letter().await;
    assert_eq!(body, too_large);
    assert!(reason.starts_with("not a job") && !reason.contains("xxx"), "{reason}");
    assert_eq!(setup.message_count(1).await, Some(1));
}

#[tokio::test]
async fn a_document_that_the_mapping_rejects_becomes_a_dead_letter_and_its_row_stays() {
    let mut setup = Setup::new().await;
    let engine = Engine::new();
    let alias = format!("dead-letters-{}", new_token().digest());
    let mut index: Value =
        serde_json::from_str(include_str!("../../../chat/src/search/index.json")).unwrap();
    // Numbers over 127 do not fit into a byte.
    index["mappings"]["properties"]["number"]["type"] = json!("byte");
    index["aliases"] = json!({&alias: {}});
    engine.done("PUT", &format!("/{alias}-1"), &index).await;
    setup.worker.search = engine::search(variable("TEST_SEARCH_URL"), &alias);

    let batch = [1, 200, 2].map(|number| setup.message(1, number, "apple").to_body());
    assert_eq!(setup.handle(&batch).await, [""; 0]);
    let (body, reason) = setup.dead_letter().await;
    let dead = Job::from_body(&body).unwrap();
    assert_eq!(dead, setup.index(&[(1, 200)], false));
    assert!(reason.contains("mapper_parsing_exception"), "{reason}");
    assert!(!reason.contains("apple"), "{reason}");
    assert_eq!(setup.message_count(1).await, Some(3));
    setup.finds(1, "apple", &[1, 2]).await;
    engine.done("DELETE", &format!("/{alias}-1"), &Value::Null).await;
}

#[tokio::test]
async fn a_job_whose_number_has_another_row_becomes_a_dead_letter_and_changes_nothing() {
    let setup = Setup::new().await;
    setup.done(&[setup.chat(1), setup.message(1, 1, "accepted")]).await;
    let later = |job: Job| {
        let later = accepted().plus_millis(77).to_string();
        job.to_body().replace(&accepted().plus_millis(1).to_string(), &later)
    };
    let other_chat = setup
        .chat(1)
        .to_body()
        .replace(&accepted().to_string(), &accepted().plus_millis(1).to_string());
    for forged in [
        setup.message(1, 1, "forged").to_body(),
        later(setup.message(1, 1, "accepted")),
        other_chat,
    ] {
        let batch = [forged.clone(), setup.message(1, 1, "accepted").to_body()];
        assert_eq!(setup.handle(&batch).await, [""; 0]);
        if forged.contains("create_message") {
            // Both stood in one batch, so the one that came second was put off.
            assert_eq!(setup.sent_job(1).await, setup.message(1, 1, "accepted").put_off());
        }
        let (body, reason) = setup.dead_letter().await;
        assert_eq!(body, forged);
        assert_eq!(reason, "a row of another time or text has its number");
    }
    let (chat, number) = (chat_number(1), message_number(1));
    let message = setup.store().message(&setup.token, chat, number).await.unwrap().unwrap();
    assert_eq!((message.body.as_str(), message.revision), ("accepted", 1));
    assert_eq!(message.created_at, accepted().plus_millis(1));
    assert_eq!(setup.message_count(1).await, Some(1));
    setup.finds(1, "accepted", &[1]).await;
}
