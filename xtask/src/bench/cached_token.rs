//! A token that is there already, beside a cache written by hand.

use super::program;
use super::report::Report;
use crate::complain;

/// Measures.
pub(super) fn run() -> Result<String, String> {
    program::build()?;
    complain("==> a token that is there already");
    let mut report = Report::new("cached-token");
    report.read(&program::output("cached_token", &[])?)?;
    report.finish()
}
