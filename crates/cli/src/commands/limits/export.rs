//! `ajo export`.

use std::process::ExitCode;

use super::sandbox_service::SandboxService;
use crate::arguments::{ExportArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::{OutputFormat, pluralize};
use crate::safe_text::{SafeText, safe};

pub(crate) async fn run(settings: &GlobalSettings, args: &ExportArgs) -> Result<ExitCode, CommandError> {
    if settings.output == OutputFormat::Json {
        return Err(CommandError::new("`ajo export` writes YAML only")
            .with_hint("for JSON, run `ajo capping list --output json`")
            .into_usage_error());
    }
    let service = SandboxService::from_settings(settings).await?;
    let observed = service.reader.observe(false, &[]).await?;
    let text = ajo_limits::export_limits(&service.sandbox, &observed);
    match &args.out {
        None => output::print_data(SafeText::document(&text))?,
        Some(file) => {
            let count = observed.configs.len();
            // Never overwrite a limits file: users edit it.
            ajo_apply::create_new(file, &text)?;
            output::print_note(safe!(
                "exported {}; add {} to the state with: ajo import {}",
                pluralize(count, "configuration", "configurations"),
                if count == 1 { "it" } else { "them" },
                file.display()
            ));
        }
    }
    Ok(ExitStatus::Success.into())
}
