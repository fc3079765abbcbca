//! `docs/emulator.md`, typed from top to bottom.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::follow;
use crate::support::{ajo, skipped};

#[test]
fn the_commands_of_the_page_run() {
    for program in ["bash", "curl"] {
        if Command::new(program).arg("--version").stdout(Stdio::null()).status().is_err() {
            return skipped(&format!("there is no {program}"));
        }
    }
    let folder = TempDir::new().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port().to_string();
    let mut ajo = ajo(&[]);
    ajo.current_dir(folder.path()).env("AJO_EMULATOR_URL", format!("http://127.0.0.1:{port}"));
    let followed = follow("docs/emulator.md", &ajo, |block| Some(block.replace("4010", &port)));
    assert!(followed.blocks > 7, "{} blocks", followed.blocks);
    assert!(followed.printed.contains("state        deployed"), "{}", followed.printed);
}
