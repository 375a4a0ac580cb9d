//! HEAD, OPTIONS and the verbs that a path does not answer.

use std::collections::BTreeSet;

use tests::{Answer, Api, together};

use super::{pages, routes};
use crate::contract::shared::{long_chat, small};

/// What `Allow` says for a path: HEAD wherever GET is, and OPTIONS everywhere.
fn allowed(verbs: &[&str]) -> BTreeSet<String> {
    verbs.iter().chain(&["HEAD", "OPTIONS"]).map(|&verb| verb.to_owned()).collect()
}

#[track_caller]
fn assert_same_head(head: &Answer, get: &Answer) {
    head.expect(get.status);
    assert!(head.body.is_empty(), "{head:?}");
    for name in ["content-type", "retry-after"] {
        assert_eq!(head.header(name), get.header(name), "{name} of {head:?} and {get:?}");
    }
}

#[tokio::test]
async fn head_answers_as_get_without_its_body() {
    let api = Api::new();
    for route in routes(small(&api).await).into_iter().chain(pages()) {
        let target = format!("{}{}", route.path, route.query);
        let get = api.get(&target).await;
        get.expect(200);
        assert_same_head(&api.call("HEAD", &target).await, &get);
    }
}

#[tokio::test]
async fn head_carries_the_link_of_a_page() {
    let api = Api::new();
    let target = format!("{}/messages?limit=2", long_chat(&api).await);
    let get = api.get(&target).await;
    let head = api.call("HEAD", &target).await;
    assert_same_head(&head, &get);
    assert!(get.header("link").is_some(), "{get:?}");
    assert_eq!(head.header("link"), get.header("link"));
}

#[tokio::test]
async fn head_answers_an_error_as_get_does() {
    let api = Api::new();
    let small = small(&api).await;
    let cases = [
        ("/nowhere".to_owned(), 404),
        (format!("{}/chats/7", small.application), 404),
        (format!("{}/messages?limit=0", small.chat), 400),
        (format!("{}/messages/search", small.chat), 400),
    ];
    for (target, status) in cases {
        let get = api.get(&target).await;
        get.problem(status);
        assert_same_head(&api.call("HEAD", &target).await, &get);
    }
}

#[tokio::test]
async fn options_answers_204_with_allow() {
    let api = Api::new();
    for route in routes(small(&api).await).into_iter().chain(pages()) {
        for slash in ["", "/"] {
            let answer = api.call("OPTIONS", format!("{}{slash}", route.path)).await;
            answer.expect(204);
            assert!(answer.body.is_empty(), "{answer:?}");
            assert_eq!(answer.allow(), allowed(route.verbs), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn any_other_method_answers_405_with_allow() {
    let api = Api::new();
    let routes: Vec<_> = routes(small(&api).await).into_iter().chain(pages()).collect();
    let others = routes.iter().flat_map(|route| {
        let unanswered = |verb: &&str| !route.verbs.contains(verb);
        let verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(unanswered);
        verbs.map(move |verb| (verb, route))
    });
    let asked = others.map(|(verb, route)| {
        let api = &api;
        async move {
            for slash in ["", "/"] {
                let answer = api.call(verb, format!("{}{slash}", route.path)).await;
                answer.problem(405);
                assert_eq!(answer.allow(), allowed(route.verbs), "{answer:?}");
            }
        }
    });
    together(asked).await;
}
