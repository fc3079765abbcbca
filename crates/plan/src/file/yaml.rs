//! The one module that knows the YAML parser.

use std::fmt;
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{
    DuplicateKeyPolicy, Error, Location, MergeKeyPolicy, MessageFormatter as _, NonFiniteFloatPolicy, Options, Spanned,
    UserMessageFormatter,
};

use super::mark::{Mark, Marks};
use super::node::{Is, Node};
use super::tidy::escaped;

/// Most bytes of a file. Chosen here: a thousand limits are 300 KB.
const MAX_LENGTH: usize = 4 * 1024 * 1024;
/// Deepest nesting, a count. Chosen here: a limits file has six levels, and each takes 40 KB of the stack in a debug build.
const MAX_DEPTH: usize = 16;
/// Most values and names of a file, with what aliases repeat. Chosen here: a thousand limits are 20,000.
const MAX_NODES: usize = 400_000;

/// Why a text is no YAML document that can be used.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) mark: Mark,
}

/// Reads the one document of a text. Of an empty one it is nothing.
pub(crate) fn parse(file: &Rc<str>, text: &str) -> Result<Node, Problem> {
    let problem = |message: String| Problem { message, mark: Mark::start(file) };
    if text.len() > MAX_LENGTH {
        return Err(problem(format!("the file is longer than {} MiB", MAX_LENGTH / 1024 / 1024)));
    }
    if text.contains('\0') {
        return Err(problem("the file is binary and no text".to_owned()));
    }
    let marks = Marks::new(file, text);
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options()) {
        Ok(raw) => Ok(node(raw, &marks)),
        Err(error) => {
            let mark = error.location().map_or_else(|| Mark::start(file), |location| mark(location, &marks));
            Err(Problem { message: said(&error), mark })
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            // One anchor that a thousand limits use is no attack; what aliases repeat is bounded by itself.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
        emit_comments: false,
        // Found here, so that all are found, each with both places.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        // YAML 1.2: `on` and `no` are texts.
        strict_booleans: true,
        // `!include` would be read as the text after it.
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// A value as the parser gives it.
enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        // It is too large for every number that a limits file has, and stays a number.
        Ok(Number::from_i128(value).map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Number::from_u128(value).map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Number::from_f64(value).map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

fn node(raw: Spanned<Raw>, marks: &Marks<'_>) -> Node {
    let mark = mark(raw.defined, marks);
    let used = if raw.referenced == raw.defined { mark.clone() } else { self::mark(raw.referenced, marks) };
    let is = match raw.value {
        Raw::Null => Is::Null,
        Raw::Bool(value) => Is::Bool(value),
        Raw::Number(number) => Is::Number(number),
        Raw::Text(text) => Is::Text(text),
        Raw::List(items) => Is::List(items.into_iter().map(|item| node(item, marks)).collect()),
        Raw::Map(map) => {
            Is::Map(map.into_iter().map(|(name, value)| (node(name, marks), node(value, marks))).collect())
        }
    };
    Node { is, mark, used }
}

fn mark(location: Location, marks: &Marks<'_>) -> Mark {
    let index = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), length) => {
            let start = index(start);
            marks.between(start, start.saturating_add(index(length.unwrap_or_default())))
        }
        (None, _) => marks.at(index(location.line()), index(location.column())),
    }
}

/// What is wrong, in the parser's words where these are not about its own options.
fn said(error: &Error) -> String {
    match error.without_snippet() {
        Error::AliasError { error, .. } => said(error),
        Error::MultipleDocuments { .. } => "a second document begins here (`---`), and one is expected".to_owned(),
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            format!("it is nested deeper than {MAX_DEPTH} levels")
        }
        Error::Budget { .. } | Error::AliasReplayLimitExceeded { .. } | Error::AliasReplayStackDepthExceeded { .. } => {
            format!("the file has more than {MAX_NODES} values and names, with what its aliases repeat")
        }
        error => escaped(&UserMessageFormatter.format_message(error)),
    }
}

#[cfg(test)]
mod tests {
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
}
