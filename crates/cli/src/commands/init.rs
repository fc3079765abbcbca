//! `ajo init`.

mod new_files;
mod templates;

use std::process::ExitCode;

use ajo_core::SandboxName;
use serde_json::json;

use crate::arguments::{CiSystem, GlobalSettings, InitArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::session::{ProfileStore, SettingsReader, chosen_profile_name, selected_profile_name};
use crate::shell_quote::shell_quote;

/// The sandbox of the limits file if neither the settings nor a profile name one.
const DEFAULT_SANDBOX: &str = "prod";

pub(crate) fn run(settings: &GlobalSettings, args: &InitArgs) -> Result<ExitCode, CommandError> {
    let sandbox = find_sandbox(settings)?;
    let files = templates::limits_folder(args, &sandbox)?;
    new_files::create(&files)?;
    let paths: Vec<_> = files.iter().map(|file| file.path.display().to_string()).collect();
    if settings.output == OutputFormat::Json {
        let report = json!({ "version": 1, "sandbox": sandbox.as_str(), "files": paths });
        output::print_json(&report.to_string())?;
        return Ok(ExitStatus::Success.into());
    }
    let directory = shell_quote(&args.directory);
    let limits_file = &paths[0];
    let mut lines: Vec<_> = paths.iter().map(|path| safe!("created {}", path)).collect();
    lines.push(SafeText::default());
    lines.push("Next:".into());
    lines.push(safe!("  add limits to {} (`ajo export` prints existing ones)", limits_file));
    lines.push(safe!("  ajo validate {}", directory));
    lines.push(safe!("  ajo plan {}    (without an account: ajo --emulator plan {})", directory, directory));
    lines.push(safe!("  ajo apply {}", directory));
    if args.ci != CiSystem::None {
        lines.push("  set up the workflow: its first lines say what it needs".into());
    }
    output::print_data(SafeText::join_lines(lines))?;
    Ok(ExitStatus::Success.into())
}

/// The sandbox in the settings or in the profile in use.
fn find_sandbox(settings: &GlobalSettings) -> Result<SandboxName, CommandError> {
    if let Some(sandbox) = SettingsReader::new(settings).sandbox()? {
        return Ok(sandbox);
    }
    let profile = match selected_profile_name(settings)? {
        Some(name) => Some(ProfileStore::open()?.get(&name)?),
        // No profile is needed.
        None => ProfileStore::open().and_then(|profiles| profiles.load(&chosen_profile_name()?)).ok().flatten(),
    };
    match profile {
        Some(profile) => Ok(profile.sandbox),
        None => {
            DEFAULT_SANDBOX.parse().map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string()))
        }
    }
}
