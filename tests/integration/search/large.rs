//! Texts of 65,535 bytes: indexed whole, found at their ends, and answered a hundred at a time.

use super::room::{Room, numbers};

const LONGEST: usize = 65_535;

#[tokio::test]
async fn the_longest_texts_are_found_by_their_last_characters() {
    let room = Room::shared().await;
    let chat = room.chat();
    let fill = |text: &str, end: &str| {
        let times = (LONGEST - end.len()) / text.len();
        format!("{}{end}", text.repeat(times))
    };
    let texts = [
        fill("x", "end one"),
        fill("x", "endtwo"),
        fill("🦀", "endthree"),
        fill("e\u{301}", "endfour"),
        fill("the and of ", "endfive"),
        fill("\0", "endsix"),
        fill("*", "endseven"),
        fill("\\", "endeight"),
        fill("中", "endnine"),
        fill("\u{1}", "endten"),
        fill("\u{fdd0}", "endeleven"),
        fill("word ", "endtwelve"),
        fill("\n", "endthirteen"),
    ];
    chat.say(&texts).await;
    for (number, text) in (1..).zip(&texts) {
        let end = text.char_indices().rev().nth(9).map_or(0, |(position, _)| position);
        assert_eq!(chat.find(&text[end..]).await, [number], "{:?}", &text[end..]);
    }
    assert_eq!(chat.find("xEND").await, [1, 2]);
}

#[tokio::test]
async fn pages_of_the_largest_texts_are_shorter_and_lose_none() {
    let room = Room::shared().await;
    let chat = room.chat();
    // Each takes 393 KB of JSON, so that no page holds more than 13.
    let texts = vec!["\u{1}".repeat(LONGEST); 60];
    chat.say(&texts).await;
    let page = chat.page("\u{1}", 100, None).await;
    assert!(page.more && (13..60).contains(&page.hits.len()), "{}", page.hits.len());
    assert!(page.hits.iter().all(|hit| hit.message.body.as_str() == texts[0]));
    assert_eq!(numbers(&chat.hits("\u{1}", 100).await), (1..=60).collect::<Vec<u64>>());
}
