//! A page's JSON array, which ends before the function's answer would grow too large.

use serde::Serialize;

use super::Problem;

/// Largest JSON of a page, in bytes, as it stands escaped inside the function's answer. Lambda
/// takes answers of 6 MB; what is left is room for the headers.
const MAX_ESCAPED_BYTES: usize = 5_000_000;

/// An array that grows by one item at a time.
#[derive(Debug)]
pub struct JsonArray {
    json: Vec<u8>,
    /// Bytes of `json` when it stands in a JSON text itself.
    escaped: usize,
}

impl JsonArray {
    /// An array without items.
    pub fn new() -> Self {
        Self { json: vec![b'['], escaped: 1 }
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
        let added = self.json.iter().skip(before).map(escaped_bytes).sum::<usize>();
        let closing_bracket = 1;
        if before > 1 && self.escaped + added + closing_bracket > MAX_ESCAPED_BYTES {
            self.json.truncate(before);
            return Ok(false);
        }
        self.escaped += added;
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

/// Control characters stand escaped in the JSON already, so only these two grow again.
const fn escaped_bytes(byte: &u8) -> usize {
    match byte {
        b'"' | b'\\' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Response;

    fn array(items: &[String]) -> (String, usize) {
        let mut array = JsonArray::new();
        let added = items.iter().take_while(|item| array.push(item).unwrap()).count();
        (array.finish().unwrap(), added)
    }

    #[test]
    fn a_page_is_a_plain_array() {
        assert_eq!(array(&[]).0, "[]");
        assert_eq!(array(&["a".to_owned()]).0, r#"["a"]"#);
        assert_eq!(array(&["a".to_owned(), "\"\n".to_owned()]).0, r#"["a","\"\n"]"#);
    }

    #[test]
    fn a_page_stays_under_5_mb_as_it_stands_escaped_inside_the_answer() {
        let empty = serde_json::to_string(&Response::ok(String::new())).unwrap().len();
        for text in ["x", "\"", "\\", "\0", "\n", "é", "\u{2028}", "🦀", "a\"\0🦀\\"] {
            let item = text.repeat(65_535 / text.len());
            let (json, added) = array(&vec![item.clone(); 100]);
            let answer = serde_json::to_string(&Response::ok(json.clone())).unwrap().len() - empty;
            assert!(answer <= MAX_ESCAPED_BYTES, "{text:?}: {answer}");
            let item_json = serde_json::to_string(&item).unwrap();
            let one_more = serde_json::to_string(&format!(",{item_json}")).unwrap().len() - 2;
            assert_eq!(added < 100, answer + one_more > MAX_ESCAPED_BYTES, "{text:?}: {added}");
            assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), vec![item; added]);
        }
    }

    #[test]
    fn the_first_item_always_fits() {
        let large = "\0".repeat(1_000_000);
        assert_eq!(array(&[large.clone(), large]).1, 1);
    }

    #[test]
    fn the_largest_page_has_exactly_the_bound() {
        // `["…","…"]` has 6 quotes less 2 outer ones: 4 of 2 bytes, 3 others.
        let fill = |bytes: usize| "x".repeat(bytes);
        assert_eq!(array(&[fill(1000), fill(MAX_ESCAPED_BYTES - 1000 - 11)]).1, 2);
        assert_eq!(array(&[fill(1000), fill(MAX_ESCAPED_BYTES - 1000 - 10)]).1, 1);
    }
}
