//! Writes JSON of which most is known to be plain: a serializer looks at each character of each text.

/// Begins a field of an object. Its name is of this source, and plain.
pub(crate) fn push_name(json: &mut String, name: &'static str) {
    push_comma(json);
    json.push('"');
    json.push_str(name);
    json.push_str("\":");
}

/// Parts a field from the one before, if there is one.
pub(crate) fn push_comma(json: &mut String) {
    if !json.ends_with('{') {
        json.push(',');
    }
}

/// Writes a text in quotes.
pub(crate) fn push_text(json: &mut String, text: &str) {
    // Counted, and not searched for the first: the compiler then compares many bytes at a time.
    if text.bytes().filter(|byte| matches!(byte, ..b' ' | b'"' | b'\\')).count() == 0 {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

/// Writes a field whose value is a text.
pub(crate) fn push_field(json: &mut String, name: &'static str, text: &str) {
    push_name(json, name);
    push_text(json, text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_the_serializer_writes(text in "[ -~]*|.*|[\\x00-\\x7f]*") {
            let mut json = String::from("{");
            push_field(&mut json, "a", &text);
            push_field(&mut json, "b", "");
            json.push('}');
            prop_assert_eq!(json, serde_json::json!({"a": text, "b": ""}).to_string());
        }
    }
}
