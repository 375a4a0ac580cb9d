//! An engine that is away: documents are for later, searches unavailable, and both are said soon.

use std::time::{Duration, Instant};

use chat::{
    model::{AccessToken, ChatNumber, Keyword},
    search::{Document, Outcome, Search, SearchError},
};
use tokio::net::TcpListener;

use super::{engine, room::message};

async fn assert_away(search: &Search, deadline: Duration, longest: Duration) {
    let token = AccessToken::generate().unwrap();
    let chat = ChatNumber::try_from(1).unwrap();
    let keyword = Keyword::new("a".to_owned()).unwrap();
    let messages = [message(1, "one", 1), message(2, "two", 1)];
    let documents = messages.each_ref().map(|message| Document { token: &token, chat, message });

    let start = Instant::now();
    let outcomes = search.index(&documents, start + deadline).await;
    assert!(start.elapsed() < longest, "{:?}", start.elapsed());
    assert!(matches!(outcomes.as_slice(), [Outcome::Later(_), Outcome::Later(_)]), "{outcomes:?}");

    let start = Instant::now();
    let found = search.find(&token, chat, &keyword, 10, None, start + deadline).await;
    assert!(start.elapsed() < longest, "{:?}", start.elapsed());
    assert!(matches!(found, Err(SearchError::Unavailable(_))), "{found:?}");
    assert!(!format!("{found:?}").contains(token.as_str()));
}

#[tokio::test]
async fn an_engine_that_refuses_connections_is_given_up_soon() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let search = engine::search(url, "messages");
    assert_away(&search, Duration::from_secs(20), Duration::from_secs(2)).await;
}

#[tokio::test]
async fn an_engine_that_never_answers_is_given_up_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let search = engine::search(url, "messages");
    assert_away(&search, Duration::from_millis(600), Duration::from_millis(1500)).await;
    drop(listener);
}

#[tokio::test]
async fn with_no_time_left_nothing_is_sent() {
    let search = engine::search(engine::url(), "chat-tests-never-made");
    assert_away(&search, Duration::ZERO, Duration::from_millis(100)).await;
}
