//! Writes JSON objects with known field names. A serializer would check each character of each name.

use ajo_engine::json::write_string;

/// Starts a field. The name must need no escapes.
pub(crate) fn push_name(json: &mut String, name: &'static str) {
    push_comma(json);
    json.push('"');
    json.push_str(name);
    json.push_str("\":");
}

/// Writes a comma, unless this is the first field.
pub(crate) fn push_comma(json: &mut String) {
    if !json.ends_with('{') {
        json.push(',');
    }
}

/// Writes a field whose value is a string.
pub(crate) fn push_field(json: &mut String, name: &'static str, text: &str) {
    push_name(json, name);
    write_string(json, text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fields_equal_those_of_serde_json(text in "[ -~]*|.*|[\\x00-\\x7f]*") {
            let mut json = String::from("{");
            push_field(&mut json, "a", &text);
            push_field(&mut json, "b", "");
            json.push('}');
            prop_assert_eq!(json, serde_json::json!({"a": text, "b": ""}).to_string());
        }
    }
}
