//! A keyword finds messages whose text holds it anywhere; every character is literal.

use std::collections::BTreeSet;

use super::room::{Chat, Room};

/// Each is hard in its own way for an engine of words, patterns and trigrams.
fn hard_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "100% sure? *really* \\o/ a\\*b a\\\\b **\\?? ?*\\ \\",
        "C:\\new\\table\\*.txt ??:\\\\ \\\\server\\share",
        "a\0b\0\0c\0\0\0d\0\0\0\0e and words after them",
        "\0\0\0starts with nothing",
        "line one\nline two\r\nline\tthree\u{b}\u{c}\u{85}\u{2028}\u{2029}end",
        "\"quoted\" 'single' {json: [1, 2]} <b>&amp;</b> ${jndi} a+b=c ~1 ^2 (x|y) /re/ @#!",
        "Съешь же ещё этих мягких французских булок",
        "我能吞下玻璃而不傷身體。漢字かな交じり文",
        "🦀🦀 crab 👩‍👩‍👧‍👦 family 🇪🇺 e\u{301}\u{301}",
        "\u{fdd0}\u{fdd1}\u{fdd2}\u{fdd3}\u{fdd4}\u{fdd7}\u{fdd5}\u{fdda}\u{fdd6}\u{fdd9}",
        "*\u{fdd1}?\u{fdd2}\\\u{fdd3}\0\u{fdd0} \u{fdd4}* \u{fdd7}?",
        "\u{e000}\u{e001}\u{f8ff}\u{fffd}\u{fffe}\u{ffff}\u{10ffff}\u{1}\u{7f}\u{feff}\u{ad}",
        "the and of to a in is it",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
        "ab",
        "x",
        " ",
        "*",
        "\0",
        "\\",
        "Straße STRASSE ﬁn İstanbul ıssız ΣΊΣΥΦΟΣ ſet K",
    ]
    .map(str::to_owned)
    .into();
    texts.push("no space 🦀*\\?\0 ".repeat(2600));
    texts
}

/// Unicode's simple lower case: one character for each, so İ becomes i alone.
fn lower_case(text: &str) -> String {
    text.chars()
        .map(|char| if char == 'İ' { 'i' } else { char.to_lowercase().next().unwrap() })
        .collect()
}

/// Substrings of a text, chosen in a way that looks random and is always the same.
fn substrings(text: &str, count: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut state = chars.len() as u64;
    let mut below = |bound: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    (0..count)
        .map(|round| {
            let start = below(chars.len());
            let longest = (chars.len() - start).min(if round % 4 == 0 { 256 } else { 6 });
            chars[start..=start + below(longest)].iter().collect()
        })
        .collect()
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char.is_whitespace()
}

async fn assert_found_where_held(chat: &Chat<'_>, texts: &[String], keyword: &str) {
    let folded = lower_case(keyword);
    let held: BTreeSet<u64> = (1..)
        .zip(texts)
        .filter(|(_, text)| lower_case(text).contains(&folded))
        .map(|(number, _)| number)
        .collect();
    let found: BTreeSet<u64> = chat.find(keyword).await.into_iter().collect();
    if keyword.chars().all(is_word) {
        // Words may match in further texts, by their stems.
        assert!(found.is_superset(&held), "{keyword:?}: {found:?} lacks some of {held:?}");
    } else {
        assert_eq!(found, held, "{keyword:?}");
    }
}

#[tokio::test]
async fn a_text_is_found_by_each_of_its_parts_and_by_nothing_else() {
    let room = Room::shared().await;
    let chat = room.chat();
    let texts = hard_texts();
    chat.say(&texts).await;
    let keywords: BTreeSet<String> = texts.iter().flat_map(|text| substrings(text, 40)).collect();
    assert!(keywords.len() > 400, "{}", keywords.len());
    for keyword in &keywords {
        assert_found_where_held(&chat, &texts, keyword).await;
    }
}

#[tokio::test]
async fn characters_that_mean_something_elsewhere_mean_nothing_in_a_keyword() {
    let room = Room::shared().await;
    let chat = room.chat();
    let texts = hard_texts();
    chat.say(&texts).await;
    let odd = [
        "*",
        "?",
        "\\",
        "\0",
        "**",
        "??",
        "\\\\",
        "\\*",
        "\\?",
        "*\\",
        "?*",
        "a*b",
        "a?b",
        "*a*",
        "a\\b",
        "\0\0\0",
        "b\0",
        ".*",
        "[a-z]",
        "%",
        "_",
        "\u{fdd0}",
        "\u{fdd1}",
        "\u{fdd4}",
        "\u{fdd7}",
        "\u{fdda}",
        "\u{fdd4}\u{fdd7}",
        "\u{fdd6}\u{fdd9}",
        "\u{fdd7}\u{fdd5}",
        "\u{fffe}",
        "\u{1}",
        "\u{e000}",
        "\n",
        "\r\n",
        "\u{301}",
        "\u{200d}",
        "AND",
        "body:x",
        "\"",
        "  ",
    ];
    for keyword in odd {
        assert_found_where_held(&chat, &texts, keyword).await;
    }
}

#[tokio::test]
async fn a_keyword_of_256_characters_finds_whatever_they_are() {
    let room = Room::shared().await;
    let chat = room.chat();
    let characters = [
        'a', '*', '?', '\\', '\0', ' ', '🦀', '中', '\u{fdd0}', '\u{fdd4}', '\u{fdda}', '\u{301}',
        'İ',
    ];
    let keyword = |char: char| char.to_string().repeat(256);
    let texts: Vec<String> = characters
        .iter()
        .flat_map(|&char| {
            [format!("<{}>", keyword(char)), format!("<{}>", char.to_string().repeat(255))]
        })
        .collect();
    chat.say(&texts).await;
    for char in characters {
        assert_found_where_held(&chat, &texts, &keyword(char)).await;
        let half: String = format!("{char}x").repeat(128);
        assert_eq!(chat.find(&half).await, [0_u64; 0], "{char:?}");
    }
}

#[tokio::test]
async fn a_message_is_answered_as_it_was_sent() {
    let room = Room::shared().await;
    let chat = room.chat();
    for (number, text) in (1..).zip(hard_texts()) {
        let message = super::room::message(number, &text, 7);
        super::room::assert_indexed(&chat.write(std::slice::from_ref(&message)).await);
        let keyword: String = text.chars().take(256).collect();
        let hits = chat.hits(&keyword, 100).await;
        assert!(hits.iter().any(|hit| hit.message == message), "{text:?}");
    }
}
