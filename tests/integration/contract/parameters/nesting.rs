//! JSON may not nest deeper than the parser's limit, wherever in the document.

use tests::Api;

use super::{refusals, writes};

#[tokio::test]
async fn json_that_nests_a_little_is_accepted() {
    let api = Api::new();
    for write in writes(&api).await {
        let (open, close) = ("[".repeat(30), "]".repeat(30));
        let json = format!(r#"{{"x":{open}{close},"{}":"deep"}}"#, write.parameter);
        let answer = write.call(&api).typed("application/json", json).await;
        assert_eq!(write.written(&api, &answer).await, "deep");
    }
}

#[tokio::test]
async fn json_that_nests_too_deep_answers_400() {
    let api = Api::new();
    let (open, close) = ("[".repeat(20_000), "]".repeat(20_000));
    let (objects, ends) = (r#"{"x":"#.repeat(20_000), "}".repeat(20_000));
    for write in refusals(&api).await {
        let name = write.parameter;
        for json in [
            format!(r#"{{"{name}":{open}{close}}}"#),
            format!(r#"{{"{name}":"x","unknown":{open}{close}}}"#),
            format!(r#"{{"{name}":"x","unknown":{objects}1{ends}}}"#),
            format!(r#"{{"{name}":"x","unknown":{open}"#),
            format!("{open}{close}"),
        ] {
            write.call(&api).typed("application/json", json.clone()).await.problem(400);
            write.call(&api).untyped(json).await.problem(400);
        }
    }
}
