//! `docs/simulate.md`, typed from top to bottom.

use std::fs;

use tempfile::TempDir;

use super::{follow, read, write_files};
use crate::support::ajo;

#[test]
fn the_page_shows_what_the_command_prints() {
    let folder = TempDir::new().expect("a folder");
    write_files(&read("docs/simulate.md"), folder.path());
    let mut ajo = ajo(&[]);
    let followed = follow("docs/simulate.md", ajo.current_dir(folder.path()), |block| Some(block.to_owned()));
    assert!(followed.blocks >= 5, "{} blocks", followed.blocks);
    let svg = fs::read_to_string(folder.path().join("queue.svg")).expect("the chart");
    assert!(svg.starts_with("<svg ") && svg.contains("calls waiting"));
}
