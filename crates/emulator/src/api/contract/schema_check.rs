//! Checks the JSON Schema keywords that the specifications use, in the `OpenAPI` 3.0 dialect. A test
//! fails when they use another.
//!
//! `docs/decisions/contract-mode-json-schema.md` says why this is not a general validator.

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::api::contract::openapi_document::OpenApiDocument;
use crate::api::json_pointer::escape_token;

/// Maximum number of problems reported for one value.
const MAX_PROBLEMS: usize = 20;

/// Keywords that are checked.
#[cfg(test)]
const CHECKED: [&str; 15] = [
    "$ref",
    "format",
    "items",
    "maxLength",
    "maxProperties",
    "maximum",
    "minLength",
    "minimum",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
    // Lists the values known today; any other is allowed.
    "x-extensible-enum",
];

/// Returns the problems of a value, each with its JSON pointer.
pub(super) fn check_schema(
    spec: &OpenApiDocument,
    schema: &Value,
    value: &Value,
    pointer: &str,
) -> Vec<(String, String)> {
    let mut check = SchemaCheck { spec, pointer: pointer.to_owned(), problems: Vec::new() };
    check.check_value(schema, value);
    check.problems.truncate(MAX_PROBLEMS);
    check.problems
}

struct SchemaCheck<'s> {
    spec: &'s OpenApiDocument,
    pointer: String,
    problems: Vec<(String, String)>,
}

impl SchemaCheck<'_> {
    fn report(&mut self, problem: impl Into<String>) {
        self.problems.push((self.pointer.clone(), problem.into()));
    }

    fn check_value(&mut self, schema: &Value, value: &Value) {
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let schema = self.spec.resolve_ref(schema);
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        if let Some(expected) = schema["type"].as_str()
            && !has_type(expected, value)
        {
            self.report(format!("is {}, but the specification has {expected}", json_type(value)));
            return;
        }
        if let Some(schemas) = schema["oneOf"].as_array() {
            let fits = |schema: &&Value| check_schema(self.spec, schema, value, "").is_empty();
            let count = schemas.iter().filter(fits).count();
            if count != 1 {
                self.report(format!(
                    "is {}, which matches {count} of the {} alternatives",
                    json_type(value),
                    schemas.len()
                ));
            }
        }
        match value {
            Value::Object(map) => self.check_object(schema, map),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.with_child(&index.to_string(), |this| this.check_value(&schema["items"], item));
                }
            }
            Value::String(text) => self.check_string(schema, text),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                if let Some(min) = schema["minimum"].as_f64().filter(|min| number < *min) {
                    self.report(format!("is less than {min}"));
                }
                if let Some(max) = schema["maximum"].as_f64().filter(|max| number > *max) {
                    self.report(format!("is more than {max}"));
                }
                if schema["format"] == "int64" && !(value.is_i64() || value.is_f64()) {
                    self.report("is not a 64-bit integer");
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_object(&mut self, schema: &Value, map: &Map<String, Value>) {
        let count = u64::try_from(map.len()).unwrap_or(u64::MAX);
        if let Some(max) = schema["maxProperties"].as_u64().filter(|max| count > *max) {
            self.report(format!("has more than {max} fields"));
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(name) {
                self.with_child(name, |this| this.report("is missing"));
            }
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = map.get(name) {
                self.with_child(name, |this| this.check_value(schema, value));
            }
        }
    }

    fn check_string(&mut self, schema: &Value, text: &str) {
        let length = || u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        if let Some(min) = schema["minLength"].as_u64().filter(|min| length() < *min) {
            self.report(format!("is shorter than {min}"));
        }
        if let Some(max) = schema["maxLength"].as_u64().filter(|max| length() > *max) {
            self.report(format!("is longer than {max}"));
        }
        if let Some(pattern) = schema["pattern"].as_str()
            && !Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
        {
            self.report(format!("does not match {pattern}"));
        }
    }

    fn with_child(&mut self, name: &str, run: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape_token(name));
        run(self);
        self.pointer.truncate(length);
    }
}

