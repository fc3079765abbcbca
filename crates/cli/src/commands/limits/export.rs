//! `ajo export`.

use std::process::ExitCode;

use ajo_limits::ExportedLimits;

use super::sandbox_service::SandboxService;
use crate::arguments::{ExportArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::progress_bar::Activity;
use crate::report::{OutputFormat, pluralize};
use crate::safe_text::{SafeText, safe};

pub(crate) async fn run(settings: &GlobalSettings, args: &ExportArgs) -> Result<ExitCode, CommandError> {
    if settings.output == OutputFormat::Json {
        return Err(CommandError::new("`ajo export` writes YAML only")
            .with_hint("for JSON, run `ajo capping list --output json`")
            .into_usage_error());
    }
    if let Some(file) = args.out.as_ref().filter(|file| file.exists()) {
        return Err(CommandError::new(format!("{} exists already; nothing was written", file.display()))
            .with_hint("name another file, or delete it first"));
    }
    let service = SandboxService::from_settings(settings).await?;
    let _activity = Activity::start(safe!("reading the configurations of sandbox {}", service.sandbox));
    let observed = service.reader.observe(false, &[]).await?;
    let to = args.as_sandbox.as_ref().unwrap_or(&service.sandbox);
    let ExportedLimits { text, count, notes } = ajo_limits::export_limits(&service.sandbox, to, &observed);
    match &args.out {
        None => output::print_data(SafeText::document(&text))?,
        Some(file) => {
            // Never overwrite a limits file: users edit it.
            ajo_state::create_new(file, &text)?;
            let next = if *to == service.sandbox {
                "add them to the state with: ajo import"
            } else {
                "compare with: ajo plan"
            };
            let all = pluralize(observed.configs.len(), "configuration", "configurations");
            let exported = if count == observed.configs.len() {
                all
            } else {
                safe!("{} of {} (comments in the file say why)", count, all)
            };
            output::print_note(safe!("exported {}; {} {}", exported, next, file.display()));
        }
    }
    for note in notes {
        output::print_note(safe!("note: {}", note));
    }
    Ok(ExitStatus::Success.into())
}
