//! `ajo state show`.

use std::process::ExitCode;

use ajo_limits::{ManagedConfig, url_form};

use super::opened_state::{OpenedState, join};
use crate::arguments::{GlobalSettings, ShowArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

pub(crate) async fn run(settings: &GlobalSettings, args: &ShowArgs) -> Result<ExitCode, CommandError> {
    let opened = OpenedState::open(settings, &args.target, None).await?;
    let state = join(opened.organization.as_ref(), &opened.read_sets().await?);
    let wanted = args.config.as_str();
    let is_wanted = |managed: &&ManagedConfig| {
        managed.uid.as_str() == wanted
            || url_form::normalize_url_pattern(&managed.key.url) == url_form::normalize_url_pattern(wanted)
    };
    let found: Vec<_> = state.configs.iter().filter(is_wanted).collect();
    if found.is_empty() {
        return Err(CommandError::new(format!("{} does not manage {wanted}", opened.location()))
            .with_hint("`ajo state list` shows what it manages"));
    }
    match settings.output {
        OutputFormat::Json => output::print_serialized(&found)?,
        _ => output::print_data(SafeText::join_sections(found.into_iter().map(lines)))?,
    }
    Ok(ExitStatus::Success.into())
}

fn lines(managed: &ManagedConfig) -> Vec<SafeText> {
    let mut lines = vec![
        safe!("{}", managed.key),
        safe!("  uid          {}", managed.uid),
        safe!("  sandbox      {}", managed.sandbox),
        safe!("  file         {}", managed.file.as_deref().unwrap_or("unknown")),
        safe!("  last edit    {}", managed.last_modified_at.as_deref().unwrap_or("unknown")),
        safe!("  in the file  {}", describe(managed.digest.as_ref())),
    ];
    match (&managed.digest, &managed.service_digest) {
        (_, Some(digest)) => lines.push(safe!("  at service   {}", digest)),
        (Some(_), None) => lines.push(safe!("  at service   the same")),
        (None, None) => {}
    }
    if !managed.extra.is_empty() {
        lines.push(safe!("  extra        {}", managed.extra.join(", ")));
    }
    if !managed.secrets.is_empty() {
        let names: Vec<_> = managed.secrets.keys().map(String::as_str).collect();
        lines.push(safe!("  secrets      {} (only HMACs are stored)", names.join(", ")));
    }
    if managed.orphaned {
        lines.push("  in no limits file at the last apply".into());
    }
    lines
}

fn describe(digest: Option<&ajo_limits::Digest>) -> String {
    digest.map_or_else(|| "file and service differed".to_owned(), ToString::to_string)
}
