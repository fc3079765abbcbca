//! Limits as code in `ajo demo`: a file is planned, applied, and planned again.

use std::num::NonZeroUsize;
use std::time::Duration;

use ajo_apply::{PlanExecutor, ServiceReader};
use ajo_core::{Api, Client};
use ajo_limits::file::{self, SourceFile, SourceSet};
use ajo_limits::{
    CommandOutcome, CommandReport, DesiredLimits, JOURNAL_VERSION, JournalHeader, LimitsState, Plan, PlanOptions,
    StepState, plan,
};
use ajo_state::StateScope;

use super::lock_holder::lock_holder;
use super::progress_bar::ApplyProgressBar;
use super::state_store::memory_state;
use crate::command_error::CommandError;
use crate::output;
use crate::report::{OutputFormat, TextStyle};
use crate::safe_text::{SafeText, safe};

const NAME: &str = "limits/prod.yaml";

const FILE: &str = "\
version: 1
sandbox: prod
capping:
  - url: https://api.example.org/data/2.5/*
    methods: [GET]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
    deployed: true
throttling:
  name: partner-api
  urlPattern: https://partner.example.com/*
  methods: [POST, PUT]
  maxThroughput: 400
  deployed: true
";

/// Number of configurations to process in parallel.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(2).expect("not zero");

/// Runs the demo with this client.
pub(crate) async fn run(client: &Client, organization: &str) -> Result<(), CommandError> {
    output::print_data(safe!("\nLimits as code: {} in git defines the limits\n{}", NAME, indent(&FILE.into())))?;
    let sources = SourceSet::new(vec![SourceFile { name: NAME.to_owned(), content: FILE.to_owned() }]);
    let desired =
        file::parse_limits(&sources, &|_| None).desired.ok_or_else(|| demo_error("the limits file is invalid"))?;
    let mut state = LimitsState::default();

    output::print_data("\najo plan: shows the changes without making them")?;
    let first = build_plan(client, &desired, &state).await?;
    print_report("plan", CommandOutcome::Changes, &first, &[])?;

    output::print_data("\najo apply: makes the changes and logs each call, so that it can resume after a crash")?;
    let header = JournalHeader {
        version: JOURNAL_VERSION,
        organization: organization.to_owned(),
        started_at: ajo_state::current_time()?.to_string(),
        files: vec![NAME.to_owned()],
        api: None,
        state_digest: state.sandbox_digest(&first.sandbox),
        plan: first.clone(),
    };
    let scope = StateScope { organization: organization.to_owned(), sandbox: desired.sandbox.clone() };
    let lock = memory_state().lock(&scope, true, lock_holder()?, Duration::ZERO).await?;
    let journal = lock.start_journal(header).await?;
    let progress = ApplyProgressBar::new(&first);
    let outcome = PlanExecutor::new(client, &first, &lock, journal, &progress).run(CONCURRENCY).await;
    outcome.error.map_or(Ok(()), Err)?;
    let journal = outcome.journal;
    drop(progress);
    let results = journal.results();
    print_report("apply", CommandOutcome::Applied, &first, &results)?;
    if results.len() != 6 || results.iter().any(|result| result.state != StepState::Done) {
        return Err(demo_error("not all calls succeeded"));
    }
    let observed = ServiceReader::new(client).observe(true, &[]).await?;
    journal.reconcile(&observed, &mut state, &desired.sandbox);

    output::print_data("\najo plan again")?;
    let second = build_plan(client, &desired, &state).await?;
    print_report("plan", CommandOutcome::Clean, &second, &[])?;
    if second.is_empty() && second.unchanged == 2 { Ok(()) } else { Err(demo_error("the second plan is not empty")) }
}

async fn build_plan(client: &Client, desired: &DesiredLimits, state: &LimitsState) -> Result<Plan, CommandError> {
    let throttling = desired.configs.iter().any(|config| config.definition.api() == Api::Throttling);
    let observed = ServiceReader::new(client).observe(throttling, &[]).await?;
    Ok(plan(desired, &observed, state, PlanOptions::default()))
}

fn print_report(
    command: &str,
    outcome: CommandOutcome,
    plan: &Plan,
    results: &[ajo_limits::StepResult],
) -> Result<(), CommandError> {
    let report =
        CommandReport { plan: Some(plan.clone()), results: results.to_vec(), ..CommandReport::new(command, outcome) };
    output::print_data(indent(&OutputFormat::Text.render(&report, &|_| None, TextStyle::default())))
}

fn indent(text: &SafeText) -> SafeText {
    let lines = text.clone().trim_end().lines().map(|line| safe!("    {}", line).trim_end()).collect::<Vec<_>>();
    SafeText::join_lines(lines.into_iter().chain([SafeText::default()]))
}

fn demo_error(reason: &str) -> CommandError {
    CommandError::new(format!("the demo failed: {reason}"))
}
