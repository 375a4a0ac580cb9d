//! A keyword of letters, digits and white space also finds texts whose words match all of its
//! words by English stems; stop words do not count.

use tests::Api;
use tokio::sync::OnceCell;

use super::{assert_finds, chat_with};

const TEXTS: [&str; 6] = [
    "The dog was running home",
    "Our houses stand by a lake",
    "She connected 3 cables",
    "running shoes",
    "a house of cards",
    "nothing to see",
];

async fn chat(api: &Api) -> &'static str {
    static CHAT: OnceCell<String> = OnceCell::const_new();
    CHAT.get_or_init(|| chat_with(api, &TEXTS)).await
}

/// Checks, for each keyword, exactly which of [`TEXTS`] it finds.
async fn assert_keywords(cases: &[(&str, &[&str])]) {
    let api = Api::new();
    assert_finds(&api, chat(&api).await, cases).await;
}

#[tokio::test]
async fn runs_finds_running() {
    assert_keywords(&[
        ("runs", &[TEXTS[0], TEXTS[3]]),
        ("RUNS", &[TEXTS[0], TEXTS[3]]),
        ("housing", &[TEXTS[1], TEXTS[4]]),
        ("connection", &[TEXTS[2]]),
        ("connects", &[TEXTS[2]]),
    ])
    .await;
}

#[tokio::test]
async fn all_words_must_match_in_any_order_and_place() {
    assert_keywords(&[
        ("home runs", &[TEXTS[0]]),
        ("dogs\thomes", &[TEXTS[0]]),
        ("runs lake", &[]),
        ("cable 3 connecting", &[TEXTS[2]]),
        ("cable 4", &[]),
    ])
    .await;
}

#[tokio::test]
async fn stop_words_do_not_count() {
    assert_keywords(&[
        ("the runs", &[TEXTS[0], TEXTS[3]]),
        ("into the lakes", &[TEXTS[1]]),
        ("cards and houses", &[TEXTS[4]]),
    ])
    .await;
}

#[tokio::test]
async fn a_keyword_of_stop_words_alone_finds_only_texts_that_hold_it() {
    assert_keywords(&[("of the", &[]), ("was", &[TEXTS[0]]), ("to", &[TEXTS[5]])]).await;
}

#[tokio::test]
async fn a_keyword_with_any_other_character_is_no_matter_of_words() {
    assert_keywords(&[
        ("runs!", &[]),
        ("runs-home", &[]),
        ("home, runs", &[]),
        ("runs*", &[]),
        ("\"runs\"", &[]),
    ])
    .await;
}
