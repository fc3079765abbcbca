//! Untrusted text in every string field must have no effect in any format.

use ajo_limits::CommandReport;
use serde_json::Value;

use super::samples;
use crate::report::{OutputFormat, TextStyle};

/// Text with a special meaning for a terminal, a log, Markdown, HTML, or a parser.
const HOSTILE: &str = "a\n::error::b\r\n##[stop-commands]%0A%, c: | `d` ``` ~~~ </details><script> --> ]]> & \" ' @everyone #1 \
                       [e](https://evil.example) ![f](x) **g** _h_ $i$ \\| \u{1b}[31m \u{9b}31m \u{7} \u{202e}j \u{2066} \
                       \u{200b} \u{2028} \u{7f} \0 \u{ffff} www.evil.example\n```\n| k |\n> l\n# m\n--> n:1:1";

/// The harmless text for comparison.
const PLAIN: &str = "plain";

/// Each report with all untrusted strings replaced. Strings that this project generates stay.
fn reports_with(text: &str) -> Vec<(&'static str, CommandReport)> {
    const GENERATED_KEYS: [&str; 18] = [
        "api", "command", "outcome", "severity", "uid", "action", "step", "steps", "state", "reason", "live", "digest",
        "missing", "methods", "keep", "otherUid", "relation", "caveats",
    ];
    fn replace(value: &mut Value, text: &str) {
        match value {
            Value::String(old) => text.clone_into(old),
            Value::Array(values) => values.iter_mut().for_each(|value| replace(value, text)),
            Value::Object(fields) => {
                let is_generated =
                    |name: &str, value: &Value| GENERATED_KEYS.contains(&name) && value.as_object().is_none();
                let fields = fields.iter_mut().filter(|(name, value)| !is_generated(name, value));
                fields.for_each(|(_, value)| replace(value, text));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let hostile = |(name, report): (_, CommandReport)| {
        let mut value = serde_json::to_value(report).expect("JSON");
        replace(&mut value, text);
        (name, serde_json::from_value(value).unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    samples::all().into_iter().map(hostile).collect()
}

fn check_rendered(format: OutputFormat, check: impl Fn(&str, &str)) {
    // The renderer shows only the part of a long line around the annotation.
    let line = "\u{1b}[31m \u{9b}31m \u{202e} \u{200b} \u{ffff} \0 ##[stop-commands]x ".repeat(10);
    let sources = |_: &str| Some(format!("{line}\n").repeat(20));
    for ((name, hostile), (_, plain)) in reports_with(HOSTILE).into_iter().zip(reports_with(PLAIN)) {
        let hostile = format.render(&hostile, &sources, TextStyle::default()).into_string();
        assert!(!hostile.contains("##["), "{name}: {hostile}");
        assert!(hostile.chars().all(is_harmless), "{name}: {hostile:?}");
        check(&hostile, &format.render(&plain, &sources, TextStyle::default()).into_string());
    }
}

fn is_harmless(character: char) -> bool {
    character == '\n'
        || !(character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{ffff}'))
}

#[test]
fn text_has_no_extra_lines() {
    check_rendered(OutputFormat::Text, |hostile, plain| {
        assert_eq!(hostile.lines().count(), plain.lines().count(), "{hostile}");
        assert!(!hostile.lines().any(|line| line.trim_start().starts_with("::")), "{hostile}");
    });
}

#[test]
fn colored_text_has_only_own_escapes() {
    for (name, report) in reports_with(HOSTILE) {
        let text = OutputFormat::Text
            .render(&report, &|_| Some(HOSTILE.to_owned()), TextStyle { color: true, width: 80 })
            .into_string();
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once('\u{1b}') {
            let (codes, end) = after.split_once('m').expect(name);
            assert!(
                codes.starts_with('[') && codes[1..].chars().all(|code| code.is_ascii_digit() || code == ';'),
                "{codes}"
            );
            rest = end;
        }
        assert!(text.chars().all(|character| character == '\u{1b}' || is_harmless(character)), "{text:?}");
    }
}

#[test]
fn json_round_trips_untrusted_text() {
    for (name, report) in reports_with(HOSTILE) {
        let text = OutputFormat::Json.render(&report, &|_| None, TextStyle::default()).into_string();
        assert_eq!(serde_json::from_str::<CommandReport>(&text).expect(name), report);
    }
    check_rendered(OutputFormat::Json, |hostile, plain| assert_eq!(hostile.lines().count(), plain.lines().count()));
}

/// Removes inline code, which untrusted text can create with backticks and which is harmless.
fn without_code(text: &str) -> String {
    text.replace("<code>", "").replace("</code>", "")
}

#[test]
fn markdown_keeps_its_structure() {
    check_rendered(OutputFormat::Markdown, |hostile, plain| {
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
                    // Generated text has these only in character references.
                    let count = |line: &str| line.replace("&#", "").matches(sign).count();
                    assert_eq!(count(line), count(plain), "{sign} in {line}");
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
fn github_output_has_no_extra_commands() {
    check_rendered(OutputFormat::Github, |hostile, plain| {
        assert_eq!(hostile.lines().count(), plain.lines().count(), "{hostile}");
        for (line, plain) in hostile.lines().zip(plain.lines()) {
            // Parse like the runner: up to the next `::`, with comma-separated properties.
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
fn sarif_has_no_extra_results_or_links() {
    check_rendered(OutputFormat::Sarif, |hostile, plain| {
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
fn junit_has_no_extra_elements() {
    check_rendered(OutputFormat::Junit, |hostile, plain| {
        let elements = |text: &str| {
            let document = roxmltree::Document::parse(text).expect("XML");
            let name = |node: roxmltree::Node<'_, '_>| node.tag_name().name().to_owned();
            document.descendants().filter(roxmltree::Node::is_element).map(name).collect::<Vec<_>>()
        };
        assert_eq!(elements(hostile), elements(plain), "{hostile}");
    });
}

#[test]
fn comment_length_is_bounded() {
    let mut report = samples::all_changes();
    let plan = report.plan.as_mut().expect("a plan");
    plan.changes = plan.changes.iter().cycle().take(1000).cloned().collect();
    let text = OutputFormat::Markdown.render(&report, &|_| None, TextStyle::default()).into_string();
    assert!(text.len() <= 60_000, "{}", text.len());
    let end = text.lines().rev().take(3).collect::<Vec<_>>();
    assert!(end[0].starts_with("Digest: "), "{end:?}");
    assert!(
        end[2].starts_with("**Omitted to limit the length of this comment: ") && end[2].contains("of 1000 changes"),
        "{end:?}"
    );

    for (name, report) in reports_with(&"\u{202e}".repeat(10_000)) {
        let text = OutputFormat::Markdown.render(&report, &|_| None, TextStyle::default()).into_string();
        assert!(text.len() <= 60_000, "{name}: {}", text.len());
    }
}
