use super::*;

fn read(text: &str) -> Node {
    parse(&"f".into(), text).expect("YAML")
}

/// Where the values of a document stand, with the text that is marked.
fn marked(text: &str) -> Vec<(String, String)> {
    fn collect(node: &Node, text: &str, all: &mut Vec<(String, String)>) {
        let place = format!("{}:{}+{}", node.mark.line, node.mark.column, node.mark.length);
        match &node.is {
            Is::List(items) => items.iter().for_each(|item| collect(item, text, all)),
            Is::Map(map) => map.iter().for_each(|(name, value)| {
                collect(name, text, all);
                collect(value, text, all);
            }),
            _ => {
                let lines = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
                let line = lines.split('\n').nth(node.mark.line as usize - 1).expect("a line");
                let (from, count) = (node.mark.column as usize - 1, node.mark.length as usize);
                all.push((place, line.chars().skip(from).take(count).collect()));
            }
        }
    }
    let mut all = Vec::new();
    collect(&read(text), text, &mut all);
    all
}

fn texts(text: &str) -> Vec<String> {
    marked(text).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn every_value_and_name_is_marked_in_characters() {
    assert_eq!(
        texts("a: 1\nb:\n  - x: é\n    y: \"q\\\"ü\"  # c\n  - [1, {k: 'v'}]\n"),
        ["a", "1", "b", "x", "é", "y", "\"q\\\"ü\"", "1", "k", "'v'"]
    );
    assert_eq!(
        marked("emoji😀: 😀😀\nß: x\n"),
        [
            ("1:1+6".to_owned(), "emoji😀".to_owned()),
            ("1:9+2".to_owned(), "😀😀".to_owned()),
            ("2:1+1".to_owned(), "ß".to_owned()),
            ("2:4+1".to_owned(), "x".to_owned()),
        ]
    );
}

#[test]
fn neither_a_byte_order_mark_nor_the_ends_of_lines_move_a_place() {
    let unix = "a: é\nb:\n  - c: |\n      one\n      two\n    d: x\n";
    for other in [unix.replace('\n', "\r\n"), format!("\u{feff}{unix}"), unix.replace('\n', "\r")] {
        assert_eq!(marked(&other), marked(unix));
    }
}

#[test]
fn an_alias_knows_where_it_is_used_and_where_its_text_stands() {
    let document = read("a: &x\n  k: v\nb: *x\n");
    let value = document.find("/b/k").expect("there");
    assert_eq!((value.mark.line, value.mark.column), (2, 6));
    assert_eq!((value.used.line, value.used.column, value.used.length), (3, 4, 2));
}

#[test]
fn block_scalars_are_marked_at_their_first_line() {
    let document = read("t: |\n  one\n  two\nu: >-\n  fold\n  ed\n");
    assert_eq!(document.find("/t").map(|node| (node.mark.line, node.mark.column, node.mark.length)), Ok((2, 3, 3)));
    assert_eq!(document.find("/u").map(|node| (node.mark.line, node.text())), Ok((5, Some("fold ed"))));
}

#[test]
fn json_is_yaml() {
    assert_eq!(texts("{\n\t\"a\": {\"b\": [1, 2.5, null, true]}}"), ["\"a\"", "\"b\"", "1", "2.5", "null", "true"]);
}

#[test]
fn texts_that_look_like_truth_to_yaml_1_1_are_texts() {
    for text in ["on", "no", "y", ".nan", "2024-01-01", "1_000x"] {
        assert_eq!(read(text).text(), Some(text));
    }
    assert_eq!(read("~").is, Is::Null);
    assert_eq!(read("18446744073709551616").kind(), "a number");
}

#[test]
fn what_is_no_yaml_is_placed_and_said_without_control_characters() {
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
        let problem = parse(&"f".into(), text).expect_err(text);
        assert_eq!((problem.mark.line, problem.mark.column), (line, column), "{text}: {}", problem.message);
        assert!(!problem.message.contains(char::is_control), "{text}");
    }
}

#[test]
fn what_is_binary_large_or_deep_is_refused_and_soon() {
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
        ("a\0b", "the file is binary and no text"),
        (&"x".repeat(MAX_LENGTH + 1), "the file is longer than 4 MiB"),
        (&deep, "it is nested deeper than 16 levels"),
        (&deeper, "recursion limit exceeded"),
        (&bomb, "the file has more than 400000 values and names, with what its aliases repeat"),
    ] {
        assert_eq!(parse(&"f".into(), text).expect_err("refused").message, expected);
    }
}

#[test]
fn what_aliases_put_into_one_another_is_as_deep_as_it_comes_to() {
    let (open, close) = ("[".repeat(12), "]".repeat(12));
    let more = (1..60).map(|index| format!("a{index}: &a{index} {open}*a{}{close}\n", index - 1));
    let text = more.fold(format!("a0: &a0 {open}{close}\n"), |text, line| text + &line);
    let problem = parse(&"f".into(), &text).expect_err("deep");
    assert_eq!((problem.mark.line, problem.message.as_str()), (2, "it is nested deeper than 16 levels"));
}

#[test]
fn one_anchor_may_be_used_a_thousand_times() {
    assert!(parse(&"f".into(), &format!("a: &a {{x: 1}}\nb:\n{}", "- *a\n".repeat(1000))).is_ok());
    assert!(parse(&"f".into(), &format!("{}a: 1\n{}", "# c\n".repeat(1000), "# c\n".repeat(1000))).is_ok());
}
