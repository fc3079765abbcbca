//! Bounds the length of responses, and cleans their text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Maximum length of the data of a response in characters of JSON.
pub(crate) const MAX_CHARS: usize = 30_000;

/// Maximum length of a text in characters.
pub(crate) const MAX_TEXT_CHARS: usize = 2_000;

/// The lengths of lists to try.
const LIST_LENGTHS: [usize; 9] = [usize::MAX, 200, 100, 50, 20, 10, 5, 2, 1];

/// Objects have a known set of fields. Only one with more fields is cut like a list.
const MIN_CUT_FIELDS: usize = 60;

/// The value with every text and every name of a field cleaned by `safe_text`.
pub(crate) fn clean(value: Value, safe_text: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(safe_text(&text)),
        Value::Array(items) => items.into_iter().map(|item| clean(item, safe_text)).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (safe_text(&name), clean(value, safe_text)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}

/// The start of a text.
pub(crate) fn cut_text(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some((end, _)) => {
            let left_out = text[end..].chars().count();
            format!("{}… ({left_out} characters left out)", &text[..end])
        }
    }
}

/// Shortens lists and texts until the JSON has at most `max_chars` characters. Also returns the parts that were left out.
pub(crate) fn bound(value: &Value, max_chars: usize) -> (Value, Vec<String>) {
    for length in LIST_LENGTHS {
        let mut cut = Cut { length, left_out: BTreeMap::new() };
        let shorter = cut.value(value, "data");
        if shorter.to_string().chars().count() <= max_chars {
            let describe = |(path, (left_out, all)): (String, (usize, usize))| {
                format!("{path}: {left_out} of {all} items are left out")
            };
            return (shorter, cut.left_out.into_iter().map(describe).collect());
        }
    }
    (Value::Object(Map::new()), vec!["data: everything is left out, because it is too long".to_owned()])
}

/// Cuts lists to one length.
struct Cut {
    length: usize,
    /// The number of items that were left out and of all items, by path.
    left_out: BTreeMap<String, (usize, usize)>,
}

impl Cut {
    fn value(&mut self, value: &Value, path: &str) -> Value {
        match value {
            Value::String(text) => Value::String(cut_text(text, MAX_TEXT_CHARS)),
            Value::Array(items) => {
                self.count(path, items.len(), self.length);
                let path = format!("{path}[]");
                items.iter().take(self.length).map(|item| self.value(item, &path)).collect()
            }
            Value::Object(fields) => {
                let most = self.length.max(MIN_CUT_FIELDS);
                self.count(path, fields.len(), most);
                let fields = fields.iter().take(most);
                let shorter = fields.map(|(name, value)| {
                    let path = format!("{path}.{}", cut_text(name, 60));
                    (cut_text(name, MAX_TEXT_CHARS), self.value(value, &path))
                });
                Value::Object(shorter.collect())
            }
            other => other.clone(),
        }
    }

    fn count(&mut self, path: &str, all: usize, most: usize) {
        if all > most {
            let counted = self.left_out.entry(path.to_owned()).or_default();
            *counted = (counted.0 + all - most, counted.1 + all);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_value_is_complete() {
        let value = json!({"a": [1, 2, 3], "b": "text", "c": null});
        assert_eq!(bound(&value, 1000), (value, Vec::new()));
    }

    #[test]
    fn long_lists_are_cut() {
        let item = json!({"name": "x".repeat(50), "rows": [1, 2, 3]});
        let (short, left_out) = bound(&json!({"items": vec![item; 1000]}), 2000);
        let text = short.to_string();
        assert!(text.chars().count() <= 2000, "{}", text.len());
        assert_eq!(short["items"].as_array().map(Vec::len), Some(20));
        assert_eq!(left_out, ["data.items: 980 of 1000 items are left out"]);
    }

    #[test]
    fn nested_lists_are_counted() {
        let rows = json!([[1, 2, 3], [1, 2, 3]]);
        let mut cut = Cut { length: 1, left_out: BTreeMap::new() };
        assert_eq!(cut.value(&rows, "data"), json!([[1]]));
        assert_eq!(cut.left_out, [("data".to_owned(), (1, 2)), ("data[]".to_owned(), (2, 3))].into());
    }

    #[test]
    fn long_texts_and_objects_are_cut() {
        let (short, _) = bound(&json!({"a": "東".repeat(5000)}), MAX_CHARS);
        let text = short["a"].as_str().expect("a text");
        assert!(text.ends_with("… (3000 characters left out)") && text.starts_with(&"東".repeat(MAX_TEXT_CHARS)));
        let fields: Map<String, Value> =
            (0..5000).map(|index| (format!("{index:05}"), "x".repeat(20).into())).collect();
        let (short, left_out) = bound(&json!({ "fields": fields }), 3000);
        assert!(short.to_string().len() <= 3000 && left_out == ["data.fields: 4940 of 5000 items are left out"]);
    }

    #[test]
    fn endless_text_is_left_out() {
        let value = json!({"a": {"b": "x".repeat(1500)}});
        assert_eq!(bound(&value, 1000).0, json!({}));
        assert_eq!(bound(&value, 1000).1.len(), 1);
    }

    #[test]
    fn names_and_texts_are_cleaned() {
        let safe_text = |text: &str| text.replace('\u{1b}', "\\u{1b}");
        assert_eq!(clean(json!({"\u{1b}": ["\u{1b}", 1]}), &safe_text), json!({"\\u{1b}": ["\\u{1b}", 1]}));
    }
}
