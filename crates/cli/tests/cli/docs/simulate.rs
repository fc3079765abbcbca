//! Runs the commands in `docs/simulate.md`.

use std::fs;

use tempfile::TempDir;

use super::{read_page, run_page, write_files};
use crate::support::ajo_command;

#[test]
fn commands_on_the_page_print_its_output() {
    let folder = TempDir::new().expect("a folder");
    write_files(&read_page("docs/simulate.md"), folder.path());
    let mut ajo = ajo_command(&[]);
    let page_run = run_page("docs/simulate.md", ajo.current_dir(folder.path()), |block| Some(block.to_owned()));
    assert!(page_run.block_count >= 5, "{} blocks", page_run.block_count);
    let svg = fs::read_to_string(folder.path().join("queue.svg")).expect("the chart");
    assert!(svg.starts_with("<svg ") && svg.contains("calls waiting"));
}
