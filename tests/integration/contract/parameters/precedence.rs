//! Where a text is given both in the query and in the request's body, the body wins.

use serde_json::json;
use tests::Api;

use super::{refusals, writes};

#[tokio::test]
async fn the_request_body_wins_over_the_query() {
    let api = Api::new();
    for write in writes(&api).await {
        let query = format!("{}=query", write.parameter);
        let object = json!({write.parameter: "json"});
        let json = write.call_with_query(&api, &query).json(&object).await;
        assert_eq!(write.written(&api, &json).await, "json");
        let form = format!("{}=form", write.parameter);
        let form = write.call_with_query(&api, &query).form(form).await;
        assert_eq!(write.written(&api, &form).await, "form");
    }
}

#[tokio::test]
async fn a_json_null_wins_over_the_query() {
    let api = Api::new();
    for write in refusals(&api).await {
        let query = format!("{}=query", write.parameter);
        let object = json!({write.parameter: null});
        let answer = write.call_with_query(&api, &query).json(&object).await;
        assert!(answer.problem(400).contains(write.parameter), "{answer:?}");
    }
}

#[tokio::test]
async fn an_empty_or_wrong_text_in_the_request_body_wins_over_the_query() {
    let api = Api::new();
    for write in refusals(&api).await {
        let query = format!("{}=query", write.parameter);
        let form = write.call_with_query(&api, &query).form(format!("{}=", write.parameter)).await;
        form.problem(400);
        for wrong in [json!(""), json!(7), json!(["x"])] {
            let object = json!({write.parameter: wrong});
            write.call_with_query(&api, &query).json(&object).await.problem(400);
        }
    }
}

#[tokio::test]
async fn a_request_body_that_lacks_the_text_leaves_it_to_the_query() {
    let api = Api::new();
    for write in writes(&api).await {
        let query = format!("{}=query", write.parameter);
        let json = write.call_with_query(&api, &query).json(&json!({"x": 1})).await;
        assert_eq!(write.written(&api, &json).await, "query");
        let form = write.call_with_query(&api, &query).form("x=1").await;
        assert_eq!(write.written(&api, &form).await, "query");
    }
}

#[tokio::test]
async fn a_broken_request_body_is_refused_even_where_the_query_would_do() {
    let api = Api::new();
    for write in refusals(&api).await {
        let query = format!("{}=query", write.parameter);
        let call = || write.call_with_query(&api, &query);
        call().typed("application/json", "{").await.problem(400);
        call().form("x=%zz").await.problem(400);
        call().typed("text/plain", "x").await.problem(415);
    }
}
