//! The report as JSON.

use ajo_limits::CommandReport;

use crate::safe_text::SafeText;

pub(super) fn render(report: &CommandReport) -> SafeText {
    SafeText::json(&(serde_json::to_string_pretty(report).expect("a report always serializes") + "\n"))
}
