//! The type and the constraints of a schema, in words.

use serde_json::Value;

use super::markdown_text::{code_span, to_anchor};

/// The name of the schema that a schema refers to, in JSON Schema or `OpenAPI`.
pub(super) fn referenced_name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// The alternatives of a schema, without `null`.
pub(super) fn alternatives(schema: &Value) -> Vec<&Value> {
    let lists = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema[key].as_array());
    lists.flatten().filter(|alternative| alternative["type"] != "null").collect()
}

/// The type with its constraints, as Markdown. A named schema becomes a link to its section.
pub(super) fn describe_type(schema: &Value) -> String {
    if let Some(name) = referenced_name(schema) {
        return format!("[{name}](#{})", to_anchor(name));
    }
    if let Some(value) = schema.get("const") {
        return code_span(&value.to_string());
    }
    if let Some(values) = schema["enum"].as_array() {
        return list_values(values);
    }
    if let Some(values) = schema["x-extensible-enum"].as_array() {
        return format!("{}, or another string", list_values(values));
    }
    let alternatives = alternatives(schema);
    if !alternatives.is_empty() {
        return describe_alternatives(&alternatives);
    }
    let constraints = constraints(schema);
    [vec![base_type(schema)], constraints].concat().join(", ")
}

/// `enum` and `string` together list the known values of an open enum.
fn describe_alternatives(alternatives: &[&Value]) -> String {
    if let [known, other] = alternatives
        && let Some(values) = known["enum"].as_array()
        && other["type"] == "string"
    {
        return format!("{}, or another string", list_values(values));
    }
    let mut types: Vec<String> = alternatives.iter().map(|alternative| describe_type(alternative)).collect();
    types.dedup();
    types.join(" or ")
}

fn list_values(values: &[Value]) -> String {
    let shown = values.iter().map(|value| code_span(&show_value(value)));
    shown.collect::<Vec<_>>().join(", ")
}

/// A JSON value, as a person writes it: a string without quotes.
pub(super) fn show_value(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn base_type(schema: &Value) -> String {
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect(),
        _ => vec![],
    };
    match names.as_slice() {
        ["array"] => format!("list of {}", describe_type(&schema["items"])),
        ["object"] if schema["additionalProperties"].is_object() => {
            format!("map of {}", describe_type(&schema["additionalProperties"]))
        }
        [] => "any".to_owned(),
        names => names.join(" or "),
    }
}

fn constraints(schema: &Value) -> Vec<String> {
    let mut constraints = Vec::new();
    // The bounds of Rust's integer types say nothing.
    let is_unsigned = schema["format"].as_str().is_some_and(|format| format.starts_with("uint"));
    let bound = |key: &str| schema[key].as_i64().filter(|_| !is_unsigned);
    match (bound("minimum"), bound("maximum")) {
        (Some(min), Some(max)) => constraints.push(format!("{min} to {max}")),
        (Some(min), None) => constraints.push(format!("at least {min}")),
        (None, Some(max)) => constraints.push(format!("at most {max}")),
        (None, None) => {}
    }
    match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
        (Some(min), Some(max)) => constraints.push(format!("{min} to {max} characters")),
        (Some(1), None) => constraints.push("not empty".to_owned()),
        (Some(min), None) => constraints.push(format!("at least {min} characters")),
        (None, Some(max)) => constraints.push(format!("at most {max} characters")),
        (None, None) => {}
    }
    if schema["format"] == "date-time" {
        constraints.push("RFC 3339".to_owned());
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        constraints.push(format!("matches {}", code_span(pattern)));
    }
    if schema["uniqueItems"] == true {
        constraints.push("without duplicates".to_owned());
    }
    if schema["maxProperties"] == 0 {
        constraints.push("empty".to_owned());
    }
    constraints
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn type_is_described() {
        for (schema, expected) in [
            (json!({"type": "integer", "minimum": 200, "maximum": 5000}), "integer, 200 to 5000"),
            (json!({"type": ["integer", "null"], "format": "uint32", "minimum": 0}), "integer"),
            (
                json!({"type": "array", "items": {"$ref": "#/definitions/MaximumRule"}}),
                "list of [MaximumRule](#maximumrule)",
            ),
            (json!({"anyOf": [{"$ref": "#/components/schemas/Uid"}, {"type": "null"}]}), "[Uid](#uid)"),
            (json!({"type": "object", "additionalProperties": {"type": "string"}}), "map of string"),
            (json!({"anyOf": [{"enum": ["GET"]}, {"type": "string"}]}), "`GET`, or another string"),
            (json!({"type": "string", "x-extensible-enum": ["ok", "error"]}), "`ok`, `error`, or another string"),
            (json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}), "string or integer"),
            (json!({"type": "string", "minLength": 1, "pattern": "a|b"}), r"string, not empty, matches `a\|b`"),
            (json!({"const": 1}), "`1`"),
            (json!({"description": "anything"}), "any"),
        ] {
            assert_eq!(describe_type(&schema), expected, "{schema}");
        }
    }
}
