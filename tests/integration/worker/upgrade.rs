//! Jobs that earlier releases sent, and this one's: `tests/jobs` holds them, release by release.

use std::{fs, path::Path};

use chat::jobs::Job;
use tests::eventually;

use super::setup::{Setup, chat_number, message_number};

/// What stands in the files where the test's application is meant.
const TOKEN: &str = "123456789ABCDEFGHJKLMNPQ";

fn releases() -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs");
    let sorted = |folder: &Path| {
        let mut paths: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let releases = sorted(&folder).into_iter().filter(|path| path.is_dir());
    let jobs = |release: &Path| -> Vec<String> {
        sorted(release).iter().map(|job| fs::read_to_string(job).unwrap()).collect()
    };
    releases.map(|release| jobs(&release)).collect()
}

#[tokio::test]
async fn the_worker_does_the_jobs_of_every_release() {
    let releases = releases();
    assert!(!releases.is_empty());
    for jobs in releases {
        let setup = Setup::new().await;
        let jobs: Vec<String> =
            jobs.iter().map(|job| job.replace(TOKEN, setup.token.as_str())).collect();
        assert_eq!(setup.handle(&jobs).await, [""; 0]);
        assert!(setup.dead_letters.receive().await.is_empty());
        assert_eq!(setup.chat_count().await, 2);
        assert_eq!(setup.message_count(1).await, Some(1));
        assert_eq!(setup.message_count(2).await, Some(1));
        let (chat, number) = (chat_number(1), message_number(1));
        let message = setup.store().message(&setup.token, chat, number).await.unwrap().unwrap();
        assert_eq!(message.body.as_str(), "an \"apple\"\n🍎 \u{fffe}");
        assert_eq!(message.created_at.to_string(), "2026-11-24T23:37:54.379Z");
        setup.finds(1, "apple", &[1]).await;
        setup.finds(2, "put off", &[1]).await;
    }
}

/// A release that sends something else keeps its jobs here, so that the next one is tried on them.
#[tokio::test]
async fn the_jobs_that_this_release_sends_are_those_kept_for_the_next() {
    let setup = Setup::new().await;
    let newest = releases().pop().unwrap();
    for kept in newest {
        let kept = kept.replace(TOKEN, setup.token.as_str());
        assert_eq!(Job::from_body(&kept).unwrap().to_body(), kept);
    }
}

#[tokio::test]
async fn a_job_of_a_newer_release_waits_ever_longer_and_its_attempts_stand_beside_it() {
    let setup = Setup::new().await;
    let newer = r#"{"version":4294967295,"kind":"fly"}"#;
    assert_eq!(setup.handle(&[newer.to_owned()]).await, [""; 0]);
    let attempt = eventually("the job to be sent on", async || {
        let messages = setup.jobs.receive().await;
        let message = messages.first().ok_or("none")?;
        assert_eq!(message.body(), Some(newer));
        let attempt = message.message_attributes().and_then(|all| all.get("attempt"));
        Ok::<_, &str>(attempt.and_then(|it| it.string_value()).map(str::to_owned))
    })
    .await;
    assert_eq!(attempt.as_deref(), Some("1"));
    assert!(setup.dead_letters.receive().await.is_empty());
}
