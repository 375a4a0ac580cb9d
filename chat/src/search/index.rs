//! What an index looks like and what it is called. The same file makes every index: the local
//! stack's, a deployment's, and the one a worker makes where there is none.

use serde_json::{Value, json};

/// Settings and mapping: the body of `PUT /messages-<n>`, to which an alias may be added.
const INDEX: &str = include_str!("index.json");

/// The first index under an alias.
pub(super) fn first_index(alias: &str) -> String {
    format!("{alias}-1")
}

/// The alias of an index that is being rebuilt.
pub(super) fn next_alias(alias: &str) -> String {
    format!("{alias}-next")
}

/// The body that makes an index together with its alias, so that neither is ever without the other.
pub(super) fn index_with_alias(alias: &str) -> Result<Vec<u8>, serde_json::Error> {
    let mut index: Value = serde_json::from_str(INDEX)?;
    if let Some(object) = index.as_object_mut() {
        object.insert("aliases".to_owned(), json!({ alias: {} }));
    }
    serde_json::to_vec(&index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_made_together_with_its_alias() {
        let body: Value = serde_json::from_slice(&index_with_alias("messages").unwrap()).unwrap();
        assert_eq!(body["aliases"], json!({ "messages": {} }));
        assert_eq!(body["mappings"]["dynamic"], "strict");
        assert_eq!(
            (first_index("messages").as_str(), next_alias("m").as_str()),
            ("messages-1", "m-next")
        );
    }
}
