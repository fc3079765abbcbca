//! The JSON Schema keywords that the specifications use, in the dialect of `OpenAPI` 3.0. A test fails when they use another.
//!
//! `docs/decisions/contract-mode-json-schema.md` says why this is not a general validator.

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::api::contract::spec::Spec;
use crate::api::json_pointer::escape_token;

/// Most problems that are told of one value. Chosen here.
const MOST: usize = 20;

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

/// Compares a value with a schema; each problem with where it is.
pub(super) fn check(spec: &Spec, schema: &Value, value: &Value, pointer: &str) -> Vec<(String, String)> {
    let mut check = Check { spec, pointer: pointer.to_owned(), problems: Vec::new() };
    check.value(schema, value);
    check.problems.truncate(MOST);
    check.problems
}

struct Check<'s> {
    spec: &'s Spec,
    pointer: String,
    problems: Vec<(String, String)>,
}

impl Check<'_> {
    fn tell(&mut self, problem: impl Into<String>) {
        self.problems.push((self.pointer.clone(), problem.into()));
    }

    fn value(&mut self, schema: &Value, value: &Value) {
        if self.problems.len() >= MOST {
            return;
        }
        let schema = self.spec.follow(schema);
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        if let Some(wanted) = schema["type"].as_str()
            && !is_of(wanted, value)
        {
            self.tell(format!("is {}, and the specification says {wanted}", type_of(value)));
            return;
        }
        if let Some(schemas) = schema["oneOf"].as_array() {
            let fits = |schema: &&Value| check(self.spec, schema, value, "").is_empty();
            let count = schemas.iter().filter(fits).count();
            if count != 1 {
                self.tell(format!("is {}, which fits {count} of the {} alternatives", type_of(value), schemas.len()));
            }
        }
        match value {
            Value::Object(map) => self.object(schema, map),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), |this| this.value(&schema["items"], item));
                }
            }
            Value::String(text) => self.text(schema, text),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                if let Some(least) = schema["minimum"].as_f64().filter(|least| number < *least) {
                    self.tell(format!("is less than {least}"));
                }
                if let Some(most) = schema["maximum"].as_f64().filter(|most| number > *most) {
                    self.tell(format!("is more than {most}"));
                }
                if schema["format"] == "int64" && !(value.is_i64() || value.is_f64()) {
                    self.tell("is no 64-bit integer");
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &Value, map: &Map<String, Value>) {
        let count = u64::try_from(map.len()).unwrap_or(u64::MAX);
        if let Some(most) = schema["maxProperties"].as_u64().filter(|most| count > *most) {
            self.tell(format!("has more than {most} fields"));
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(name) {
                self.below(name, |this| this.tell("is missing"));
            }
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = map.get(name) {
                self.below(name, |this| this.value(schema, value));
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str) {
        let length = || u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        if let Some(least) = schema["minLength"].as_u64().filter(|least| length() < *least) {
            self.tell(format!("is shorter than {least}"));
        }
        if let Some(most) = schema["maxLength"].as_u64().filter(|most| length() > *most) {
            self.tell(format!("is longer than {most}"));
        }
        if let Some(pattern) = schema["pattern"].as_str()
            && !Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
        {
            self.tell(format!("does not match {pattern}"));
        }
    }

    fn below(&mut self, name: &str, run: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape_token(name));
        run(self);
        self.pointer.truncate(length);
    }
}

fn is_of(wanted: &str, value: &Value) -> bool {
    match wanted {
        // By JSON Schema a number is an integer when nothing follows its point.
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract().abs() < f64::EPSILON)
        }
        "number" => value.is_number(),
        wanted => wanted == type_of(value),
    }
}

fn type_of(value: &Value) -> &'static str {
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

    /// Keywords that ask for nothing.
    const REMARKS: [&str; 3] = ["default", "description", "example"];

    fn problems(schema: &Value, value: &Value) -> Vec<(String, String)> {
        check(Spec::of(Api::Capping), schema, value, "/body")
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
    fn the_specifications_use_nothing_that_is_not_checked() {
        for api in [Api::Capping, Api::Throttling] {
            for (name, schema) in Spec::of(api).schemas() {
                let mut used = Vec::new();
                keywords(schema, &mut used);
                for keyword in used {
                    let known = CHECKED.contains(&keyword.as_str()) || REMARKS.contains(&keyword.as_str());
                    assert!(known, "{api} {name} uses {keyword}");
                }
            }
        }
    }

    #[test]
    fn each_keyword_is_told_where_it_is_not_kept() {
        for (schema, good, bad, pointer, problem) in [
            (json!({"type": "integer"}), json!(1.0), json!("1"), "", "is string, and the specification says integer"),
            (json!({"type": "integer"}), json!(7), json!(1.5), "", "is number, and the specification says integer"),
            (json!({"format": "int64"}), json!(7), json!(u64::MAX), "", "is no 64-bit integer"),
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
                "is number, and the specification says string",
            ),
            (
                json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
                json!("a"),
                json!(true),
                "",
                "is boolean, which fits 0 of the 2 alternatives",
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
    fn there_is_an_end_to_the_problems() {
        let many = json!(vec![json!(1); 1000]);
        assert_eq!(problems(&json!({"items": {"type": "string"}}), &many).len(), MOST);
    }
}
