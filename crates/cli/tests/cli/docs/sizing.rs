//! Runs the commands in `docs/sizing.md`.

use std::fs;

use tempfile::TempDir;

use super::run_page;
use crate::support::ajo_command;

#[test]
fn page_leads_to_a_limits_file() {
    let folder = TempDir::new().expect("a folder");
    let mut ajo = ajo_command(&[]);
    let page_run = run_page("docs/sizing.md", ajo.current_dir(folder.path()), |block| Some(block.to_owned()));
    assert!(page_run.block_count >= 4, "{} blocks", page_run.block_count);
    for text in ["267/s", "allow only 167/s (50 connections ÷ 0.3 s; simulated 167/s)", "No problems in 1 file."] {
        assert!(page_run.output.contains(text), "{text}: {}", page_run.output);
    }
    let file = fs::read_to_string(folder.path().join("limits/prod.yaml")).expect("the limits file");
    let action = "action: { maxHttpConnections: 80, rating: { maxCallsCount: 200, periodInMs: 1000 } }";
    assert!(file.contains(action) && file.contains("url: https://partner.example.com/*"), "{file}");
}
