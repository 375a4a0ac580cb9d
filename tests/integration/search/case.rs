//! Case folds by Unicode's simple lower case, in texts and keywords alike.

use super::room::Room;

#[tokio::test]
async fn a_keyword_is_found_whatever_its_case_and_accents_count() {
    let room = Room::shared().await;
    let chat = room.chat();
    let texts = [
        "Un CAFÉ noir!",
        "un café crème!",
        "un cafe glacé!",
        "İSTANBUL!",
        "istanbul!",
        "ıstanbul!",
        "Straße!",
        "STRAẞE!",
        "STRASSE!",
        "ΟΔΟΣ!",
        "οδος!",
        "οδοσ!",
        "ſet 3 \u{212a}!",
        "set 3 k!",
        "ǅ Ǆ ǆ!",
        "ПРИВЕТ!",
        "ᏣᎳᎩ ꮳꮃꭹ!",
        "𐐀𐐨!",
    ];
    chat.say(&texts).await;
    // The mark makes each keyword one of text alone.
    for (keyword, expected) in [
        ("CAFÉ ", vec![]),
        ("É CRÈME!", vec![2]),
        ("É!", vec![3]),
        ("E GLACÉ!", vec![3]),
        ("İSTANBUL!", vec![4, 5]),
        ("istanbul!", vec![4, 5]),
        ("i\u{307}stanbul!", vec![]),
        ("ISTANBUL!", vec![4, 5]),
        ("ıstanbul!", vec![6]),
        ("straße!", vec![7, 8]),
        ("STRAẞE!", vec![7, 8]),
        ("strasse!", vec![9]),
        ("ΟΔΟΣ!", vec![10, 12]),
        ("οδος!", vec![11]),
        ("οδοσ!", vec![10, 12]),
        ("SET 3 K!", vec![14]),
        ("ſet 3 k!", vec![13]),
        ("ſET 3 \u{212a}!", vec![13]),
        ("ǅ ǆ ǆ!", vec![15]),
        ("привет!", vec![16]),
        ("ꮳꮃꭹ!", vec![17]),
        ("𐐀𐐀!", vec![18]),
    ] {
        if keyword == "CAFÉ " {
            // Letters and white space: by words as well.
            assert_eq!(chat.find(keyword).await, [1, 2], "{keyword:?}");
        } else {
            assert_eq!(chat.find(keyword).await, expected, "{keyword:?}");
        }
    }
    assert_eq!(chat.find("café").await, [1, 2]);
    assert_eq!(chat.find("cafe").await, [3]);
}
