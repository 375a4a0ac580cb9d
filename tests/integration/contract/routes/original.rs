//! The original service's own curl lines work as they are: `curl -X POST` with the name in the
//! query, `curl -d '{…}'`, which says that its JSON is a form, and no header beyond curl's own.

use tests::{Api, Call, assert_application, assert_message};

/// A request as `curl` sends it.
fn curl(api: &Api, verb: &str, target: impl Into<String>) -> Call {
    api.call(verb, target).header("user-agent", "curl/8.5.0").header("accept", "*/*")
}

#[tokio::test]
async fn the_originals_curl_lines_work_as_they_are() {
    let api = Api::new();
    // curl -X POST 'http://…/applications?name=first'
    let answer = curl(&api, "POST", "/applications?name=first").await;
    assert_eq!(answer.json(201)["name"], "first");
    let application = answer.location();

    // curl -X PUT 'http://…/applications/{access_token}?name=second'
    let renamed = curl(&api, "PUT", format!("{application}?name=second")).await.json(200);
    assert_application(&renamed);
    assert_eq!(renamed["name"], "second");

    // curl -X POST 'http://…/applications/{access_token}/chats'
    let answer = curl(&api, "POST", format!("{application}/chats")).await;
    assert_eq!(answer.json(201)["number"], 1);
    let chat = answer.location();

    // curl -X POST 'http://…/chats/1/messages' -d '{"body": "…"}'
    let json = r#"{"body": "a+b & 100% = \"c\""}"#;
    let answer = curl(&api, "POST", format!("{chat}/messages")).form(json).await;
    assert_eq!(answer.json(201)["number"], 1);
    let message = answer.location();
    assert_eq!(api.read(&message).await["body"], r#"a+b & 100% = "c""#);

    // curl -X POST 'http://…/chats/1/messages?body=in+the+query'
    let answer = curl(&api, "POST", format!("{chat}/messages?body=in+the+query")).await;
    assert_eq!(answer.json(201)["number"], 2);
    assert_eq!(api.read(&answer.location()).await["body"], "in the query");

    // curl -X PUT 'http://…/chats/1/messages/1' -d '{"body": "…"}'
    let answer = curl(&api, "PUT", &message).form(r#"{"body": "edited needle"}"#).await;
    assert_eq!(answer.json(200)["body"], "edited needle");

    // curl 'http://…/chats/1/messages/search?keyword=needle'
    api.until_found(&chat, "needle", 1).await;
    let found = curl(&api, "GET", format!("{chat}/messages/search?keyword=needle")).await.list();
    found.iter().for_each(assert_message);
    assert_eq!(found[0]["body"], "edited needle");

    // curl 'http://…/applications', and the lists below it
    for list in ["/applications", &format!("{application}/chats"), &format!("{chat}/messages")] {
        assert!(!curl(&api, "GET", list).await.list().is_empty());
    }
}
