//! The OpenAPI document as the judge of answers: each must be one that it describes.

use std::{collections::HashMap, path::Path, sync::OnceLock};

use jsonschema::Validator;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::Answer;

/// The document, with the schemas that were compiled for it.
struct Document {
    root: Value,
    validators: HashMap<String, Validator>,
}

/// Checks that the document describes an answer: its status, its headers, its media type and its
/// content. The target is a path below the base, with its query.
///
/// What a gateway answers by itself is not described: its errors are no problem documents.
#[track_caller]
pub(crate) fn assert_described(method: &str, target: &str, answer: &Answer) {
    let media_type = answer.header("content-type").unwrap_or_default();
    let of_a_gateway = answer.status >= 400 && media_type != "application/problem+json";
    let preflight = answer.status == 204;
    if of_a_gateway || preflight {
        return;
    }
    let path = target.split('?').next().unwrap_or_default();
    let Some(response) = Document::get().response(method, path, answer.status) else {
        panic!("the OpenAPI document does not describe this: {answer:?}");
    };
    Document::get().assert_headers(&response, answer);
    // HEAD, 303 and 304 have no body; one that is compressed is compared with the plain one by its
    // own test.
    if !answer.body.is_empty() && answer.header("content-encoding").is_none() {
        Document::get().assert_content(&response, media_type, answer);
    }
}

/// The document as it stands in the repository.
pub fn openapi_document() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/openapi.yaml");
    let yaml = std::fs::read_to_string(path).expect("infra/openapi.yaml");
    serde_saphyr::from_str(&yaml).expect("YAML")
}

impl Document {
    fn get() -> &'static Self {
        static DOCUMENT: OnceLock<Document> = OnceLock::new();
        DOCUMENT.get_or_init(|| {
            let root = openapi_document();
            let mut document = Self { validators: HashMap::new(), root };
            document.compile();
            document
        })
    }

    /// Compiles every schema that a response has, by its text.
    fn compile(&mut self) {
        let mut schemas = Vec::new();
        collect(&self.root["paths"], &mut schemas);
        collect(&self.root["components"], &mut schemas);
        for schema in schemas {
            let text = schema.to_string();
            let mut whole = schema.clone();
            whole["components"] = self.root["components"].clone();
            let validator = jsonschema::draft202012::new(&whole)
                .unwrap_or_else(|error| panic!("{text} is no schema: {error}"));
            self.validators.insert(text, validator);
        }
    }

    /// What a response of the document is: of the operation, or of every path and method.
    fn response(&self, method: &str, path: &str, status: u16) -> Option<Value> {
        let method = if method == "HEAD" { "get" } else { &*method.to_lowercase() };
        let operation = self.path_item(path).and_then(|item| item.get(method));
        let response = match (operation, status) {
            (Some(operation), _) => operation["responses"].get(status.to_string())?,
            (None, 404) => &self.root["components"]["responses"]["NotFound"],
            (None, 405) => &self.root["components"]["responses"]["MethodNotAllowed"],
            (None, _) => return None,
        };
        Some(self.resolved(response))
    }

    /// The entry of `paths` that a path matches; one without parameters comes first.
    fn path_item(&self, path: &str) -> Option<&Value> {
        let path = if path == "/" { path } else { path.strip_suffix('/').unwrap_or(path) };
        let paths = self.root["paths"].as_object()?;
        let matching = paths.iter().filter(|(template, _)| matches(template, path));
        matching.min_by_key(|(template, _)| template.matches('{').count()).map(|(_, item)| item)
    }

    fn resolved(&self, value: &Value) -> Value {
        match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            Some(pointer) => {
                self.root.pointer(pointer).expect("a reference leads somewhere").clone()
            }
            None => value.clone(),
        }
    }

    #[track_caller]
    fn assert_headers(&self, response: &Value, answer: &Answer) {
        let empty = json!({});
        let headers = response.get("headers").unwrap_or(&empty).as_object().expect("headers");
        for (name, header) in headers {
            let header = self.resolved(header);
            match answer.header(&name.to_lowercase()) {
                None => assert_ne!(header["required"], true, "{name} is missing: {answer:?}"),
                Some(text) => {
                    // A header's number is written as a text.
                    let number = header["schema"]["type"] == "integer";
                    let value = match text.parse::<u64>() {
                        Ok(integer) if number => json!(integer),
                        _ => json!(text),
                    };
                    self.assert_valid(&header["schema"], &value, answer);
                }
            }
        }
        for name in ["link", "location", "etag", "retry-after", "allow", "www-authenticate"] {
            let described = headers.keys().any(|known| known.eq_ignore_ascii_case(name));
            assert!(
                described || answer.header(name).is_none(),
                "{name} is not described: {answer:?}"
            );
        }
    }

    #[track_caller]
    fn assert_content(&self, response: &Value, media_type: &str, answer: &Answer) {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let content = response["content"].get(essence);
        let content = content.unwrap_or_else(|| panic!("{essence} is not described: {answer:?}"));
        if let Some(schema) = content.get("schema") {
            let value = serde_json::from_slice(&answer.body)
                .unwrap_or_else(|error| panic!("{error}: {answer:?}"));
            self.assert_valid(schema, &value, answer);
        }
    }

    #[track_caller]
    fn assert_valid(&self, schema: &Value, value: &Value, answer: &Answer) {
        let validator = self.validators.get(&schema.to_string()).expect("every schema is compiled");
        if let Err(error) = validator.validate(value) {
            panic!("not as the OpenAPI document says: {error}: {answer:?}");
        }
    }
}

