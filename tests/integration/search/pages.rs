//! Following a search to its end yields every hit once, in order, whatever others write meanwhile.

use super::room::{Room, message, numbers};

#[tokio::test]
async fn pages_lose_and_repeat_nothing_while_another_tenant_writes() {
    let room = Room::shared().await;
    let chat = room.chat();
    let other = room.chat();
    let texts: Vec<String> = (0..60)
        .map(|i| if i % 3 == 0 { "a lorem ipsum" } else { "floreming" }.to_owned())
        .collect();
    chat.say(&texts).await;
    let whole = chat.find("lorem").await;
    assert_eq!(whole.len(), 60);
    let words: Vec<u64> = (1..=60).filter(|number| number % 3 == 1).collect();
    assert_eq!(whole[..20], words);
    assert!(whole[20..].is_sorted());

    for limit in [1, 7, 20, 59, 60, 61] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = chat.page("lorem", limit, after).await;
            assert!(page.more == (seen.len() + page.hits.len() < 60), "{limit}");
            after = page.hits.last().map(|hit| hit.cursor);
            seen.extend(numbers(&page.hits));
            if !page.more {
                break;
            }
            if limit > 1 {
                let count = seen.len() as u64;
                other.write(&[message(count, "lorem lorem lorem ipsum", 1)]).await;
            }
        }
        assert_eq!(seen, whole, "{limit}");
    }
}

#[tokio::test]
async fn a_page_can_be_cut_after_any_hit() {
    let room = Room::shared().await;
    let chat = room.chat();
    chat.say(&["key", "keys", "monkey", "turkey", "a key", "keyed!"]).await;
    let hits = chat.hits("key", 100).await;
    assert_eq!(numbers(&hits), [1, 2, 5, 6, 3, 4]);
    for (position, hit) in hits.iter().enumerate() {
        let rest = chat.page("key", 100, Some(hit.cursor)).await;
        assert_eq!(rest.hits, hits[position + 1..]);
        assert!(!rest.more);
        // What a client is given is its text.
        let read = chat::search::SearchCursor::parse(&hit.cursor.to_string()).unwrap();
        assert_eq!(read, hit.cursor);
    }
}
