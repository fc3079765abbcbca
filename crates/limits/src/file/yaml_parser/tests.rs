use super::*;

fn parse_node(text: &str) -> YamlNode {
    parse_yaml(&"f".into(), text).expect("YAML")
}

/// The position and source text of every scalar in a document.
fn located_scalars(text: &str) -> Vec<(String, String)> {
    fn collect(node: &YamlNode, text: &str, all: &mut Vec<(String, String)>) {
        let location = format!("{}:{}+{}", node.span.line, node.span.column, node.span.length);
        match &node.value {
            YamlValue::Sequence(items) => items.iter().for_each(|item| collect(item, text, all)),
            YamlValue::Mapping(map) => map.iter().for_each(|(name, value)| {
                collect(name, text, all);
                collect(value, text, all);
            }),
            _ => {
                let lines = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
                let line = lines.split('\n').nth(node.span.line as usize - 1).expect("a line");
                let (from, count) = (node.span.column as usize - 1, node.span.length as usize);
                all.push((location, line.chars().skip(from).take(count).collect()));
            }
        }
    }
    let mut all = Vec::new();
    collect(&parse_node(text), text, &mut all);
    all
}

fn scalar_sources(text: &str) -> Vec<String> {
    located_scalars(text).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn spans_count_characters() {
    assert_eq!(
        scalar_sources("a: 1\nb:\n  - x: é\n    y: \"q\\\"ü\"  # c\n  - [1, {k: 'v'}]\n"),
        ["a", "1", "b", "x", "é", "y", "\"q\\\"ü\"", "1", "k", "'v'"]
    );
    assert_eq!(
        located_scalars("emoji😀: 😀😀\nß: x\n"),
        [
            ("1:1+6".to_owned(), "emoji😀".to_owned()),
            ("1:9+2".to_owned(), "😀😀".to_owned()),
            ("2:1+1".to_owned(), "ß".to_owned()),
            ("2:4+1".to_owned(), "x".to_owned()),
        ]
    );
}

#[test]
fn bom_and_line_endings_keep_spans() {
    let unix = "a: é\nb:\n  - c: |\n      one\n      two\n    d: x\n";
    for other in [unix.replace('\n', "\r\n"), format!("\u{feff}{unix}"), unix.replace('\n', "\r")] {
        assert_eq!(located_scalars(&other), located_scalars(unix));
    }
}

#[test]
fn alias_has_definition_and_use_span() {
    let document = parse_node("a: &x\n  k: v\nb: *x\n");
    let value = document.resolve_pointer("/b/k").expect("a value");
    assert_eq!((value.span.line, value.span.column), (2, 6));
    assert_eq!((value.reference_span.line, value.reference_span.column, value.reference_span.length), (3, 4, 2));
}

#[test]
fn block_scalar_span_is_first_line() {
    let document = parse_node("t: |\n  one\n  two\nu: >-\n  fold\n  ed\n");
    assert_eq!(
        document.resolve_pointer("/t").map(|node| (node.span.line, node.span.column, node.span.length)),
        Ok((2, 3, 3))
    );
    assert_eq!(document.resolve_pointer("/u").map(|node| (node.span.line, node.as_str())), Ok((5, Some("fold ed"))));
}

#[test]
fn json_is_yaml() {
    assert_eq!(
        scalar_sources("{\n\t\"a\": {\"b\": [1, 2.5, null, true]}}"),
        ["\"a\"", "\"b\"", "1", "2.5", "null", "true"]
    );
}

#[test]
fn yaml_1_1_booleans_are_strings() {
    for text in ["on", "no", "y", ".nan", "2024-01-01", "1_000x"] {
        assert_eq!(parse_node(text).as_str(), Some(text));
    }
    assert_eq!(parse_node("~").value, YamlValue::Null);
    assert_eq!(parse_node("18446744073709551616").type_name(), "a number");
}

#[test]
fn yaml_errors_have_location() {
    for (text, line, column) in [
        ("a: [1", 1, 4),
        ("a: b: c", 1, 5),
        ("a: 1\n---\nb: 2", 3, 1),
        ("x: 1\na: *x", 2, 4),
        ("a: \u{7}", 1, 4),
        ("ä: 'open", 1, 4),
        ("a: &a [*a]", 1, 8),
        ("a: !include b.yaml", 1, 13),
    ] {
        let error = parse_yaml(&"f".into(), text).expect_err(text);
        assert_eq!((error.span.line, error.span.column), (line, column), "{text}: {}", error.message);
        assert!(!error.message.contains(char::is_control), "{text}");
    }
}

#[test]
fn oversized_documents_are_rejected() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    let deeper = "[".repeat(100_000);
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &('b'..='i')
            .map(|name| {
                let before = char::from(u8::try_from(name).expect("ASCII") - 1);
                format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(", "))
            })
            .collect::<String>();
    for (text, expected) in [
        ("a\0b", "the file is binary"),
        ("a\0:\0 \x001\0", "the file is UTF-16 text; save it as UTF-8"),
        ("\0a\0:\0 \x001", "the file is UTF-16 text; save it as UTF-8"),
        (&"x".repeat(MAX_BYTES + 1), "the file is longer than 4 MiB"),
        (&deep, "nested deeper than 16 levels"),
        (&deeper, "recursion limit exceeded"),
        (&bomb, "the file has more than 400000 values and keys, counting alias expansions"),
    ] {
        assert_eq!(parse_yaml(&"f".into(), text).expect_err("too large").message, expected);
    }
}

#[test]
fn depth_counts_alias_expansions() {
    let (open, close) = ("[".repeat(12), "]".repeat(12));
    let more = (1..60).map(|index| format!("a{index}: &a{index} {open}*a{}{close}\n", index - 1));
    let text = more.fold(format!("a0: &a0 {open}{close}\n"), |text, line| text + &line);
    let error = parse_yaml(&"f".into(), &text).expect_err("deep");
    assert_eq!((error.span.line, error.message.as_str()), (2, "nested deeper than 16 levels"));
}

#[test]
fn anchor_may_be_used_often() {
    assert!(parse_yaml(&"f".into(), &format!("a: &a {{x: 1}}\nb:\n{}", "- *a\n".repeat(1000))).is_ok());
    assert!(parse_yaml(&"f".into(), &format!("{}a: 1\n{}", "# c\n".repeat(1000), "# c\n".repeat(1000))).is_ok());
}
