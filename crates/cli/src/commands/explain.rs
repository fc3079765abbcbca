//! `ajo explain`.

use std::process::ExitCode;

use ajo_limits::{
    CallExplanation, DesiredLimits, KnownSecrets, MatchingConfig, ObservedLimits, SecretValues, Statement, explain_call,
};

use super::limits::{LimitsInput, SandboxService, ServiceLabel};
use crate::arguments::{ExplainArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

pub(crate) async fn run(settings: &GlobalSettings, args: &ExplainArgs) -> Result<ExitCode, CommandError> {
    let explanation = match compute(settings, args).await? {
        ComputedExplanation::Invalid(input) => return input.report_and_exit("explain", settings),
        ComputedExplanation::Explained(explanation, _) => explanation,
    };
    match settings.output {
        OutputFormat::Json => output::print_serialized(&explanation)?,
        _ => output::print_data(render(&explanation))?,
    }
    Ok(ExitStatus::Success.into())
}

/// An explanation, or limits files with errors.
pub(crate) enum ComputedExplanation {
    Invalid(Box<LimitsInput>),
    /// With the service, if it was read.
    Explained(Box<CallExplanation>, Option<ServiceLabel>),
}

/// Reads the files and the service, and explains the call.
pub(crate) async fn compute(
    settings: &GlobalSettings,
    args: &ExplainArgs,
) -> Result<ComputedExplanation, CommandError> {
    let input = (!args.limits.is_empty()).then(|| Box::new(LimitsInput::read(settings, &args.limits, None)));
    let input = match input {
        Some(input) if input.desired().is_none() => return Ok(ComputedExplanation::Invalid(input)),
        input => input,
    };
    let desired = input.as_ref().and_then(|input| input.desired());
    let secrets = input.as_ref().map(|input| input.secrets.clone()).unwrap_or_default();
    // The URL can contain the value of a secret or its placeholder.
    let url = secrets.seal_literals(&args.url);
    let (observed, service) = if args.offline { None } else { observe(settings, desired, secrets).await? }.unzip();
    let explanation = explain_call(&args.method, &url, observed.as_ref(), desired);
    Ok(ComputedExplanation::Explained(Box::new(explanation), service))
}

/// Reads the configurations of the service. Without credentials, the files are enough.
async fn observe(
    settings: &GlobalSettings,
    desired: Option<&DesiredLimits>,
    secrets: SecretValues,
) -> Result<Option<(ObservedLimits, ServiceLabel)>, CommandError> {
    let service = match desired {
        Some(desired) => SandboxService::connect(settings, &desired.sandbox).await,
        None => SandboxService::from_settings(settings).await,
    };
    match service {
        Ok(service) => {
            let known = KnownSecrets::from_values(secrets);
            let label = service.label();
            Ok(Some((service.reader.with_secrets(known).observe(false, &[]).await?, label)))
        }
        Err(error) if desired.is_some() && error.exit_status() == ExitStatus::Authentication => {
            output::print_note(safe!("note: the service is not read: {}", error.message));
            Ok(None)
        }
        Err(error) if error.exit_status() == ExitStatus::Authentication => {
            Err(error.with_hint("pass --limits FILE to explain a limits file, or --offline for the general rules only"))
        }
        Err(error) => Err(error),
    }
}

fn render(explanation: &CallExplanation) -> SafeText {
    let mut lines = vec![safe!("{} {}", explanation.method, explanation.url), SafeText::default()];
    let source = if explanation.is_service_read { "" } else { "; the service was not read" };
    if explanation.configs.is_empty() {
        lines.push(safe!("No configuration matches{}.", source));
    } else {
        lines.push(safe!("Matching configurations{}:", source));
        lines.extend(explanation.configs.iter().map(config_line));
    }
    for (title, statements) in [
        ("Custom actions", &explanation.custom_actions),
        ("External data sources", &explanation.data_sources),
        ("Matching and counting", &explanation.matching),
    ] {
        if !statements.is_empty() {
            lines.push(SafeText::default());
            lines.push(safe!("{}:", title));
            lines.extend(statements.iter().flat_map(statement_lines));
        }
    }
    SafeText::join_lines(lines)
}

fn config_line(config: &MatchingConfig) -> SafeText {
    let saved = config.saved_limit.as_ref().map(|limit| safe!(" (saved: {})", limit)).unwrap_or_default();
    let at = match (&config.uid, &config.location) {
        (Some(uid), _) => safe!("  {}", uid),
        (None, Some(location)) => safe!("  {}", location),
        (None, None) => SafeText::default(),
    };
    safe!("  {}: {}: {}: {}{}{}", config.label.as_str(), config.status.as_str(), config.key, config.limit, saved, at)
}

fn statement_lines(statement: &Statement) -> [SafeText; 2] {
    [safe!("  {}: {}", statement.label.as_str(), statement.text), safe!("    source: {}", statement.source)]
}
