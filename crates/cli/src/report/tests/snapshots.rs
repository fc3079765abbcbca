//! Whole outputs, compared with files. After a change that is meant: `UPDATE=1 cargo test -p ajo`.
//!
//! They are plain files, so that each can be looked at as what it is; the crate insta would add a head of its own to them.

use std::path::PathBuf;

use ajo_limits::{Outcome, Report};

use super::samples;
use crate::report::{Format, TextStyle};

fn check(format: Format, ending: &str, style: TextStyle) {
    for (name, report) in samples::all() {
        compare(&format!("{name}.{ending}"), &format.render(&report, &samples::sources, style));
    }
}

fn compare(name: &str, rendered: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/report/tests/snapshots").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, rendered).expect("written");
    }
    // A checkout on Windows may have other ends of lines.
    let written = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(rendered, written, "{name}: after a change that is meant, UPDATE=1");
}

#[test]
fn text_is_as_written() {
    check(Format::Text, "txt", TextStyle::default());
}

#[test]
fn text_for_a_narrow_terminal_with_colors_is_as_written() {
    check(Format::Text, "narrow.ansi", TextStyle { color: true, width: 60 });
}

#[test]
fn json_is_as_written() {
    check(Format::Json, "json", TextStyle::default());
}

#[test]
fn markdown_is_as_written() {
    check(Format::Markdown, "md", TextStyle::default());
}

#[test]
fn the_commands_of_github_are_as_written() {
    check(Format::Github, "github.txt", TextStyle::default());
}

#[test]
fn sarif_is_as_written() {
    check(Format::Sarif, "sarif", TextStyle::default());
}

#[test]
fn junit_is_as_written() {
    check(Format::Junit, "xml", TextStyle::default());
}

#[test]
fn a_saved_report_is_read_back_as_it_was() {
    for (name, report) in samples::all() {
        let text = Format::Json.render(&report, &|_| None, TextStyle::default());
        assert_eq!(serde_json::from_str::<Report>(&text).expect(name), report, "{name}");
    }
}

#[test]
fn clean_drift_is_one_line() {
    let report = Report::new("drift", Outcome::Clean);
    assert_eq!(Format::Text.render(&report, &|_| None, TextStyle::default()), "No drift.\n");
}