fn has_type(expected: &str, value: &Value) -> bool {
    match expected {
        // In JSON Schema, a number with a zero fraction is an integer.
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract().abs() < f64::EPSILON)
        }
        "number" => value.is_number(),
        expected => expected == json_type(value),
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ajo_core::Api;
    use serde_json::json;

    /// Keywords that constrain nothing.
    const ANNOTATIONS: [&str; 3] = ["default", "description", "example"];

    fn problems(schema: &Value, value: &Value) -> Vec<(String, String)> {
        check_schema(OpenApiDocument::for_api(Api::Capping), schema, value, "/body")
    }

    fn keywords(schema: &Value, found: &mut Vec<String>) {
        for (keyword, below) in schema.as_object().into_iter().flatten() {
            found.push(keyword.clone());
            match keyword.as_str() {
                "properties" => below.as_object().into_iter().flatten().for_each(|(_, it)| keywords(it, found)),
                "items" => keywords(below, found),
                "oneOf" => below.as_array().into_iter().flatten().for_each(|it| keywords(it, found)),
                _ => {}
            }
        }
    }

    #[test]
    fn specs_use_checked_keywords_only() {
        for api in [Api::Capping, Api::Throttling] {
            for (name, schema) in OpenApiDocument::for_api(api).schemas() {
                let mut used = Vec::new();
                keywords(schema, &mut used);
                for keyword in used {
                    let known = CHECKED.contains(&keyword.as_str()) || ANNOTATIONS.contains(&keyword.as_str());
                    assert!(known, "{api} {name} uses {keyword}");
                }
            }
        }
    }

    #[test]
    fn each_keyword_reports_its_pointer() {
        for (schema, good, bad, pointer, problem) in [
            (json!({"type": "integer"}), json!(1.0), json!("1"), "", "is string, but the specification has integer"),
            (json!({"type": "integer"}), json!(7), json!(1.5), "", "is number, but the specification has integer"),
            (json!({"format": "int64"}), json!(7), json!(u64::MAX), "", "is not a 64-bit integer"),
            (json!({"minimum": 1}), json!(1), json!(0), "", "is less than 1"),
            (json!({"maximum": 5000}), json!(5000), json!(5001), "", "is more than 5000"),
            (json!({"minLength": 1}), json!("é"), json!(""), "", "is shorter than 1"),
            (json!({"maxLength": 2}), json!("éé"), json!("ééé"), "", "is longer than 2"),
            (json!({"pattern": "^a+$"}), json!("aa"), json!("ab"), "", "does not match ^a+$"),
            (json!({"maxProperties": 1}), json!({"a": 1}), json!({"a": 1, "b": 2}), "", "has more than 1 fields"),
            (json!({"required": ["a/b"]}), json!({"a/b": null}), json!({}), "/a~1b", "is missing"),
            (
                json!({"items": {"type": "string", "nullable": true}}),
                json!(["a", null]),
                json!(["a", 1]),
                "/1",
                "is number, but the specification has string",
            ),
            (
                json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
                json!("a"),
                json!(true),
                "",
                "is boolean, which matches 0 of the 2 alternatives",
            ),
            (
                json!({"properties": {"r": {"$ref": "#/components/schemas/Rating"}}}),
                json!({"r": {"maxCallsCount": 1, "periodInMs": 1}}),
                json!({"r": {"maxCallsCount": 0, "periodInMs": 1}}),
                "/r/maxCallsCount",
                "is less than 1",
            ),
        ] {
            assert_eq!(problems(&schema, &good), [], "{schema}");
            assert_eq!(problems(&schema, &bad), [(format!("/body{pointer}"), problem.to_owned())], "{schema}");
        }
    }

    #[test]
    fn problems_are_limited() {
        let many = json!(vec![json!(1); 1000]);
        assert_eq!(problems(&json!({"items": {"type": "string"}}), &many).len(), MAX_PROBLEMS);
    }
}
