//! Runs the commands of the guides that need nothing but an emulator.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{bash_command, code_blocks, read_page, run_page};
use crate::limits::fixture::LimitsFixture;
use crate::support::print_skipped;

/// Runs all `sh` blocks of a page, and returns the output.
async fn run_guide(page: &str) -> String {
    // A fixed clock, because pages show timestamps.
    let fixture = LimitsFixture::start_at("2026-11-26T09:00:00Z").await;
    let mut ajo = fixture.command(&[]);
    ajo.env("HOME", fixture.path("home"));
    ajo.env("AJO_CONFIG_DIR", fixture.path("config")).env("AJO_EMULATOR_URL", fixture.emulator.ims_url());
    let page_run = run_page(page, &ajo, |block| Some(block.to_owned()));
    assert!(page_run.block_count >= 1, "{} blocks", page_run.block_count);
    page_run.output
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postman_user_moves_to_files() {
    let output = run_guide("docs/moving-from-postman.md").await;
    for text in ["live now: action 200 calls/1000 ms", "Apply: 1 done", "ended with 2"] {
        assert!(output.contains(text), "{text}: {output}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_user_gets_errors() {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
        return print_skipped("python3 is not available");
    }
    let output = run_guide("docs/moving-from-aepp.md").await;
    for text in
        ["deployed https://api.example.org/v1/*", "JWT (service account) credential", "the service responded 404"]
    {
        assert!(output.contains(text), "{text}: {output}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completions_and_profiles_are_managed() {
    let output = run_guide("docs/install.md").await;
    assert!(!output.contains("error"), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ci_starts_with_valid_files() {
    let output = run_guide("docs/ci.md").await;
    assert!(output.contains(".github/workflows/limits.yml") && output.contains("No problems"), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guides_print_their_output() {
    for (page, text) in [
        ("docs/limits-files.md", "1 finding is allowed by comments."),
        ("docs/plan-and-apply.md", "nothing to resume"),
        ("docs/single-limits.md", "undo: ajo capping set"),
    ] {
        let output = run_guide(page).await;
        assert!(output.contains(text), "{page}: {text}: {output}");
    }
}

/// The steps on the page are those of the example workflow.
#[test]
fn ci_page_installs_like_the_example() {
    let (page, example) = (read_page("docs/ci.md"), read_page("examples/github/limits.yml"));
    let blocks = code_blocks(&page).into_iter().filter(|block| block.language == "yaml");
    let steps: Vec<String> = blocks.map(|block| block.text).filter(|text| text.starts_with("- name:")).collect();
    assert_eq!(steps.len(), 1);
    for line in steps[0].lines() {
        assert!(example.contains(line.trim_start_matches(['-', ' '])), "the example workflow does not contain: {line}");
    }
}

/// The first block starts a nested shell. Later lines run in it.
async fn check_emulator_shell(page: &str) {
    let block = code_blocks(&read_page(page)).into_iter().find(|block| block.language == "bash").expect("one").text;
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
    assert!(output.status.success() && printed.contains("no capping configurations"), "{page}: {printed}");
    assert_eq!(fixture.call_count(), 0, "the other emulator received no calls");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emulator_shells_of_guides_start() {
    let pages = super::coverage::markdown_files();
    let has_shell = |page: &String| read_page(page).contains("```bash\najo emulator exec -- bash");
    let pages: Vec<String> = pages.into_iter().filter(has_shell).collect();
    assert!(pages.len() >= 3, "{pages:?}");
    for page in pages {
        check_emulator_shell(&page).await;
    }
}
