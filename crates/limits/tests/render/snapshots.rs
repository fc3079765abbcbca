//! Whole outputs, compared with files. After a change that is meant: `UPDATE=1 cargo test -p ajo-limits`.
//!
//! They are plain files, so that each can be looked at as what it is; the crate insta would add a head of its own to them.

use std::path::PathBuf;

use ajo_limits::{Format, Report, Style, render};

use crate::samples;

fn check(format: Format, ending: &str, style: Style) {
    for (name, report) in samples::all() {
        compare(&format!("{name}.{ending}"), &render(&report, format, &samples::sources, style));
    }
}

fn compare(name: &str, rendered: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, rendered).expect("written");
    }
    // A checkout on Windows may have other ends of lines.
    let written = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(rendered, written, "{name}: after a change that is meant, UPDATE=1");
}

#[test]
fn text_is_as_written() {
    check(Format::Text, "txt", Style::default());
}

#[test]
fn text_for_a_narrow_terminal_with_colours_is_as_written() {
    check(Format::Text, "narrow.ansi", Style { color: true, width: 60 });
}

#[test]
fn json_is_as_written() {
    check(Format::Json, "json", Style::default());
}

#[test]
fn markdown_is_as_written() {
    check(Format::Markdown, "md", Style::default());
}

#[test]
fn the_commands_of_github_are_as_written() {
    check(Format::Github, "github.txt", Style::default());
}

#[test]
fn sarif_is_as_written() {
    check(Format::Sarif, "sarif", Style::default());
}

#[test]
fn junit_is_as_written() {
    check(Format::Junit, "xml", Style::default());
}

#[test]
fn a_saved_report_is_read_back_as_it_was() {
    for (name, report) in samples::all() {
        let text = render(&report, Format::Json, &|_| None, Style::default());
        assert_eq!(serde_json::from_str::<Report>(&text).expect(name), report, "{name}");
    }
}
