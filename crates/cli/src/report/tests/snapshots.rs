//! Compares complete outputs with files. Update them with `UPDATE=1 cargo test -p ajo`.
//!
//! Plain files can be opened in their native format; the crate insta would add a header.

use std::path::PathBuf;

use ajo_limits::{CommandOutcome, CommandReport, DriftReport};

use super::samples;
use crate::report::{OutputFormat, TextStyle};

fn check(format: OutputFormat, extension: &str, style: TextStyle) {
    for (name, report) in samples::all() {
        compare(&format!("{name}.{extension}"), &format.render(&report, &samples::sources, style).into_string());
    }
}

fn compare(name: &str, rendered: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/report/tests/snapshots").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, rendered).expect("written");
    }
    // A checkout on Windows may have CRLF line endings.
    let written = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(rendered, written, "{name}: update with UPDATE=1");
}

#[test]
fn text_matches_snapshot() {
    check(OutputFormat::Text, "txt", TextStyle::default());
}

#[test]
fn narrow_colored_text_matches_snapshot() {
    check(OutputFormat::Text, "narrow.ansi", TextStyle { color: true, width: 60 });
}

#[test]
fn json_matches_snapshot() {
    check(OutputFormat::Json, "json", TextStyle::default());
}

#[test]
fn markdown_matches_snapshot() {
    check(OutputFormat::Markdown, "md", TextStyle::default());
}

#[test]
fn github_commands_match_snapshot() {
    check(OutputFormat::Github, "github.txt", TextStyle::default());
}

#[test]
fn sarif_matches_snapshot() {
    check(OutputFormat::Sarif, "sarif", TextStyle::default());
}

#[test]
fn junit_matches_snapshot() {
    check(OutputFormat::Junit, "xml", TextStyle::default());
}

#[test]
fn json_report_round_trips() {
    for (name, report) in samples::all() {
        let text = OutputFormat::Json.render(&report, &|_| None, TextStyle::default()).into_string();
        assert_eq!(serde_json::from_str::<CommandReport>(&text).expect(name), report, "{name}");
    }
}

#[test]
fn clean_drift_is_one_line() {
    let report =
        CommandReport { drift: Some(DriftReport::default()), ..CommandReport::new("drift", CommandOutcome::Clean) };
    assert_eq!(OutputFormat::Text.render(&report, &|_| None, TextStyle::default()).into_string(), "No drift.\n");
}
