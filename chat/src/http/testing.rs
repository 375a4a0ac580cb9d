//! Requests for tests.

use serde_json::{Value, json};

use super::{BasePath, HttpEvent, Request};

/// An event's JSON: GET /applications, but for the members given.
pub(super) fn event(members: Value) -> String {
    let mut event = json!({
        "version": "2.0",
        "rawPath": "/applications",
        "requestContext": {"http": {"method": "GET"}, "requestId": "gateway-id"},
    });
    if let (Value::Object(event), Value::Object(members)) = (&mut event, members) {
        event.extend(members);
    }
    event.to_string()
}

/// What `read` makes of the request of such an event.
pub(super) fn on_request<R>(members: Value, read: impl FnOnce(&Request<'_>) -> R) -> R {
    let json = event(members);
    let event = HttpEvent::parse(&json).unwrap();
    let request = Request::new(&event, &BasePath::default()).unwrap();
    read(&request)
}
