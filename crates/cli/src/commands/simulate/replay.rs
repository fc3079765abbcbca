//! `ajo simulate --observed`: replays observed traffic under limits.

mod current_limits;
mod endpoint_limits;
mod replay_report;
mod replayer;
mod text;

use std::path::Path;
use std::process::ExitCode;

use ajo_simulator::SimulationReport;

use self::current_limits::CurrentLimits;
use self::endpoint_limits::{EndpointGroup, EndpointLimits};
use self::replay_report::{ConfigOrigin, CurrentPrediction, GroupPrediction, GroupReplay, ReplayReport};
use self::replayer::Replayer;
use super::progress_bar::simulate_with_bar;
use super::{chart_file, expectations, source};
use crate::arguments::{GlobalSettings, SimulateArgs};
use crate::command_error::CommandError;
use crate::observed_files::ObservedFiles;
use crate::output;
use crate::report::OutputFormat;
use crate::run_simulation::RunSimulation;

/// The version of the JSON format.
const VERSION: u32 = 1;

const DATA_SOURCES: &str = "the limits for data sources are not replayed: exports contain custom actions only";

pub(super) async fn run(settings: &GlobalSettings, args: &SimulateArgs) -> Result<ExitCode, CommandError> {
    check_stdin(args)?;
    let chart = args.result.chart.as_deref().map(chart_file::check_path).transpose()?;
    let ComputedReplay { report, upper, .. } = compute(settings, args, &simulate_with_bar).await?;
    if let (Some(file), Some(upper)) = (chart, &upper) {
        chart_file::write(upper, file)?;
    }
    match settings.output {
        OutputFormat::Json => output::print_serialized(&report)?,
        _ => output::print_data(text::render(&report))?,
    }
    let (unmet, all) = find_unmet(&report.groups);
    expectations::check(&unmet, all)
}

/// A replay.
pub(super) struct ComputedReplay {
    pub(super) report: ReplayReport,
    /// The upper bound of the last group, for the chart.
    upper: Option<SimulationReport>,
    /// Notes about the sources.
    pub(super) source_notes: Vec<String>,
}

/// Replays the traffic of the exports. Writes nothing.
pub(super) async fn compute(
    settings: &GlobalSettings,
    args: &SimulateArgs,
    run: RunSimulation<'_>,
) -> Result<ComputedReplay, CommandError> {
    let sources = source::read(settings, &args.sources).await?;
    let files = ObservedFiles::read(&args.observed.observed, &sources.secrets)?;
    let limits = EndpointLimits::new(&sources, args.method.as_deref())?;
    let current = current_limits::read(settings, args, &sources).await?;

    let selected = args.observed.endpoint.as_ref().map(|url| sources.secrets.seal_literals(url));
    let replayer = Replayer::new(args, &files, selected.as_deref(), run)?;
    let groups = replayer.group(&limits);
    if args.result.chart.is_some() && groups.len() > 1 {
        return Err(CommandError::new("the chart shows one endpoint")
            .with_hint("select one with --endpoint")
            .into_usage_error());
    }
    let (mut replays, mut last) = (Vec::new(), None);
    for group in &groups {
        let (replay, upper) = replayer.replay(group)?;
        let expectations = args.result.expect.iter().map(|expectation| expectation.check(&upper)).collect();
        let observed_p95_queue_ms = files.p95_queue_ms(&replayer.urls(group));
        let configs = ConfigOrigin::from_group(group);
        replays.push(GroupReplay { configs, replay, observed_p95_queue_ms, expectations });
        last = Some(upper);
    }
    let current = predict_current(current, args, &replayer, &files, &groups, &replays)?;
    let report = ReplayReport {
        version: VERSION,
        period: replayer.period.into(),
        export: replayer.export.into(),
        burst: args.observed.burst,
        groups: replays,
        current,
        notes: notes(&limits, &replayer.urls),
        assumptions: replayer.assumptions(),
    };
    Ok(ComputedReplay { report, upper: last, source_notes: sources.notes })
}

/// Notes about limits that the replay leaves out.
fn notes(limits: &EndpointLimits, urls: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    match &limits.unmatched(urls)[..] {
        [] => {}
        [key] => notes.push(format!("no endpoint of the export matches {key}")),
        [key, others @ ..] => {
            let number = if others.len() == 1 { "1 other".to_owned() } else { format!("{} others", others.len()) };
            notes.push(format!("no endpoint of the export matches {key} and {number}"));
        }
    }
    if limits.has_data_sources {
        notes.push(DATA_SOURCES.to_owned());
    }
    notes
}

fn check_stdin(args: &SimulateArgs) -> Result<(), CommandError> {
    let sources = args.sources.iter().chain(&args.observed.current).map(Path::new);
    let files = sources.chain(args.observed.observed.iter().map(AsRef::as_ref));
    if files.filter(|file| *file == Path::new("-")).count() > 1 {
        return Err(CommandError::new("standard input can only be used once").into_usage_error());
    }
    Ok(())
}

/// The prediction for the live limits, for the endpoints of these groups.
fn predict_current(
    current: CurrentLimits,
    args: &SimulateArgs,
    replayer: &Replayer<'_>,
    files: &ObservedFiles,
    groups: &[EndpointGroup],
    replays: &[GroupReplay],
) -> Result<CurrentPrediction, CommandError> {
    let (sources, source) = match current {
        CurrentLimits::Known { limits, source } => (limits, source),
        CurrentLimits::Missing(reason) => {
            return Ok(CurrentPrediction { source: None, missing: Some(reason), groups: Vec::new() });
        }
    };
    let limits = EndpointLimits::new(&sources, args.method.as_deref())?;
    let mut predictions = Vec::new();
    for group in &replayer.group(&limits) {
        let mut prediction = GroupPrediction {
            endpoints: replayer.urls(group).into_iter().map(str::to_owned).collect(),
            configs: ConfigOrigin::from_group(group),
            missing: group
                .unknown
                .as_ref()
                .map(|key| format!("the service does not return the live definition of {key}")),
            capped_calls: None,
            p95_queue_ms: None,
        };
        if group.unknown.is_none() {
            let same = groups.iter().position(|other| other.has_same_limits(group));
            let replay = match same {
                Some(index) => replays[index].replay.clone(),
                None => replayer.replay(group)?.0,
            };
            prediction.compare(&replay, files.p95_queue_ms(&replayer.urls(group)));
        }
        predictions.push(prediction);
    }
    Ok(CurrentPrediction { source: Some(source), missing: None, groups: predictions })
}

/// The expectations that the upper bound does not meet, and the number of all.
fn find_unmet(groups: &[GroupReplay]) -> (Vec<String>, usize) {
    let results = || groups.iter().flat_map(|group| group.expectations.iter().map(move |result| (group, result)));
    let unmet = results().filter(|(_, result)| !result.met);
    let name = |group: &GroupReplay| text::name_endpoints(&group.replay.endpoints);
    (unmet.map(|(group, result)| format!("{}: {result}", name(group))).collect(), results().count())
}
