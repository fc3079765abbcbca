//! Text of others stands in every field that takes text, and does nothing but stand there.

use ajo_limits::Report;
use serde_json::Value;

use super::samples;
use crate::report::{Format, TextStyle};

/// What means something to a terminal, a log, a table, a page or a parser.
const HOSTILE: &str = "a\n::error::b\r\n##[stop-commands]%0A%, c: | `d` ``` ~~~ </details><script> --> ]]> & \" ' @everyone #1 \
                       [e](https://evil.example) ![f](x) **g** _h_ $i$ \\| \u{1b}[31m \u{9b}31m \u{7} \u{202e}j \u{2066} \
                       \u{200b} \u{2028} \u{7f} \0 \u{ffff} www.evil.example\n```\n| k |\n> l\n# m\n--> n:1:1";

/// What takes its place where the two are compared.
const PLAIN: &str = "plain";

/// Each report with every text of others replaced. What this project or the checks of `ajo_core` make stays.
fn with(text: &str) -> Vec<(&'static str, Report)> {
    const OURS: [&str; 15] = [
        "api", "command", "outcome", "severity", "uid", "kind", "step", "steps", "state", "why", "inForce", "digest",
        "vanished", "methods", "cause",
    ];
    fn replace(value: &mut Value, text: &str) {
        match value {
            Value::String(old) => text.clone_into(old),
            Value::Array(values) => values.iter_mut().for_each(|value| replace(value, text)),
            Value::Object(fields) => {
                let ours = |name: &str, value: &Value| OURS.contains(&name) && value.as_object().is_none();
                let fields = fields.iter_mut().filter(|(name, value)| !ours(name, value));
                fields.for_each(|(_, value)| replace(value, text));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let hostile = |(name, report): (_, Report)| {
        let mut value = serde_json::to_value(report).expect("JSON");
        replace(&mut value, text);
        (name, serde_json::from_value(value).unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    samples::all().into_iter().map(hostile).collect()
}

fn rendered(format: Format, check: impl Fn(&str, &str)) {
    // The part of a long line that is shown is the one around the mark.
    let line = "\u{1b}[31m \u{9b}31m \u{202e} \u{200b} \u{ffff} \0 ##[stop-commands]x ".repeat(10);
    let sources = |_: &str| Some(format!("{line}\n").repeat(20));
    for ((name, hostile), (_, plain)) in with(HOSTILE).into_iter().zip(with(PLAIN)) {
        let hostile = format.render(&hostile, &sources, TextStyle::default());
        assert!(!hostile.contains("##["), "{name}: {hostile}");
        assert!(hostile.chars().all(is_quiet), "{name}: {hostile:?}");
        check(&hostile, &format.render(&plain, &sources, TextStyle::default()));
    }
}

fn is_quiet(character: char) -> bool {
    character == '\n'
        || !(character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{ffff}'))
}

#[test]
fn text_has_no_line_that_nobody_meant() {
    rendered(Format::Text, |hostile, plain| {
        assert_eq!(hostile.lines().count(), plain.lines().count(), "{hostile}");
        assert!(!hostile.lines().any(|line| line.trim_start().starts_with("::")), "{hostile}");
    });
}

#[test]
fn text_with_colors_has_the_escape_sequences_of_ours_only() {
    for (name, report) in with(HOSTILE) {
        let text = Format::Text.render(&report, &|_| Some(HOSTILE.to_owned()), TextStyle { color: true, width: 80 });
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once('\u{1b}') {
            let (codes, end) = after.split_once('m').expect(name);
            assert!(
                codes.starts_with('[') && codes[1..].chars().all(|code| code.is_ascii_digit() || code == ';'),
                "{codes}"
            );
            rest = end;
        }
        assert!(text.chars().all(|character| character == '\u{1b}' || is_quiet(character)), "{text:?}");
    }
}

#[test]
fn json_is_the_report_and_nothing_else() {
    for (name, report) in with(HOSTILE) {
        let text = Format::Json.render(&report, &|_| None, TextStyle::default());
        assert_eq!(serde_json::from_str::<Report>(&text).expect(name), report);
    }
    rendered(Format::Json, |hostile, plain| assert_eq!(hostile.lines().count(), plain.lines().count()));
}

/// Code within a line is harmless: what stands between backticks becomes it.
fn without_code(text: &str) -> String {
    text.replace("<code>", "").replace("</code>", "")
}

#[test]
fn markdown_has_the_structure_of_ours_only() {
    rendered(Format::Markdown, |hostile, plain| {
        let (hostile, plain) = (without_code(hostile), without_code(plain));
        assert_eq!(hostile.lines().count(), plain.lines().count(), "{hostile}");
        let marker = hostile.lines().next().expect("a line");
        assert!(marker.starts_with("<!-- ") && marker.find("-->") == Some(marker.len() - 3), "{marker}");
        let mut diff = false;
        for (line, plain) in hostile.lines().zip(plain.lines()).skip(1) {
            if line.starts_with("```") {
                assert_eq!(line, plain);
                diff = line != "```";
            } else if diff {
                assert!(["- ", "+ ", "@@"].iter().any(|sign| line.starts_with(sign)), "{line}");
            } else {
                for sign in ['<', '>', '|', '`', '*', '_', '[', ']', '!', '#', '$', '~', '\\', '@'] {
                    // Our own texts have these in references to characters only.
                    let of = |line: &str| line.replace("&#", "").matches(sign).count();
                    assert_eq!(of(line), of(plain), "{sign} in {line}");
                }
                assert!(!line.contains("://") && !line.contains("www."), "{line}");
                let begin = |line: &str| line.chars().take(2).collect::<String>();
                assert_eq!(begin(line), begin(plain), "{line}");
            }
        }
        assert!(!diff);
    });
}

#[test]
fn the_runner_of_github_sees_our_commands_only() {
    rendered(Format::Github, |hostile, plain| {
        assert_eq!(hostile.lines().count(), plain.lines().count(), "{hostile}");
        for (line, plain) in hostile.lines().zip(plain.lines()) {
            // As the runner takes it apart: up to the next `::`, properties between commas.
            let parts = |line: &str| {
                let (head, _) = line.strip_prefix("::").and_then(|line| line.split_once("::")).expect("a command");
                let names = |property: &str| property.split_once('=').expect("a property").0.to_owned();
                let (name, properties) = head.split_once(' ').expect("properties");
                (name.to_owned(), properties.split(',').map(names).collect::<Vec<_>>())
            };
            assert_eq!(parts(line), parts(plain));
        }
    });
}

#[test]
fn sarif_has_as_many_results_and_no_link() {
    rendered(Format::Sarif, |hostile, plain| {
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["runs"][0]["results"].clone();
        let (hostile, plain) = (read(hostile), read(plain));
        assert_eq!(hostile.as_array().map(Vec::len), plain.as_array().map(Vec::len));
        for result in hostile.as_array().into_iter().flatten() {
            assert!(!result["message"]["text"].as_str().expect("a text").contains("]("), "{result}");
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a file");
            assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)), "{uri}");
        }
    });
}

#[test]
fn junit_has_the_elements_of_ours_only() {
    rendered(Format::Junit, |hostile, plain| {
        let elements = |text: &str| {
            let document = roxmltree::Document::parse(text).expect("XML");
            let name = |node: roxmltree::Node<'_, '_>| node.tag_name().name().to_owned();
            document.descendants().filter(roxmltree::Node::is_element).map(name).collect::<Vec<_>>()
        };
        assert_eq!(elements(hostile), elements(plain), "{hostile}");
    });
}

#[test]
fn a_comment_has_an_end() {
    let mut report = samples::every_change();
    let plan = report.plan.as_mut().expect("a plan");
    plan.changes = plan.changes.iter().cycle().take(1000).cloned().collect();
    let text = Format::Markdown.render(&report, &|_| None, TextStyle::default());
    assert!(text.len() <= 60_000, "{}", text.len());
    let end = text.lines().rev().take(3).collect::<Vec<_>>();
    assert!(end[0].starts_with("Digest: "), "{end:?}");
    assert!(
        end[2].starts_with("**Left out, because a comment has an end: ") && end[2].contains("of 1000 changes"),
        "{end:?}"
    );

    for (name, report) in with(&"\u{202e}".repeat(10_000)) {
        let text = Format::Markdown.render(&report, &|_| None, TextStyle::default());
        assert!(text.len() <= 60_000, "{name}: {}", text.len());
    }
}
