//! `ajo size`.

mod progress_bar;
mod summary;
mod write;

use std::process::ExitCode;

use ajo_simulator::{SizedTraffic, SizingError, SizingGoals, SizingReport, SizingRequest};

use super::simulate::scenario::read_endpoint;
use crate::arguments::{EndpointArgs, GlobalSettings, SizeArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::run_simulation::RunSizing;

pub(crate) fn run(settings: &GlobalSettings, args: &SizeArgs) -> Result<ExitCode, CommandError> {
    // The limits file is read first: its secrets are masked from then on, and its errors are found before a long simulation.
    let edit =
        args.write.write.as_deref().map(|file| write::LimitsEdit::read(settings, &args.write, file)).transpose()?;
    let report = compute(args, &progress_bar::size_with_bar)?;
    match settings.output {
        OutputFormat::Json => output::print_serialized(&report)?,
        _ => output::print_data(summary::render(&report))?,
    }
    let option = report.options.iter().find(|option| Some(option.kind) == report.recommended);
    let Some(limits) = option.and_then(|option| option.limits) else {
        let written = if edit.is_some() { "; nothing was written" } else { "" };
        return Err(CommandError::new(format!("the goals are impossible{written}"))
            .with_hint("the report names goals that are possible")
            .with_exit_status(ExitStatus::Unexpected));
    };
    if let Some(edit) = edit {
        edit.write(&limits)?;
    }
    Ok(ExitStatus::Success.into())
}

/// Recommends limits. Writes nothing.
pub(crate) fn compute(args: &SizeArgs, run: RunSizing<'_>) -> Result<SizingReport, CommandError> {
    run(&build_request(args)?).map_err(|error| sizing_error(&error))
}

fn build_request(args: &SizeArgs) -> Result<SizingRequest, CommandError> {
    let given = &args.endpoint;
    let endpoint = read_endpoint(&EndpointArgs {
        latency: given.latency.clone(),
        capacity: given.capacity,
        servers: given.servers,
        failures: given.failures,
        failure_status: given.failure_status,
        connections: None,
        timeout: given.timeout,
    })?;
    let traffic = match (&args.traffic.traffic, args.traffic.audience) {
        (Some(pattern), _) => SizedTraffic::Pattern(pattern.clone()),
        (None, Some(profiles)) => SizedTraffic::Audience { profiles, reading_rate: args.traffic.reading_rate },
        (None, None) => return Err(CommandError::new("no traffic given").into_usage_error()),
    };
    let mut request = SizingRequest::new(endpoint, traffic);
    request.goals = SizingGoals { within_seconds: args.goals.within, max_parallel: args.goals.max_parallel };
    request.margin_percent = args.goals.margin;
    request.timeout_seconds = given.timeout;
    request.window = given.window;
    request.arrivals = args.traffic.arrivals;
    Ok(request)
}

fn sizing_error(error: &SizingError) -> CommandError {
    let failure = CommandError::new(error.to_string());
    match error {
        SizingError::SlowEndpoint { .. } | SizingError::FailingEndpoint | SizingError::Simulation(_) => failure,
        _ => failure.into_usage_error(),
    }
}
