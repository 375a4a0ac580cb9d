//! Concurrent edits: entity tags and the conditions that carry them.

use futures_util::future::join_all;
use tests::{Answer, Api};

use super::shared::small;

fn tag(answer: &Answer) -> String {
    answer.expect(200);
    answer.header("etag").unwrap_or_else(|| panic!("no ETag: {answer:?}")).to_owned()
}

async fn message(api: &Api) -> String {
    let (_, chat) = api.create_application_and_chat().await;
    let message = api.create_message(&chat, "text").await;
    api.read(&message).await;
    message
}

#[tokio::test]
async fn single_messages_and_applications_carry_a_strong_etag() {
    let api = Api::new();
    let small = small(&api).await;
    for path in [&small.message, &small.application] {
        let etag = tag(&api.get(path).await);
        assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2, "{etag}");
        assert_eq!(tag(&api.get(path).await), etag, "nothing changed");
        assert_eq!(tag(&api.call("HEAD", path).await), etag);
    }
}

#[tokio::test]
async fn the_etag_changes_with_every_change_of_what_is_shown() {
    let api = Api::new();
    let message = message(&api).await;
    let mut tags = vec![tag(&api.get(&message).await)];
    for method in ["PUT", "PATCH"] {
        let edited = api.call(method, &message).form("body=text").await;
        tags.push(tag(&edited));
        assert_eq!(tags.last(), Some(&tag(&api.get(&message).await)));
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);

    let application = api.create_application().await;
    let before = tag(&api.get(&application).await);
    api.create_chat(&application).await;
    api.read_until(&application, |it| it["chat_count"] == 1).await;
    assert_ne!(tag(&api.get(&application).await), before);
}

#[tokio::test]
async fn an_edit_of_what_changed_since_it_was_read_is_412() {
    let api = Api::new();
    let message = message(&api).await;
    let application = api.create_application().await;
    for (path, form) in [(&message, "body=new"), (&application, "name=new")] {
        let read = tag(&api.get(path).await);
        for method in ["PUT", "PATCH"] {
            let stale = api.call(method, path).header("if-match", "\"stale\"").form(form);
            stale.await.problem(412);
        }
        let edited = api.put(path).header("if-match", &read).form(form).await;
        edited.expect(200);
        api.put(path).header("if-match", &read).form(form).await.problem(412);
        let list = format!("\"other\", {}", tag(&edited));
        api.put(path).header("if-match", &list).form(form).await.expect(200);
        api.put(path).header("if-match", "*").form(form).await.expect(200);
        let weak = format!("W/{}", tag(&api.get(path).await));
        api.put(path).header("if-match", &weak).form(form).await.problem(412);
    }
}

#[tokio::test]
async fn an_edit_of_what_is_not_there_is_404_whatever_it_was_based_on() {
    let api = Api::new();
    let (_, chat) = api.create_application_and_chat().await;
    for tags in ["*", "\"1\""] {
        let edit = api.put(format!("{chat}/messages/9")).header("if-match", tags).form("body=x");
        edit.await.never();
    }
}

#[tokio::test]
async fn what_the_client_has_is_304() {
    let api = Api::new();
    let small = small(&api).await;
    for path in [&small.message, &small.application] {
        let etag = tag(&api.get(path).await);
        for tags in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let answer = api.get(path).header("if-none-match", &tags).await;
            answer.expect(304);
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("etag"), Some(etag.as_str()));
        }
        api.get(path).header("if-none-match", "\"other\"").await.expect(200);
    }
}