fn collect<'a>(value: &'a Value, schemas: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            schemas.extend(members.get("schema"));
            members.values().for_each(|member| collect(member, schemas));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, schemas)),
        _ => {}
    }
}

/// Whether a path has a template's segments, however it spells them; one in braces stands for any.
fn matches(template: &str, path: &str) -> bool {
    let (mut expected, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(segment), Some(text)) if percent_decode_str(text).eq(segment.bytes()) => {}
            (Some(segment), Some(text)) if segment.starts_with('{') && !text.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use chat::model::ApplicationName;

    use super::*;

    /// What every answer carries is asked for in every answer of every operation.
    #[test]
    fn the_document_has_the_headers_of_every_answer() {
        let document = Document::get();
        let of_operations = document.root["paths"].as_object().unwrap().values().flat_map(|path| {
            let operations = path.as_object().unwrap().values();
            operations.filter_map(|operation| operation.get("responses")?.as_object())
        });
        let of_all = document.root["components"]["responses"].as_object();
        let responses: Vec<(&String, Value)> = of_operations
            .chain(of_all)
            .flatten()
            .map(|(name, response)| (name, document.resolved(response)))
            .collect();
        assert!(responses.len() > 100, "{}", responses.len());
        for (name, response) in responses {
            for (header, value) in [
                ("Cache-Control", "no-store"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Content-Type-Options", "nosniff"),
            ] {
                let described = document.resolved(&response["headers"][header]);
                assert_eq!(described["required"], true, "{header} of {name}");
                let validator = jsonschema::draft202012::new(&described["schema"]).unwrap();
                assert!(validator.is_valid(&json!(value)), "{header} of {name}");
                assert!(!validator.is_valid(&json!("another")), "{header} of {name}");
            }
        }
    }

    /// The names of one character that are allowed, by their code points: for each, the pattern of
    /// the document and the code say the same.
    #[test]
    fn the_documents_pattern_of_a_name_is_what_the_code_accepts() {
        let root = openapi_document();
        let schema = &root["components"]["schemas"]["Name"];
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let differs = |character: &char| {
            let name = character.to_string();
            validator.is_valid(&json!(name)) != ApplicationName::new(name).is_ok()
        };
        let differing: Vec<char> = (char::MIN..=char::MAX).filter(differs).collect();
        assert!(differing.is_empty(), "{differing:?}");
        for (name, allowed) in [
            ("a\n", false),
            ("\u{200b}a\u{3164}", true),
            ("\u{200b}\u{3164}", false),
            ("a b", true),
        ] {
            assert_eq!(validator.is_valid(&json!(name)), allowed, "{name:?}");
            assert_eq!(ApplicationName::new(name.to_owned()).is_ok(), allowed, "{name:?}");
        }
    }
}
