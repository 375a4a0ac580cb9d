//! Many clients at once: numbers 1 to N, once each, exact counts, and each number its own text.

use std::collections::HashMap;

use futures_util::future::join_all;
use tests::{Api, numbers};

const CLIENTS: usize = 32;

/// How much each client creates.
const EACH: usize = 3;

#[tokio::test]
async fn clients_on_one_chat_get_each_number_once_and_each_number_holds_its_own_text() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let client = |client: usize| {
        let (api, chat) = (&api, &chat);
        async move {
            let mut sent = Vec::new();
            for n in 0..EACH {
                let text = format!("client {client} text {n}");
                let number = api.send_message(chat, &text).await.json(201)["number"].as_u64();
                sent.push((number.unwrap(), text));
            }
            assert!(sent.is_sorted(), "a later message has a lower number: {sent:?}");
            sent
        }
    };
    let sent: Vec<(u64, String)> =
        join_all((0..CLIENTS).map(client)).await.into_iter().flatten().collect();
    let total = CLIENTS * EACH;
    let mut assigned: Vec<u64> = sent.iter().map(|(number, _)| *number).collect();
    assigned.sort_unstable();
    assert_eq!(assigned, (1..=total as u64).collect::<Vec<_>>());

    api.until_counted(&chat, total).await;
    let texts: HashMap<u64, String> = sent.into_iter().collect();
    let rows = api.follow(&format!("{chat}/messages?limit=100")).await;
    assert_eq!(numbers(&rows), (1..=total as u64).collect::<Vec<_>>());
    for row in &rows {
        let number = row["number"].as_u64().unwrap();
        assert_eq!(row["body"], texts[&number]);
    }
    // Every one of them is found, too.
    let mut found = numbers(&api.until_found(&chat, "client", total).await);
    found.sort_unstable();
    assert_eq!(found, assigned);
}

#[tokio::test]
async fn clients_on_the_chats_of_one_application_get_each_number_once() {
    let api = Api::new();
    let application = api.create_application().await;
    // Each client creates chats and writes into each at once, while the others do the same.
    let client = |client: usize| {
        let (api, application) = (&api, &application);
        async move {
            let mut created = Vec::new();
            for n in 0..2 {
                let chat = api.create_chat(application).await;
                for part in ["first", "second"] {
                    let text = format!("client {client} chat {n} {part}");
                    api.send_message(&chat, &text).await.expect(201);
                }
                created.push((chat, format!("client {client} chat {n}")));
            }
            created
        }
    };
    let created: Vec<(String, String)> =
        join_all((0..CLIENTS).map(client)).await.into_iter().flatten().collect();
    let total = created.len();

    api.read_until(&application, |it| it["chat_count"] == total).await;
    let chats = api.follow(&format!("{application}/chats?limit=100")).await;
    assert_eq!(numbers(&chats), (1..=total as u64).collect::<Vec<_>>());

    let mut paths: Vec<&String> = created.iter().map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), total, "two clients were given the same chat");
    let check = created.iter().map(|(chat, text)| {
        let api = &api;
        async move {
            api.until_counted(chat, 2).await;
            let rows = api.get(format!("{chat}/messages")).await.list();
            let bodies: Vec<&str> = rows.iter().filter_map(|it| it["body"].as_str()).collect();
            assert_eq!(bodies, [format!("{text} first"), format!("{text} second")]);
        }
    });
    tests::together(check).await;
}
