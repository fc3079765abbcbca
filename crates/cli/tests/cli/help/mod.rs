//! `ajo help`, `--help`, completions, and man pages.

mod completions;
mod example_runs;
/// The examples of the command, from the file that the command has them from.
#[path = "../../../src/help/examples.rs"]
#[allow(dead_code, reason = "the command uses more of this file")]
mod examples;
mod man;
#[cfg(target_os = "linux")]
mod terminal;

use std::process::Command;
use std::thread;

use self::examples::EXAMPLES;
use crate::support::{CommandOutput, ajo_command};

/// Runs commands on several threads and returns their outputs in order.
fn run_all(commands: Vec<Command>) -> Vec<CommandOutput> {
    let threads: Vec<_> = split_evenly(commands, 4)
        .into_iter()
        .map(|part| {
            thread::spawn(move || {
                let outputs = part.into_iter().map(|mut command| command.output().expect("ajo runs").into());
                outputs.collect::<Vec<CommandOutput>>()
            })
        })
        .collect();
    threads.into_iter().flat_map(|thread| thread.join().expect("it ended")).collect()
}

fn split_evenly<T>(mut items: Vec<T>, parts: usize) -> Vec<Vec<T>> {
    let length = items.len().div_ceil(parts).max(1);
    let mut split = Vec::new();
    while !items.is_empty() {
        let rest = items.split_off(length.min(items.len()));
        split.push(std::mem::replace(&mut items, rest));
    }
    split
}

/// `ajo` with the words of a command, and with this argument first or last.
fn words<'w>(first: Option<&'w str>, path: &'w str, last: Option<&'w str>) -> Vec<&'w str> {
    first.into_iter().chain(path.split_whitespace()).chain(last).collect()
}

/// Every variable of `ajo help settings` with a value.
fn all_variables() -> Vec<String> {
    let settings = CommandOutput::from(ajo_command(&["help", "settings"]).output().expect("ajo runs")).stdout;
    let variables = settings.split_whitespace().filter(|word| word.starts_with("AJO_"));
    variables.map(|name| name.trim_end_matches('.').to_owned()).collect()
}

#[test]
fn help_ignores_variables() {
    let variables = all_variables();
    assert!(variables.len() > 16, "{variables:?}");
    let plain = EXAMPLES.iter().map(|(path, _)| ajo_command(&words(None, path, Some("--help"))));
    let with_variables = EXAMPLES.iter().map(|(path, _)| {
        let mut command = ajo_command(&words(Some("help"), path, None));
        // `ajo` rejects other values of AJO_LOG.
        command.envs(variables.iter().map(|name| (name, if name == "AJO_LOG" { "off" } else { "x" })));
        command
    });
    let outputs = run_all(plain.chain(with_variables).collect());
    let (plain, with_variables) = outputs.split_at(EXAMPLES.len());
    for ((path, _), (plain, other)) in EXAMPLES.iter().zip(plain.iter().zip(with_variables)) {
        assert_eq!((plain.exit_code, plain.stderr.as_str()), (Some(0), ""), "{path}");
        assert_eq!(other.stdout, plain.stdout, "ajo help {path}");
    }
}

/// Usage errors contain a usage line.
#[test]
fn usage_error_ignores_variables() {
    for arguments in [&["plan"][..], &["capping", "get"], &["state", "mv"], &["emulator", "exec"]] {
        let plain = CommandOutput::from(ajo_command(arguments).output().expect("ajo runs"));
        let mut command = ajo_command(arguments);
        command.envs(all_variables().iter().map(|name| (name, "x")));
        let other = CommandOutput::from(command.output().expect("ajo runs"));
        assert_eq!((plain.exit_code, other.exit_code), (Some(64), Some(64)), "{arguments:?}: {}", other.stderr);
        assert_eq!(other.stderr, plain.stderr, "{arguments:?}");
    }
}

#[test]
fn unknown_topic_is_one_error() {
    for (topic, hint) in [
        (&["setings"][..], "hint: did you mean `settings`?\n"),
        (&["capping", "udate"], "hint: did you mean `update`?\n"),
        (&["exit-code"], "hint: did you mean `exit-codes`?\n"),
        (
            &["plan", "limits.yaml"],
            "hint: `ajo --help` lists the commands; the other topics are settings, exit-codes, ",
        ),
    ] {
        let output = CommandOutput::from(ajo_command(&[&["help"], topic].concat()).output().expect("ajo runs"));
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{topic:?}");
        let error = format!("error: there is no help for `{}`\n{hint}", topic.join(" "));
        assert!(output.stderr.starts_with(&error), "{}", output.stderr);
        assert_eq!(output.stderr.lines().count(), 2, "{}", output.stderr);
    }
}

#[test]
fn settings_topic_has_all_variables() {
    let settings = all_variables();
    let source = crate::docs::read_page("crates/cli/src/session/setting.rs");
    let names = source.split('"').filter(|word| word.starts_with("AJO_"));
    let missing: Vec<&str> = names.filter(|name| !settings.iter().any(|other| other == name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
