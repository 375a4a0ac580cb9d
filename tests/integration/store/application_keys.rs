//! Records of the keys under which applications are created: whoever comes under a key gets one
//! application, wherever the tries before broke off.

use chat::{
    model::{AccessToken, Application, ApplicationName, Timestamp},
    store::{ApplicationIdentity, ListingCursor, PayloadDigest, Store},
};
use tests::{new_store, new_token, together};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn identity(created_at: Timestamp) -> ApplicationIdentity {
    ApplicationIdentity { access_token: new_token(), created_at }
}

async fn claim(
    store: &Store,
    key: &str,
    name: &str,
    new: &ApplicationIdentity,
) -> Option<ApplicationIdentity> {
    let digest = PayloadDigest::of(name);
    store.claim_application_key(key, &digest, new.clone(), "request").await.unwrap()
}

/// Whether the application was made by this call.
async fn make(store: &Store, name: &str, identity: &ApplicationIdentity) -> bool {
    let application = Application {
        access_token: identity.access_token.clone(),
        name: ApplicationName::new(name.to_owned()).unwrap(),
        created_at: identity.created_at,
        updated_at: identity.created_at,
        chat_count: 0,
        revision: 1,
    };
    store.create_application(&application, "request").await.unwrap()
}

async fn listed(store: &Store) -> Vec<AccessToken> {
    let none: Option<&ListingCursor> = None;
    let (applications, _) = store.list_applications(none, 100).await.unwrap();
    applications.into_iter().map(|application| application.access_token).collect()
}

#[tokio::test]
async fn the_same_key_names_the_first_application_whoever_comes_with_another() {
    let store = new_store().await;
    let now = Timestamp::now();
    let first = identity(now);
    assert_eq!(claim(&store, "key", "name", &first).await.as_ref(), Some(&first));
    // Also where it was never made: whoever comes again makes this one.
    for later in [0, 1, DAY - 2000] {
        let other = identity(now.plus_millis(later));
        assert_eq!(claim(&store, "key", "name", &other).await.as_ref(), Some(&first));
    }
}

#[tokio::test]
async fn another_name_under_the_same_key_is_refused_and_leaves_the_first() {
    let store = new_store().await;
    let now = Timestamp::now();
    let first = identity(now);
    claim(&store, "key", "name", &first).await;
    assert_eq!(claim(&store, "key", "other", &identity(now)).await, None);
    assert_eq!(claim(&store, "key", "name", &identity(now)).await, Some(first));
}

#[tokio::test]
async fn of_many_at_once_under_one_key_all_get_one_application_and_one_makes_it() {
    let store = new_store().await;
    let now = Timestamp::now();
    let made = together((0..16).map(|_| async {
        let claimed = claim(&store, "key", "name", &identity(now)).await.unwrap();
        let is_made = make(&store, "name", &claimed).await;
        (claimed, is_made)
    }))
    .await;
    assert!(made.iter().all(|(claimed, _)| *claimed == made[0].0), "{made:?}");
    assert_eq!(made.iter().filter(|(_, is_made)| *is_made).count(), 1, "{made:?}");
    assert_eq!(listed(&store).await, [made[0].0.access_token.clone()]);
}

#[tokio::test]
async fn a_try_that_broke_off_before_or_after_its_application_was_made_leaves_no_other_behind() {
    let store = new_store().await;
    let now = Timestamp::now();
    for (key, was_made) in [("before", false), ("after", true)] {
        let first = claim(&store, key, "name", &identity(now)).await.unwrap();
        if was_made {
            assert!(make(&store, "name", &first).await);
        }
        let again = claim(&store, key, "name", &identity(now)).await.unwrap();
        assert_eq!(again, first, "{key}");
        assert_eq!(make(&store, "name", &again).await, !was_made, "{key}");
    }
    assert_eq!(listed(&store).await.len(), 2);
}

#[tokio::test]
async fn a_key_of_an_application_is_forgotten_after_24_hours() {
    let store = new_store().await;
    let now = Timestamp::now();
    claim(&store, "key", "name", &identity(now)).await;
    let later = identity(now.plus_millis(DAY + 2000));
    assert_eq!(claim(&store, "key", "other", &later).await, Some(later));
}

#[tokio::test]
async fn keys_of_applications_are_not_those_of_chats_and_messages() {
    let store = new_store().await;
    let now = Timestamp::now();
    for key in ["key", "key2", "0#key", "#0#key"] {
        let own = identity(now);
        assert_eq!(claim(&store, key, "name", &own).await, Some(own), "{key}");
    }
}
