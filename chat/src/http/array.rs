//! A page's JSON array, which ends before the function's answer would grow too large.

use serde::Serialize;

use super::Problem;

/// A page's JSON stays under this many bytes as the JSON string that it is inside the function's
/// answer. Lambda takes answers of 6 MB; what is left is room for the headers.
const ESCAPED_BYTES_BOUND: usize = 5_000_000;

/// An array that grows by one item at a time.
#[derive(Debug)]
pub struct JsonArray {
    json: Vec<u8>,
    /// Bytes of the array so far as a JSON string, with what closes both.
    escaped: usize,
    /// What `escaped` stays under.
    bound: usize,
}

impl JsonArray {
    /// An array without items.
    pub fn new() -> Self {
        Self::with_bound(ESCAPED_BYTES_BOUND)
    }

    fn with_bound(bound: usize) -> Self {
        Self { json: vec![b'['], escaped: "\"[]\"".len(), bound }
    }

    /// Adds an item, if the page still has room for it; the first one always has. Says whether
    /// the item was added: after the first that was not, the page ends.
    ///
    /// # Errors
    /// 500 where a value has no JSON form, which none of the contract's objects holds.
    pub fn push(&mut self, item: &impl Serialize) -> Result<bool, Problem> {
        let before = self.json.len();
        if before > 1 {
            self.json.push(b',');
        }
        serde_json::to_writer(&mut self.json, item).map_err(Problem::internal)?;
        let escaped = self.escaped + escaped_bytes(self.json.get(before..).unwrap_or_default());
        if before > 1 && escaped >= self.bound {
            self.json.truncate(before);
            return Ok(false);
        }
        self.escaped = escaped;
        Ok(true)
    }

    /// The array's JSON.
    ///
    /// # Errors
    /// 500 where it is not UTF-8, which a writer of JSON never leaves behind.
    pub fn finish(mut self) -> Result<String, Problem> {
        self.json.push(b']');
        String::from_utf8(self.json).map_err(Problem::internal)
    }
}

impl Default for JsonArray {
    fn default() -> Self {
        Self::new()
    }
}

/// What JSON takes inside a JSON string: quotes and backslashes grow. Control characters do not
/// occur, they stand escaped in it already.
fn escaped_bytes(json: &[u8]) -> usize {
    json.len() + json.iter().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quick to test and large enough for texts of every kind.
    const BOUND: usize = 5_000;

    fn array(items: &[String]) -> (String, usize) {
        let mut array = JsonArray::with_bound(BOUND);
        let added = items.iter().take_while(|item| array.push(item).unwrap()).count();
        (array.finish().unwrap(), added)
    }

    #[test]
    fn a_page_is_a_plain_array() {
        assert_eq!(array(&[]).0, "[]");
        assert_eq!(array(&["a".to_owned()]).0, r#"["a"]"#);
        assert_eq!(array(&["a".to_owned(), "\"\n".to_owned()]).0, r#"["a","\"\n"]"#);
    }

    /// Bytes of the page as a JSON string.
    fn escaped(json: &str) -> usize {
        serde_json::to_string(json).unwrap().len()
    }

    #[test]
    fn a_page_stays_under_its_bound_as_it_stands_escaped_inside_the_answer() {
        for text in ["x", "\"", "\\", "\0", "\n", "é", "\u{2028}", "🦀", "a\"\0🦀\\"] {
            let item = text.repeat(400 / text.len());
            let (json, added) = array(&vec![item.clone(); 20]);
            assert!(escaped(&json) < BOUND, "{text:?}");
            let all_items = vec![item; 20];
            let (shown, _) = all_items.split_at(added);
            assert_eq!(json, serde_json::to_string(shown).unwrap(), "{text:?}");
            if added < 20 {
                let (one_more, _) = all_items.split_at(added + 1);
                let one_more = escaped(&serde_json::to_string(one_more).unwrap());
                assert!(one_more >= BOUND, "{text:?}");
            }
        }
    }

    #[test]
    fn a_page_s_bound_is_5_mb() {
        assert_eq!(JsonArray::new().bound, 5_000_000);
    }

    #[test]
    fn the_first_item_always_fits() {
        let large = "\0".repeat(BOUND);
        assert_eq!(array(&[large.clone(), large]).1, 1);
    }

    #[test]
    fn the_bound_is_exact() {
        let frame = escaped(r#"["",""]"#);
        for (bytes, added) in [(BOUND - 1, 2), (BOUND, 1), (BOUND + 1, 1)] {
            let items = [String::new(), "x".repeat(bytes - frame)];
            assert_eq!(escaped(&serde_json::to_string(&items).unwrap()), bytes);
            assert_eq!(array(&items).1, added, "{bytes}");
        }
    }
}
