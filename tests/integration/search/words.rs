//! A keyword of letters, digits and white space also finds by English stems, whole words first.

use super::room::Room;

#[tokio::test]
async fn words_match_by_their_stems_and_stop_words_do_not_count() {
    let room = Room::shared().await;
    let chat = room.chat();
    chat.say(&[
        "The dogs were running home",
        "A house by the lake, and a dog",
        "housing 3 cats",
        "nothing",
        "the of and",
    ])
    .await;
    for (keyword, expected) in [
        ("runs", vec![1]),
        ("RUN", vec![1]),
        ("houses", vec![2, 3]),
        ("the dog", vec![1, 2]),
        ("home dog", vec![1]),
        ("dog\n  HOME", vec![1]),
        ("dog 3", vec![]),
        ("cat 3", vec![3]),
        ("the", vec![1, 2, 5]),
        ("of and", vec![5]),
        ("and of", vec![]),
        ("runs!", vec![]),
        ("dog's", vec![]),
        ("is", vec![]),
    ] {
        assert_eq!(chat.find(keyword).await, expected, "{keyword:?}");
    }
}

#[tokio::test]
async fn a_whole_word_comes_before_a_part_of_one_and_ties_go_by_number() {
    let room = Room::shared().await;
    let chat = room.chat();
    let texts =
        ["cartography", "my cart", "Descartes", "carts, carts, carts", "go-cart", "discarted"];
    chat.say(&texts).await;
    assert_eq!(chat.find("cart").await, [2, 4, 5, 1, 3, 6]);
    assert_eq!(chat.find("Cart").await, [2, 4, 5, 1, 3, 6]);
    assert_eq!(chat.find("art").await, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn a_keyword_with_other_characters_finds_by_its_text_alone_but_words_still_come_first() {
    let room = Room::shared().await;
    let chat = room.chat();
    chat.say(&["VC++ 6", "C and more", "I like C++", "C ++"]).await;
    assert_eq!(chat.find("c++").await, [3, 1]);
}

#[tokio::test]
async fn white_space_alone_is_found_as_text() {
    let room = Room::shared().await;
    let chat = room.chat();
    chat.say(&["two words", "oneword", "a\tb", " ", "\u{3000}"]).await;
    for (keyword, expected) in
        [(" ", vec![1, 4]), ("\t", vec![3]), ("  ", vec![]), ("\u{3000}", vec![5])]
    {
        assert_eq!(chat.find(keyword).await, expected, "{keyword:?}");
    }
}
