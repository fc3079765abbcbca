//! Completion of the command line. The shell runs `ajo` with a variable; the response comes only from files of this computer.

mod candidates;
pub(crate) mod uid_cache;

use std::ffi::OsString;
use std::process::ExitCode;

use ajo_core::Api;
use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};
use clap_complete::env::Shells;

use crate::help;

/// The variable that the completion scripts set.
const VARIABLE: &str = "_AJO_COMPLETE";

/// Responds to a request of a completion script. `None` if this run is not one.
///
/// A shell prints whatever appears on standard error into the line that its user edits. So nothing does, not even a panic.
pub(crate) fn respond(arguments: &[OsString]) -> Option<ExitCode> {
    std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty() && shell != "0")?;
    std::panic::set_hook(Box::new(|_| crate::output::exit_if_panics_abort()));
    let directory = std::env::current_dir().ok();
    let response =
        CompleteEnv::with_factory(command).var(VARIABLE).completer("ajo").try_complete(arguments, directory.as_deref());
    Some(if response.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The script for a shell, which `ajo completions` prints. `None` for an unknown shell.
pub(crate) fn script(shell: &str) -> Option<String> {
    let mut script = Vec::new();
    Shells::builtins().completer(shell)?.write_registration(VARIABLE, "ajo", "ajo", "ajo", &mut script).ok()?;
    String::from_utf8(script).ok()
}

/// The command line with the values that only this computer knows.
fn command() -> Command {
    let subjects: Vec<Command> = help::subjects().get_subcommands().cloned().collect();
    add_candidates(help::command(), "", None).mut_subcommand("help", |help| help.subcommands(subjects))
}

fn add_candidates(mut command: Command, name: &str, api: Option<Api>) -> Command {
    let subcommands: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for sub in subcommands {
        let api = match sub.as_str() {
            "capping" => Some(Api::Capping),
            "throttling" => Some(Api::Throttling),
            _ => api,
        };
        command = command.mut_subcommand(&sub, |it| add_candidates(it, &sub, api));
    }
    let name = name.to_owned();
    command.mut_args(move |arg| add_values(arg, &name, api))
}

/// Adds the values of an argument of a command, or of a command below `ajo capping` or `ajo throttling`.
fn add_values(arg: Arg, command: &str, api: Option<Api>) -> Arg {
    let is_profile = arg.get_id() == "profile" || (["switch", "logout"].contains(&command) && arg.is_positional());
    match (arg.get_id().as_str(), api) {
        _ if is_profile => arg.add(ArgValueCandidates::new(candidates::profiles)),
        ("method", None) => arg.add(ArgValueCandidates::new(candidates::methods)),
        ("sandbox", _) => arg.add(ArgValueCandidates::new(candidates::sandboxes)),
        ("uid" | "target", Some(api)) => arg.add(ArgValueCandidates::new(move || candidates::listed_uids(&[api]))),
        ("uid" | "uids" | "config", None) => {
            arg.add(ArgValueCandidates::new(|| candidates::listed_uids(&[Api::Capping, Api::Throttling])))
        }
        ("files" | "limits", _) => arg.add(ArgValueCompleter::new(candidates::limits_files())),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::safe_text::SafeText;

    #[test]
    fn scripts_pass_the_output_gate() {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = script(shell).expect("a script");
            assert!(script.contains(VARIABLE) && script.contains("ajo"), "{script}");
            assert_eq!(SafeText::from_lines(&script).as_str().trim_end(), script.trim_end());
        }
    }
}
