//! Limits as code in `ajo try`: a file is planned, applied, and planned again.

use std::num::NonZeroUsize;

use ajo_apply::{Apply, JournalFile, Reader};
use ajo_core::{Api, Client};
use ajo_limits::file::{self, Source, Sources};
use ajo_limits::{Desired, Header, JOURNAL_VERSION, Ledger, Options, Outcome, Plan, Report, StepState, plan};

use super::progress::Progress;
use crate::failure::Failure;
use crate::output;
use crate::report::{Format, TextStyle};

const NAME: &str = "limits/prod.yaml";

const FILE: &str = "\
version: 1
sandbox: prod
capping:
  - url: https://api.example.org/data/2.5/*
    methods: [GET]
    services:
      dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
    deployed: true
throttling:
  name: partner-api
  urlPattern: https://partner.example.com/*
  methods: [POST, PUT]
  maxThroughput: 400
  deployed: true
";

/// How many configurations are worked on at a time.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(2).expect("not zero");

/// Runs the demo with this client.
pub(crate) async fn run(client: &Client, organization: &str) -> Result<(), Failure> {
    output::data(&format!("\nThe same as code: {NAME} in git says which limits there shall be\n{}", indented(FILE)))?;
    let sources = Sources::new(vec![Source { name: NAME.to_owned(), text: FILE.to_owned() }]);
    let desired = file::read(&sources, &|_| None).desired.ok_or_else(|| stops("the file is not in order"))?;
    let mut ledger = Ledger::default();

    output::data("\najo plan: what has to be done for it, and nothing is done yet")?;
    let first = planned(client, &desired, &ledger).await?;
    show("plan", Outcome::Changes, &first, &[])?;

    output::data("\najo apply: each call written down before and after it, so that a crash loses nothing")?;
    let directory = tempfile::tempdir().map_err(|error| stops(&error.to_string()))?;
    let header = Header {
        version: JOURNAL_VERSION,
        organization: organization.to_owned(),
        began: jiff::Timestamp::now().to_string(),
        files: vec![NAME.to_owned()],
        ledger: ledger.digest(&first.sandbox),
        plan: first.clone(),
    };
    let journal = JournalFile::begin(&directory.path().join("ajo.journal"), header)?;
    let progress = Progress::of(&first);
    let (journal, broken) = Apply::new(client, &first, journal, &progress).run(CONCURRENCY).await;
    broken.map_or(Ok(()), Err)?;
    progress.finish();
    let results = journal.journal().results();
    show("apply", Outcome::Applied, &first, &results)?;
    if results.len() != 6 || results.iter().any(|result| result.state != StepState::Done) {
        return Err(stops("not all of it was done"));
    }
    let observed = Reader::new(client).observe(true).await?;
    journal.journal().settle(&observed, &mut ledger, &desired.sandbox);

    output::data("\najo plan, once more")?;
    let second = planned(client, &desired, &ledger).await?;
    show("plan", Outcome::Clean, &second, &[])?;
    if second.is_empty() && second.unchanged == 2 { Ok(()) } else { Err(stops("there is something left to do")) }
}

async fn planned(client: &Client, desired: &Desired, ledger: &Ledger) -> Result<Plan, Failure> {
    let throttling = desired.configs.iter().any(|wanted| wanted.definition.api() == Api::Throttling);
    let observed = Reader::new(client).observe(throttling).await?;
    Ok(plan(desired, &observed, ledger, Options::default()))
}

fn show(command: &str, outcome: Outcome, plan: &Plan, results: &[ajo_limits::StepResult]) -> Result<(), Failure> {
    let report = Report { plan: Some(plan.clone()), results: results.to_vec(), ..Report::new(command, outcome) };
    output::data(&indented(&Format::Text.render(&report, &|_| None, TextStyle::default())))
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect::<String>()
}

fn stops(why: &str) -> Failure {
    Failure::new(format!("the story stops: {why}"))
}
