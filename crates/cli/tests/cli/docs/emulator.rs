//! Runs the commands in `docs/emulator.md`.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::run_page;
use crate::support::{ajo_command, print_skipped};

#[test]
fn commands_on_the_page_run() {
    for program in ["bash", "curl"] {
        if Command::new(program).arg("--version").stdout(Stdio::null()).status().is_err() {
            return print_skipped(&format!("{program} is not available"));
        }
    }
    let folder = TempDir::new().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port().to_string();
    let mut ajo = ajo_command(&[]);
    ajo.current_dir(folder.path()).env("AJO_EMULATOR_URL", format!("http://127.0.0.1:{port}"));
    let page_run = run_page("docs/emulator.md", &ajo, |block| Some(block.replace("4010", &port)));
    assert!(page_run.block_count > 7, "{} blocks", page_run.block_count);
    assert!(page_run.output.contains("state        deployed"), "{}", page_run.output);
}
