//! The report itself, for programs.

use super::escape::quiet_json;
use crate::Report;

pub(super) fn render(report: &Report) -> String {
    quiet_json(&serde_json::to_string_pretty(report).expect("texts, numbers and lists")) + "\n"
}
