//! `ajo man`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::examples::EXAMPLES;
use crate::support::{CommandOutput, ajo_command, print_skipped};

fn write_pages() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let pages = folder.path().join("man/man1");
    let command = ["man", "--out", pages.to_str().expect("UTF-8")];
    let output = CommandOutput::from(ajo_command(&command).output().expect("ajo runs"));
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), ""), "{}", output.stderr);
    assert!(output.stderr.starts_with(&format!("wrote {} man pages to ", EXAMPLES.len())), "{}", output.stderr);
    folder
}

#[test]
fn each_command_has_a_page() {
    let folder = write_pages();
    let files = fs::read_dir(folder.path().join("man/man1")).expect("a folder");
    let pages: BTreeSet<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    let commands = EXAMPLES.iter().map(|(path, _)| format!("ajo {path}").trim_end().replace(' ', "-") + ".1");
    assert_eq!(pages, commands.collect());
    for page in pages {
        let text = fs::read_to_string(folder.path().join("man/man1").join(&page)).expect("a page");
        assert!(text.contains(".SH EXAMPLES\n") && text.contains(".SH NAME\n"), "{page}: {text}");
        let settings = text.matches("Base URL of the service").count();
        assert_eq!(settings, usize::from(page == "ajo.1"), "{page}");
        // Unlike the help, a page has rare options too.
        assert_eq!(text.contains("default\\-cap\\-scope"), page == "ajo-simulate.1", "{page}");
    }
}

/// Removes each character before a backspace, with which terminals of the past printed bold text.
fn without_overstrikes(text: &str) -> String {
    let mut plain = String::new();
    for character in text.chars() {
        if character == '\u{8}' {
            plain.pop();
        } else {
            plain.push(character);
        }
    }
    plain
}

#[test]
fn pages_render_without_warnings() {
    let folder = write_pages();
    let pages = folder.path().join("man/man1");
    if Command::new("groff").arg("--version").output().is_err() {
        return print_skipped("groff is not available");
    }
    for page in ["ajo.1", "ajo-simulate.1", "ajo-capping-set.1", "ajo-completions.1"] {
        let mut groff = Command::new("groff");
        let output =
            groff.args(["-man", "-Kutf8", "-Tutf8", "-ww"]).arg(pages.join(page)).output().expect("groff runs");
        let warnings = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && warnings.is_empty(), "{page}: {warnings}");
        let shown = without_overstrikes(&String::from_utf8_lossy(&output.stdout));
        assert!(shown.contains("SYNOPSIS") && shown.contains("EXAMPLES"), "{page}: {shown}");
    }
}

#[test]
fn unwritable_directory_is_an_error() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("file"), "").expect("written");
    let command = ["man", "--out", "file/man"];
    let output = CommandOutput::from(ajo_command(&command).current_dir(folder.path()).output().expect("ajo runs"));
    assert_eq!(output.exit_code, Some(1));
    assert!(output.stderr.starts_with("error: failed to write man pages to file/man: "), "{}", output.stderr);
}
