//! Jobs that can never be done.

use tests::new_token;

use super::setup::Setup;

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
