//! The page on limits as code is followed by typing: every command on it is run, and what it prints is compared.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::site::Site;

/// What stands for a text that is different each time.
const ANYTHING: &str = "[…]";

/// The fenced blocks of a page: the language, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Whether a text is as it stands on the page.
fn matches(expected: &str, text: &str) -> bool {
    let mut parts = expected.split(ANYTHING);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = first;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || (last.is_empty() && expected.ends_with(ANYTHING))
}

/// `bash` in the site's directory, where `ajo` is the built command.
pub(crate) fn shell(site: &Site, script: &str) -> Command {
    let ajo = site.command(&[]);
    let mut command = Command::new("bash");
    command.args(["-eu", "-o", "pipefail", "-c", &format!("exec 2>&1\n{script}")]);
    command.current_dir(site.path("."));
    for (name, value) in ajo.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let directory = std::path::Path::new(ajo.get_program()).parent().expect("a directory").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = [directory].into_iter().chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(paths).expect("a path"));
    command
}

/// The page. `UPDATE=1 cargo test -p ajo --test limits page` writes into it what the commands print.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits-as-code.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_on_limits_as_code_can_be_typed_and_prints_what_it_says() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let update = std::env::var_os("UPDATE").is_some();
    let blocks = blocks(&page);
    // Always the same time, so that the page can show one.
    let site = Site::start_at("2026-11-26T09:00:00Z").await;
    let mut updated = page.clone();
    let mut ran = 0;
    let mut said = String::new();
    for (index, (language, text)) in blocks.iter().enumerate() {
        match language.as_str() {
            "sh" => {
                let mut command = shell(&site, text);
                let output = tokio::task::spawn_blocking(move || command.output().expect("bash runs"));
                let Output { status, stdout, .. } = output.await.expect("it ended");
                said = String::from_utf8_lossy(&stdout).into_owned();
                assert!(status.success(), "{text}\n{said}");
                ran += 1;
            }
            "text" if index > 0 && blocks[index - 1].0 == "sh" => {
                if update {
                    updated = updated.replacen(
                        &format!("```text\n{text}```"),
                        &format!("```text\n{}\n```", said.trim_end()),
                        1,
                    );
                } else {
                    assert!(matches(text.trim_end(), said.trim_end()), "the page says\n{text}\nand it is\n{said}");
                }
            }
            _ => {}
        }
    }
    assert!(ran >= 10, "only {ran} blocks were run");
    if update {
        std::fs::write(PAGE, updated).expect("written");
    }
}

/// The shell that the page begins with, typed as at a terminal: what follows goes to the shell within.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_emulator_of_the_page_can_be_started_as_it_says() {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let block = blocks(&page).into_iter().find(|(language, _)| language == "bash").expect("one").1;
    let site = Site::start().await;
    let mut command = shell(&site, "bash");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let ran = tokio::task::spawn_blocking(move || {
        let mut bash = command.spawn().expect("bash runs");
        let typed = format!("{block}ajo capping list --sandbox prod\nexit\n");
        bash.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("typed");
        bash.wait_with_output().expect("it ends")
    });
    let output =
        tokio::time::timeout(std::time::Duration::from_secs(60), ran).await.expect("in time").expect("it ended");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("no capping configurations"), "{said}");
    assert_eq!(site.calls(), 0, "the other emulator was not asked");
}

#[test]
fn a_text_matches_what_the_page_says_of_it_and_no_other() {
    for (expected, text, same) in [
        ("a", "a", true),
        ("a", "b", false),
        ("a", "ab", false),
        ("a […] c", "a b c", true),
        ("a […] c", "a b d", false),
        ("a […]", "a b", true),
        ("[…]b", "a b", true),
        ("[…]b", "a c", false),
        ("a […]\nb […]\n", "a 1\nb 2\n", true),
    ] {
        assert_eq!(matches(expected, text), same, "{expected:?} and {text:?}");
    }
}
