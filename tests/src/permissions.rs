//! What a call to AWS takes of whoever makes it: an action on a resource, as a role names them.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

/// An action on a resource: `dynamodb:Query orders/index/by-date`.
pub type Permission = String;

/// The permissions that a call takes; tables and indexes by their names, queues by their addresses,
/// paths of the search engine as `search/messages/_search`.
pub(crate) fn permissions(request: &HttpRequest) -> Vec<Permission> {
    let Some(target) = request.headers().get("x-amz-target") else {
        // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
        let method = request.method().to_lowercase();
        let method = method[..1].to_uppercase() + &method[1..];
        let uri = request.uri();
        let path = uri.split('?').next().unwrap_or(uri).splitn(4, '/').nth(3).unwrap_or_default();
        return vec![format!("es:ESHttp{method} search/{path}")];
    };
    let operation = target.rsplit('.').next().expect("a split has a last part");
    let body = request.body().bytes().expect("a body that is held in memory");
    let body: Value = serde_json::from_slice(body).expect("JSON");
    if target.starts_with("AmazonSQS") {
        return vec![format!("sqs:{operation} {}", text(&body["QueueUrl"]))];
    }
    match operation {
        // A transaction takes what its parts take:
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
        "TransactWriteItems" => {
            let items = body["TransactItems"].as_array().expect("a list");
            let parts = items.iter().flat_map(|item| item.as_object().expect("an object"));
            parts
                .map(|(kind, part)| format!("dynamodb:{kind}Item {}", text(&part["TableName"])))
                .collect()
        }
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().expect("an object");
            tables.keys().map(|table| format!("dynamodb:BatchGetItem {table}")).collect()
        }
        _ => {
            let index = body["IndexName"].as_str().map(|name| format!("/index/{name}"));
            let table = text(&body["TableName"]);
            vec![format!("dynamodb:{operation} {table}{}", index.unwrap_or_default())]
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
