//! A keyword finds messages whose text holds it anywhere, whatever its case; every character is
//! literal.

use tests::Api;
use tokio::sync::OnceCell;

use super::{assert_finds, chat_with};

/// Each holds something that another lacks. Private-use characters are among them, since an engine
/// may be given them in place of characters that mean something to it.
const TEXTS: [&str; 22] = [
    "The Quick Brown Fox",
    "50*2",
    "really?",
    r#"she said "hello" twice"#,
    "100% sure",
    "1+1=2",
    r"C:\new\table",
    r"two \\ backslashes",
    "a_b",
    "line one\nline two",
    "tab\there",
    "nul\0inside",
    "[x] {y} (z) ~1 ^2 a:b c/d e&&f g||h !i -j @k #l $m",
    "Un CAFÉ noir",
    "a cafe latte",
    "ПРИВЕТ мир",
    "漢字かな交じり",
    "🦀 crab",
    "Straße",
    "\u{e000}\u{e001}\u{e002}\u{e003}\u{f8ff}",
    "<b>&amp;</b> ${jndi}",
    "e\u{301}",
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
async fn a_keyword_is_found_anywhere_in_a_text() {
    assert_keywords(&[
        ("The Quick Brown Fox", &[TEXTS[0]]),
        ("uic", &[TEXTS[0]]),
        ("k Br", &[TEXTS[0]]),
        (" fox", &[TEXTS[0]]),
        ("xof", &[]),
        ("quickbrown", &[]),
        ("quick  brown", &[TEXTS[0]]), // not the text, but its words
    ])
    .await;
}

#[tokio::test]
async fn a_keyword_is_found_whatever_its_case() {
    assert_keywords(&[
        ("qUICK bROWN", &[TEXTS[0]]),
        ("CAFÉ", &[TEXTS[13]]),
        ("café", &[TEXTS[13]]),
        ("afé n", &[TEXTS[13]]),
        ("привет МИР", &[TEXTS[15]]),
        ("РИВ", &[TEXTS[15]]),
    ])
    .await;
}

#[tokio::test]
async fn an_accent_makes_another_letter() {
    assert_keywords(&[("cafe", &[TEXTS[14]]), ("e\u{301}", &[TEXTS[21]])]).await;
}

#[tokio::test]
async fn case_folds_by_the_simple_lower_case() {
    assert_keywords(&[
        ("STRASSE", &[]), // a full folding would make ß and ss one
        ("straß", &[TEXTS[18]]),
    ])
    .await;
}

#[tokio::test]
async fn every_character_of_a_keyword_is_literal() {
    assert_keywords(&[
        ("*", &[TEXTS[1]]),
        ("0*", &[TEXTS[1]]),
        ("5*2", &[]),
        ("?", &[TEXTS[2]]),
        ("reall?", &[]),
        ("\"", &[TEXTS[3]]),
        ("\"hello\"", &[TEXTS[3]]),
        ("\"quick", &[]),
        ("%", &[TEXTS[4]]),
        ("0%", &[TEXTS[4]]),
        ("+", &[TEXTS[5]]),
        ("1+1", &[TEXTS[5]]),
        ("_", &[TEXTS[8]]),
        ("a_b", &[TEXTS[8]]),
        ("[x] {y} (z) ~1 ^2 a:b", &[TEXTS[12]]),
        ("c/d e&&f g||h !i -j", &[TEXTS[12]]),
        ("the AND quick", &[TEXTS[0]]), // a stop word, no operator
        ("quick OR really", &[]),
        ("quick~", &[]),
        ("bod*", &[]),
        (".*", &[]),
        ("<b>&amp;", &[TEXTS[20]]),
        ("${", &[TEXTS[20]]),
    ])
    .await;
}

#[tokio::test]
async fn a_backslash_is_literal_too() {
    assert_keywords(&[
        (r"\", &[TEXTS[6], TEXTS[7]]),
        (r"\\", &[TEXTS[7]]),
        (r"\n", &[TEXTS[6]]),
        (r"\t", &[TEXTS[6]]),
        (r"c:\NEW\", &[TEXTS[6]]),
        (r"\*", &[]),
        (r"\?", &[]),
        (r#"\""#, &[]),
    ])
    .await;
}

#[tokio::test]
async fn control_characters_and_private_ones_are_literal_too() {
    assert_keywords(&[
        ("one\nline", &[TEXTS[9]]),
        ("\n", &[TEXTS[9]]),
        ("\t", &[TEXTS[10]]),
        ("\0", &[TEXTS[11]]),
        ("l\0i", &[TEXTS[11]]),
        ("\u{e000}", &[TEXTS[19]]),
        ("\u{e001}", &[TEXTS[19]]),
        ("\u{e002}", &[TEXTS[19]]),
        ("\u{e003}", &[TEXTS[19]]),
        ("\u{f8ff}", &[TEXTS[19]]),
        ("\u{e000}\u{e002}", &[]),
        ("\u{e004}", &[]),
    ])
    .await;
}

#[tokio::test]
async fn a_keyword_may_be_of_any_script() {
    assert_keywords(&[("字か", &[TEXTS[16]]), ("🦀", &[TEXTS[17]]), ("🦀 C", &[TEXTS[17]])]).await;
}

#[tokio::test]
async fn a_keyword_is_found_at_the_end_of_the_longest_text() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let one_word = "x".repeat(65_535 - 6) + "needle";
    let many_words = "lorem ".repeat(10_000) + "haystack";
    for text in [&one_word, &many_words] {
        api.create_message(&chat, text).await;
    }
    for (keyword, text) in [("NEEDLE", &one_word), ("m hayst", &many_words)] {
        let found = api.until_found(&chat, keyword, 1).await;
        assert!(found[0]["body"] == **text, "{keyword} found another text");
    }
}
