//! Compares the parser and the writer with `serde_json`.

use proptest::prelude::*;

use super::{ErrorPosition, JsonKind, JsonObject as _, JsonValue, MAX_DEPTH, parse, write_string};

fn is_same<A: JsonValue, B: JsonValue>(left: &A, right: &B) -> bool {
    let scalars = left.kind() == right.kind()
        && left.as_bool() == right.as_bool()
        && left.as_i64() == right.as_i64()
        && left.as_u64() == right.as_u64()
        && left.as_str() == right.as_str();
    let items = match (left.items(), right.items()) {
        (Some(left), Some(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (left, right) => left.is_none() && right.is_none(),
    };
    let fields = match (left.as_object(), right.as_object()) {
        (Some(left), Some(right)) => {
            let same = |(name, value): (&str, &A)| right.get(name).is_some_and(|other| is_same(value, other));
            left.entries().into_iter().all(same) && left.entries().len() == right.entries().len()
        }
        (left, right) => left.is_none() && right.is_none(),
    };
    scalars && items && fields
}

/// Parses one input with both parsers and compares the results.
fn compare(bytes: &[u8]) {
    let expected = serde_json::from_slice::<serde_json::Value>(bytes);
    let shown = String::from_utf8_lossy(bytes);
    match (parse(bytes, MAX_DEPTH), expected) {
        (Ok(value), Ok(expected)) => assert!(is_same(&value, &expected), "{shown}"),
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) => assert!(error.to_string().starts_with("number out of range"), "{shown}: {error}"),
        (Err(position), Ok(_)) => panic!("{shown}: rejected at {position:?}"),
    }
}

fn parts() -> impl Strategy<Value = Vec<String>> {
    let part = prop_oneof![
        prop::sample::select(
            [
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "\"",
                " ",
                "\n",
                "\t",
                "\r",
                "null",
                "true",
                "false",
                "nul",
                "-",
                "+",
                ".",
                "e",
                "E",
                "0",
                "00",
                "1",
                "12",
                "-0",
                "-1",
                "0.5",
                "1e3",
                "1E+2",
                "2e-1",
                "1e999",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775808",
                "-9223372036854775809",
                "18446744073709551615",
                "18446744073709551616",
                "\"a\"",
                "\"b\"",
                "\"\"",
                "{\"a\":",
                "\"a\":1",
                "[]",
                "{}",
                "\\",
                "\\u",
                "\\n",
                "\\/",
                "\\x",
                "\"\\ud83d\\ude00\"",
                "\"\\ud83d\"",
                "\"\\ude00\"",
                "\"\\u0041\"",
                "\"\\ud83d\\u0041\"",
                "é",
                "🦀",
                "\u{7f}",
                "\u{0}",
                "\u{1f}",
                "\u{feff}",
                "'",
                "/",
                "//",
                "#",
            ]
            .as_slice()
        )
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..12)
}

/// JSON text with duplicate names and white space.
fn text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(
            ["null", "true", "false", "0", "-0", "1.50", "-7", "1e2", "18446744073709551615"].as_slice()
        )
        .prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| serde_json::json!(number).to_string()),
        any::<String>().prop_map(|text| serde_json::json!(text).to_string()),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        let field = (prop::sample::select(["a", "b", "\\u0061", "é"].as_slice()), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(" , "))),
            prop::collection::vec(field, 0..5).prop_map(|fields| {
                let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":\n{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn fragments_parse_like_serde_json(parts in parts(), wrap in 0..3) {
        let text = parts.concat();
        compare(match wrap {
            0 => text,
            1 => format!("\"{text}\""),
            _ => format!("[{text}]"),
        }.as_bytes());
    }

    #[test]
    fn values_parse_like_serde_json(text in text(), cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        compare(text.as_bytes());
        let mut damaged = text.into_bytes();
        let index = cut.index(damaged.len());
        damaged[index] = byte;
        compare(&damaged);
        compare(&damaged[..index]);
    }

    #[test]
    fn strings_are_written_like_serde_json(text in any::<String>(), low in 0..0x80_u8) {
        let text = format!("{text}{}", char::from(low));
        let mut written = String::new();
        write_string(&mut written, &text);
        prop_assert_eq!(written, serde_json::to_string(&text).expect("a string"));
    }
}

#[test]
fn nesting_is_limited() {
    for depth in [1, 126, 127, 129, 200, 100_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            compare(format!("{}1{}", open.repeat(depth), close.repeat(depth)).as_bytes());
        }
    }
}

#[test]
fn error_has_line_and_column() {
    for (text, line, column) in [("", 1, 0), ("{\n  \"a\": [1 2]}", 2, 11), ("[1,\n\n", 3, 0), ("{} x", 1, 4)] {
        assert_eq!(parse(text.as_bytes(), MAX_DEPTH).err(), Some(ErrorPosition { line, column }), "{text}");
        let error = serde_json::from_str::<serde_json::Value>(text).expect_err("no JSON");
        assert_eq!((error.line(), error.column()), (line, column), "{text}");
    }
}

#[test]
fn last_field_of_a_name_wins() {
    let value = parse(br#"{"a": 1, "b": 2, "a": 3}"#, MAX_DEPTH).expect("an object");
    assert_eq!(JsonValue::get(&value, "a").and_then(JsonValue::as_i64), Some(3));
    let fields = JsonValue::as_object(&value).expect("an object");
    let entries: Vec<_> = fields.entries().into_iter().map(|(name, value)| (name, value.as_i64())).collect();
    assert_eq!(entries, [("b", Some(2)), ("a", Some(3))]);
    assert_eq!(value.kind(), JsonKind::Object);
}
