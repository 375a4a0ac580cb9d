//! The three objects of the contract: exactly which members, and what may stand in them.

use serde_json::Value;

/// Checks an application's members.
#[track_caller]
pub fn assert_application(value: &Value) {
    assert_members(value, &["access_token", "chat_count", "created_at", "name", "updated_at"]);
    assert!(value["name"].is_string(), "{value}");
    assert!(value["chat_count"].is_u64(), "{value}");
    let token = value["access_token"].as_str().unwrap_or_default();
    let base58 = |c: char| c.is_ascii_alphanumeric() && !"0OIl".contains(c);
    assert!(token.len() == 24 && token.chars().all(base58), "{value}");
    assert_times(value);
}

/// Checks a chat's members.
#[track_caller]
pub fn assert_chat(value: &Value) {
    assert_members(value, &["created_at", "message_count", "number", "updated_at"]);
    assert!(value["number"].as_u64() >= Some(1), "{value}");
    assert!(value["message_count"].is_u64(), "{value}");
    assert_times(value);
}

/// Checks a message's members.
#[track_caller]
pub fn assert_message(value: &Value) {
    assert_members(value, &["body", "created_at", "number", "updated_at"]);
    assert!(value["number"].as_u64() >= Some(1), "{value}");
    assert!(value["body"].is_string(), "{value}");
    assert_times(value);
}

/// Checks that a value is a UTC time in RFC 3339 with milliseconds.
#[track_caller]
pub fn assert_time(value: &Value) {
    let digits_as_zeros: String = value
        .as_str()
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(digits_as_zeros, "0000-00-00T00:00:00.000Z", "{value}");
}

/// The numbers of chats or messages, in the order of the list.
#[track_caller]
pub fn numbers(items: &[Value]) -> Vec<u64> {
    let number =
        |item: &Value| item["number"].as_u64().unwrap_or_else(|| panic!("has no number: {item}"));
    items.iter().map(number).collect()
}

#[track_caller]
fn assert_members(value: &Value, expected: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("not an object: {value}"));
    let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, expected, "{value}");
}

#[track_caller]
fn assert_times(value: &Value) {
    assert_time(&value["created_at"]);
    assert_time(&value["updated_at"]);
    // One format and one zone: the texts sort as the times do.
    assert!(value["created_at"].as_str() <= value["updated_at"].as_str(), "{value}");
}