#[tokio::test]
async fn of_many_edits_of_one_revision_one_succeeds() {
    let api = Api::new();
    let message = message(&api).await;
    let read = tag(&api.get(&message).await);
    let edits = (0..12).map(|editor| {
        api.put(&message).header("if-match", &read).form(format!("body=editor {editor}"))
    });
    let answers = join_all(edits.map(IntoFuture::into_future)).await;
    let (done, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(done.len(), 1, "{done:?}");
    for answer in refused {
        answer.problem(412);
    }
    assert_eq!(api.read(&message).await["body"], done[0].json(200)["body"]);
}

#[tokio::test]
async fn edits_without_a_condition_all_succeed_and_the_last_one_stands() {
    let api = Api::new();
    let message = message(&api).await;
    let edits = (0..8).map(|editor| api.put(&message).form(format!("body=editor {editor}")));
    let answers = join_all(edits.map(IntoFuture::into_future)).await;
    let mut tags: Vec<(u64, String)> = answers
        .iter()
        .map(|answer| {
            let revision = tag(answer).trim_matches('"').parse().unwrap();
            (revision, answer.json(200)["body"].as_str().unwrap().to_owned())
        })
        .collect();
    tags.sort();
    tags.dedup_by_key(|(revision, _)| *revision);
    assert_eq!(tags.len(), 8, "each edit made a revision of its own");
    assert_eq!(api.read(&message).await["body"], tags[7].1);
}

#[tokio::test]
async fn an_edit_of_what_if_none_match_names_is_412() {
    let api = Api::new();
    let message = message(&api).await;
    let application = api.create_application().await;
    for (path, form) in [(&message, "body=new"), (&application, "name=new")] {
        let current = tag(&api.get(path).await);
        for refused in ["*", &*current, &format!("W/{current}"), &format!("\"other\", {current}")] {
            for method in ["PUT", "PATCH"] {
                let edit = api.call(method, path).header("if-none-match", refused).form(form);
                edit.await.problem(412);
            }
        }
        assert_eq!(tag(&api.get(path).await), current, "nothing changed");
        let edit = api.call("PUT", path).header("if-none-match", "\"other\"").form(form);
        edit.await.expect(200);
    }
}

#[tokio::test]
async fn a_chat_and_every_list_carry_the_etag_of_their_content_and_answer_304() {
    let api = Api::new();
    let (application, chat) = api.create_application_and_chat().await;
    for text in ["apple one", "apple two", "apple three"] {
        let message = api.create_message(&chat, text).await;
        api.read(&message).await;
    }
    api.until_counted(&chat, 3).await;
    api.until_found(&chat, "apple", 3).await;
    let paths = [
        chat.clone(),
        format!("{application}/chats"),
        format!("{chat}/messages"),
        format!("{chat}/messages?limit=2"),
        format!("{chat}/messages?limit=2&order=desc"),
        format!("{chat}/messages?after=9"),
        format!("{chat}/messages/search?keyword=apple"),
    ];
    let mut tags = Vec::new();
    for path in &paths {
        let first = api.get(path).await;
        let etag = tag(&first);
        assert_eq!(tag(&api.get(path).await), etag, "{path}: nothing changed");
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        for header in [&*etag, &format!("W/{etag}"), "*"] {
            let answer = api.get(path).header("if-none-match", header).await;
            assert!(answer.expect(304).body.is_empty());
            assert_eq!(answer.header("etag"), Some(&*etag));
        }
        api.get(path).header("if-none-match", "\"other\"").await.expect(200);
        tags.push(etag);
    }
    let fourth = api.create_message(&chat, "pear").await;
    api.read(&fourth).await;
    api.until_counted(&chat, 4).await;
    for (path, before) in paths.iter().zip(&tags) {
        let moved = !path.contains("keyword") && !path.contains("after=9") && !path.ends_with("=2");
        assert_eq!(tag(&api.get(path).await) != *before, moved, "{path}");
    }
    // The page of two is the same, but for what follows it.
    let last = format!("{chat}/messages?limit=4");
    let whole = tag(&api.get(&last).await);
    let fifth = api.create_message(&chat, "pear").await;
    api.read(&fifth).await;
    assert_ne!(tag(&api.get(&last).await), whole, "it has a next page now");
}
