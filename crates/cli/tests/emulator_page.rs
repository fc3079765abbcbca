//! `docs/emulator.md`, typed from top to bottom.
#![cfg(unix)]

mod support;

use std::net::TcpListener;
use std::process::Command;

use support::{Ran, ajo};
use tempfile::TempDir;

/// The shell blocks of the page, in their order.
fn blocks() -> Vec<String> {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/emulator.md")).expect("the page");
    let blocks = page.split("\n```").skip(1).step_by(2).filter_map(|part| part.strip_prefix("sh\n"));
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_commands_of_the_page_run() {
    for program in ["bash", "curl"] {
        if Command::new(program).arg("--version").output().is_err() {
            let reason = format!("skipped: the commands of docs/emulator.md, because there is no {program}\n");
            std::io::Write::write_all(&mut std::io::stderr(), reason.as_bytes()).expect("written");
            return;
        }
    }
    let folder = TempDir::new().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let blocks = blocks();
    assert!(blocks.len() > 7, "{} blocks", blocks.len());
    // Each block says that it is done, so that the one that fails is known.
    let marked =
        blocks.iter().enumerate().map(|(number, block)| format!("{block}\necho \"block {number} done\" >&2\n"));
    let script = marked.collect::<String>().replace("4010", &port.to_string());
    // A file and not a function of the shell: what runs in the background is then the command itself, and can be ended.
    let programs = folder.path().join("bin");
    std::fs::create_dir(&programs).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ajo"), programs.join("ajo")).expect("a link");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let script = format!("set -eu\ntrap 'kill $(jobs -p)' EXIT\n{script}");
    // Only for the variables that it takes away.
    let mut command = ajo(&[]);
    let variables: Vec<_> =
        command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    command = Command::new("bash");
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["-c", &script]).current_dir(folder.path()).env("PATH", path);
    command.env("AJO_EMULATOR_URL", format!("http://127.0.0.1:{port}"));
    let ran: Ran = command.output().expect("bash runs").into();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    assert!(ran.err.contains(&format!("block {} done", blocks.len() - 1)), "{}", ran.err);
    assert!(ran.out.contains("state        deployed"), "{}", ran.out);
}
