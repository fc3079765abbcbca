//! The option `--field`, with the types of `gh api`.

use serde_json::{Map, Value};

use crate::command_error::CommandError;

/// Splits `name=value`.
pub(super) fn parse_field(text: &str) -> Result<(&str, &str), CommandError> {
    text.split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| CommandError::new(format!("--field `{text}` is not NAME=VALUE")).into_usage_error())
}

/// The JSON object of a body.
pub(super) fn to_object(fields: &[(&str, &str)]) -> Result<Value, CommandError> {
    let mut object = Map::new();
    for (name, value) in fields {
        if name.contains(['[', ']']) {
            return Err(CommandError::new(format!("--field `{name}`: nested values and lists are not supported"))
                .with_hint("write the body as JSON, and pass it with --input FILE or --input -")
                .into_usage_error());
        }
        if object.insert((*name).to_owned(), to_value(value)).is_some() {
            return Err(CommandError::new(format!("--field `{name}` is given twice")).into_usage_error());
        }
    }
    Ok(Value::Object(object))
}

/// `true`, `false`, `null`, and integers as JSON writes them are values of these types, everything else is a string.
fn to_value(text: &str) -> Value {
    let typed: Option<Value> = serde_json::from_str(text).ok().filter(|_| text.trim() == text);
    typed.filter(|it| it.is_null() || it.is_boolean() || it.is_i64() || it.is_u64()).unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_types() {
        for (text, expected) in [
            ("true", json!(true)),
            ("false", json!(false)),
            ("null", json!(null)),
            ("5", json!(5)),
            ("-7", json!(-7)),
            ("18446744073709551615", json!(u64::MAX)),
        ] {
            assert_eq!(to_value(text), expected, "{text}");
        }
        // Text that another form of the value would change.
        for text in [
            "",
            "a=b",
            "007",
            "+5",
            "1.0",
            "1e3",
            "-0",
            " 5",
            "5 ",
            "True",
            " true",
            "\"a\"",
            "{}",
            "[1]",
            "18446744073709551616",
        ] {
            assert_eq!(to_value(text), json!(text), "{text}");
        }
    }

    #[test]
    fn body_has_all_fields() {
        let object = to_object(&[("b", "1"), ("a", "x=y"), ("c.d", "true")]).expect("an object");
        assert_eq!(object.to_string(), r#"{"b":1,"a":"x=y","c.d":true}"#);
        for fields in [[("a", "1"), ("a", "2")], [("a[b]", "1"), ("c", "2")], [("a[]", "1"), ("c", "2")]] {
            assert!(to_object(&fields).is_err(), "{fields:?}");
        }
    }
}
