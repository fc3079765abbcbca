//! Writes JSON values as they were read.

use alloc::string::String;

use crate::json::{Value, write_string};

/// Appends a value. Numbers keep their digits.
pub(crate) fn write_json(value: &Value<'_>, json: &mut String) {
    match value {
        Value::Null => json.push_str("null"),
        Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        Value::Number(digits) => json.push_str(digits),
        Value::String(text) => write_string(json, text),
        Value::Array(items) => {
            json.push('[');
            for item in items {
                push_separator(json);
                write_json(item, json);
            }
            json.push(']');
        }
        Value::Object(fields) => {
            json.push('{');
            for (name, value) in fields {
                push_name(name, json);
                write_json(value, json);
            }
            json.push('}');
        }
    }
}

/// Appends a comma, except before the first item of a list or object.
fn push_separator(json: &mut String) {
    if !json.ends_with(['[', '{']) {
        json.push(',');
    }
}

/// Appends the name of the next field.
pub(crate) fn push_name(name: &str, json: &mut String) {
    push_separator(json);
    write_string(json, name);
    json.push(':');
}
