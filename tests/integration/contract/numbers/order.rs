//! Where numbers begin, and that they follow the order in which requests were accepted.

use tests::{Api, numbers};

#[tokio::test]
async fn chats_are_numbered_from_1_within_their_application() {
    let api = Api::new();
    for _ in 0..2 {
        let application = api.create_application().await;
        for number in 1..=3 {
            let answer = api.post(format!("{application}/chats")).await;
            assert_eq!(answer.json(201)["number"], number);
        }
    }
}

#[tokio::test]
async fn messages_are_numbered_from_1_within_their_chat() {
    let api = Api::new();
    let application = api.create_application().await;
    let chats = [api.create_chat(&application).await, api.create_chat(&application).await];
    for number in 1..=3 {
        for chat in &chats {
            let answer = api.send_message(chat, "hello").await;
            assert_eq!(answer.json(201)["number"], number);
        }
    }
}

#[tokio::test]
async fn a_message_may_be_sent_from_the_moment_the_chats_201_was_answered() {
    let api = Api::new();
    let application = api.create_application().await;
    for number in 1..=5 {
        let chat = api.create_chat(&application).await;
        let answer = api.send_message(&chat, "at once").await;
        let created = answer.json(201);
        assert_eq!((&created["number"], &created["chat_number"]), (&1.into(), &number.into()));
        assert_eq!(api.read(&answer.location()).await["body"], "at once");
    }
}

#[tokio::test]
async fn numbers_follow_the_order_of_acceptance() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    let texts = ["first", "second", "third", "fourth", "fifth"];
    api.create_messages_in_order(&chat, &texts).await;
    let messages = api.get(format!("{chat}/messages")).await.list();
    assert_eq!(numbers(&messages), [1, 2, 3, 4, 5]);
    let bodies: Vec<&str> = messages.iter().filter_map(|it| it["body"].as_str()).collect();
    assert_eq!(bodies, texts);
    let times: Vec<&str> = messages.iter().filter_map(|it| it["created_at"].as_str()).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn every_201_is_a_promise_that_the_row_will_be_written() {
    let api = Api::new();
    let application = api.create_application().await;
    for _ in 0..3 {
        let chat = api.create_chat(&application).await;
        // `read` fails where a 404 on the way does not say `Retry-After: 1`.
        let message = api.create_message(&chat, "promised").await;
        assert_eq!(api.read(&message).await["body"], "promised");
        assert_eq!(api.read(&chat).await["number"].as_u64().map(|n| n >= 1), Some(true));
    }
}

#[tokio::test]
async fn an_edit_of_a_message_not_yet_written_says_so() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    for _ in 0..3 {
        let message = api.create_message(&chat, "first").await;
        // The row may be written already; nothing else may be answered.
        let answer = api.put(&message).form("body=second").await;
        match answer.status {
            404 => answer.not_yet(),
            _ => assert_eq!(answer.json(200)["body"], "second"),
        }
    }
}
