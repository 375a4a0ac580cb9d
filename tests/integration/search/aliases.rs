//! The index that is searched, the one being rebuilt, and there being none yet.

use chat::model::Keyword;
use chat::search::Outcome;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::room::{Room, assert_indexed, message, soon};

#[tokio::test]
async fn where_there_is_no_index_yet_a_search_finds_nothing() {
    let room = Room::own();
    let chat = room.chat();
    let keyword = Keyword::new("a".to_owned()).unwrap();
    let found = room.search.find(&chat.token, chat.number, &keyword, 10, None, soon()).await;
    let found = found.unwrap();
    assert!(found.hits.is_empty() && !found.more, "{found:?}");
}

#[tokio::test]
async fn workers_that_find_no_index_make_it_at_the_same_time_and_lose_nothing() {
    let room = Room::own();
    let chats: Vec<_> = (0..4).map(|_| room.chat()).collect();
    let texts = [message(1, "first", 1), message(2, "second", 1)];
    for outcomes in join_all(chats.iter().map(|chat| chat.write(&texts))).await {
        assert_indexed(&outcomes);
    }
    for chat in &chats {
        assert_eq!(chat.find("s").await, [1, 2]);
    }
    let (_, aliases) =
        room.engine.call("GET", &format!("/{0}/_alias/{0}", room.alias), &Value::Null).await;
    assert_eq!(
        aliases,
        json!({ format!("{}-1", room.alias): { "aliases": { room.alias.as_str(): {} } } })
    );
    room.engine.done("DELETE", &format!("/{}-1", room.alias), &Value::Null).await;
}

#[tokio::test]
async fn while_an_index_is_rebuilt_documents_go_to_both_and_after_the_swap_all_is_found() {
    let room = Room::own();
    let chat = room.chat();
    assert_indexed(&chat.write(&[message(1, "before", 1)]).await);

    let next = format!("{}-next", room.alias);
    let mut index: Value =
        serde_json::from_str(include_str!("../../../chat/src/search/index.json")).unwrap();
    index["aliases"] = json!({ next.as_str(): {} });
    room.engine.done("PUT", &format!("/{}-2", room.alias), &index).await;
    assert_indexed(&chat.write(&[message(2, "meanwhile", 1), message(1, "edited", 2)]).await);
    // What the operator copies from the table, an older revision of a row among it.
    assert_indexed(&chat.write(&[message(1, "before", 1), message(3, "copied", 1)]).await);

    let swap = json!({ "actions": [
        { "remove": { "index": format!("{}-1", room.alias), "alias": room.alias } },
        { "add": { "index": format!("{}-2", room.alias), "alias": room.alias } },
        { "remove": { "index": format!("{}-2", room.alias), "alias": next } },
    ] });
    room.engine.done("POST", "/_aliases", &swap).await;
    room.refresh().await;
    assert_eq!(chat.find("e").await, [1, 2, 3]);
    assert_eq!(chat.find("before").await, [0_u64; 0]);
    assert_indexed(&chat.write(&[message(4, "afterwards", 1)]).await);
    assert_eq!(chat.find("afterwards").await, [4]);
    room.remove().await;
}

#[tokio::test]
async fn what_an_index_does_not_take_in_its_present_state_is_for_later() {
    let room = Room::own();
    let chat = room.chat();
    let documents = [message(1, "one", 1)];
    assert_indexed(&chat.write(&documents).await);
    let first = format!("{}-1", room.alias);
    let second = format!("{}-2", room.alias);

    // No disk space left, as managed domains say it.
    let block = |blocked: bool| json!({ "index.blocks.write": blocked });
    room.engine.done("PUT", &format!("/{first}/_settings"), &block(true)).await;
    assert_later(&room.search.index(&chat.documents(&documents), soon()).await);
    room.engine.done("PUT", &format!("/{first}/_settings"), &block(false)).await;

    // An operator's slip: two indexes under one alias.
    let double = json!({ "aliases": { room.alias.as_str(): {} } });
    room.engine.done("PUT", &format!("/{second}"), &double).await;
    assert_later(&room.search.index(&chat.documents(&documents), soon()).await);
    room.engine.done("DELETE", &format!("/{second}"), &Value::Null).await;

    room.engine.done("POST", &format!("/{first}/_close"), &Value::Null).await;
    assert_later(&room.search.index(&chat.documents(&documents), soon()).await);
    room.engine.done("DELETE", &format!("/{first}"), &Value::Null).await;
}

#[track_caller]
fn assert_later(outcomes: &[Outcome]) {
    assert!(matches!(outcomes, [Outcome::Later(_)]), "{outcomes:?}");
}
