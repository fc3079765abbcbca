//! Runs the commands in `docs/limits-as-code.md`.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use super::{bash_command, code_blocks, read_page, run_page};
use crate::limits::fixture::LimitsFixture;

const PAGE: &str = "docs/limits-as-code.md";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_on_the_page_print_its_output() {
    // A fixed clock, because the page shows timestamps.
    let fixture = LimitsFixture::start_at("2026-11-26T09:00:00Z").await;
    let page_run = run_page(PAGE, &fixture.command(&[]), |block| Some(block.to_owned()));
    assert!(page_run.block_count >= 10, "{} blocks", page_run.block_count);
}

/// The first block starts a nested shell. Later lines run in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emulator_shell_of_the_page_starts() {
    let block = code_blocks(&read_page(PAGE)).into_iter().find(|block| block.language == "bash").expect("one").text;
    let fixture = LimitsFixture::start().await;
    let mut command = bash_command(&fixture.command(&[]), "bash");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let result = tokio::task::spawn_blocking(move || {
        let mut bash = command.spawn().expect("bash runs");
        let script = format!("{block}ajo capping list --sandbox prod\nexit\n");
        bash.stdin.take().expect("its input").write_all(script.as_bytes()).expect("written");
        bash.wait_with_output().expect("it ends")
    });
    let output = tokio::time::timeout(Duration::from_secs(60), result).await.expect("in time").expect("it ended");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("no capping configurations"), "{printed}");
    assert_eq!(fixture.call_count(), 0, "the other emulator received no calls");
}
