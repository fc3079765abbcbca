//! `ajo apply`.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_apply::{Apply, JournalFile, Running};
use ajo_core::Verb;
use ajo_limits::{
    Desired, Header, JOURNAL_VERSION, Journal, Key, Options, Outcome, Plan, Report, StepResult, StepState, plan,
};

use super::input::Input;
use super::lock::lock;
use super::plan_file::{self, plan_of};
use super::progress::Progress;
use super::service::Service;
use super::state_paths::{Beside, Settled};
use super::{confirm, plan as planning, resume};
use crate::arguments::{self, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::signals::Signals;

/// An apply that may begin.
struct Ready {
    service: Service,
    beside: Beside,
    desired: Desired,
    input: Input,
    report: Report,
    /// Held until everything is written.
    _running: Running,
}

/// What comes of looking at everything first.
enum Prepared {
    Ready(Box<Ready>),
    /// There is nothing to do, or something is in the way; it was said.
    Over(ExitCode),
}

pub(crate) async fn run(settings: &Settings, what: &arguments::Apply) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()?;
    let prepared = tokio::select! {
        prepared = prepare(settings, what) => prepared?,
        _ = signals.next() => return Err(Failure::new("stopped; nothing was done").with_exit(Exit::Cancelled)),
    };
    let ready = match prepared {
        Prepared::Ready(ready) => ready,
        Prepared::Over(code) => return Ok(code),
    };
    let report = ready.carry_out(what.concurrency, &mut signals).await?;
    report::print(&report, settings.output, &ready.input.sources)?;
    Ok(if not_let_in(&report) { Exit::Authentication.into() } else { report::exit_code(report.outcome, Exit::Success) })
}

async fn prepare(settings: &Settings, what: &arguments::Apply) -> Result<Prepared, Failure> {
    let reviewed = what.plan.as_deref().map(plan_file::read).transpose()?;
    let of_reviewed = |given: &Option<PathBuf>, kept: fn(&Report) -> Option<&String>| {
        given.clone().or_else(|| reviewed.as_ref().and_then(kept).map(PathBuf::from))
    };
    let ledger = of_reviewed(&what.beside.ledger, |report| report.ledger.as_ref());
    let policy = of_reviewed(&what.beside.policy, |report| report.policy.as_ref());
    let files = match &reviewed {
        Some(report) if what.files.is_empty() => report.files.iter().map(PathBuf::from).collect(),
        _ => what.files.clone(),
    };
    let beside = Beside::of(settings, ledger.as_deref(), &files)?;
    let input = if what.resume { resume::input(settings, &beside)? } else { Input::read(&files, policy.as_deref())? };
    let Some(desired) = input.wanted().cloned() else {
        return input.conclude("apply", settings).map(Prepared::Over);
    };
    // Something half done is worse than a change at the wrong time.
    if let Some(until) = input.frozen().filter(|_| !what.resume) {
        return Err(Failure::new(until)
            .hint("wait until then, or change the policy in a reviewed change")
            .with_exit(Exit::Refused));
    }
    let options = match (&reviewed, input.options) {
        (Some(report), _) => plan_of(report).options,
        (None, Some(begun)) => begun,
        (None, None) => what.planning.options(),
    };
    let service = Service::connect(settings, &desired.sandbox).await?;
    let running = lock(&beside, what.lock_timeout).await?;
    if what.resume {
        resume::check_ledger(&beside, service.organization(), desired.sandbox.as_str())?;
    }
    let (plan, note) = planned(&service, &beside, &desired, options).await?;
    // It is gone on with now, unless something is in the way.
    let note = note.filter(|_| !plan.refusals.is_empty());
    if let Some(report) = &reviewed {
        plan_file::check_fresh(report, &plan, service.organization())?;
    }
    let report = planning::report("apply", &input, &service, plan, note);
    if report.outcome == Outcome::Changes {
        confirm::production(settings, what, &input, &report).await?;
        let ready = Ready { service, beside, desired, input, report, _running: running };
        return Ok(Prepared::Ready(Box::new(ready)));
    }
    if report.outcome == Outcome::Clean {
        catch_up(&service, &beside, &desired, plan_of(&report))?;
    }
    report::print(&report, settings.output, &input.sources)?;
    Ok(Prepared::Over(report::exit_code(report.outcome, Exit::Success)))
}

/// What has to be done now, with what an apply did that was cut off entered into the ledger first.
async fn planned(
    service: &Service,
    beside: &Beside,
    desired: &Desired,
    options: Options,
) -> Result<(Plan, Option<String>), Failure> {
    let observed = service.observe(desired).await?;
    let Settled { ledger, note, behind } = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    if behind {
        beside.keep(&ledger, desired.sandbox.as_str())?;
    }
    Ok((plan(desired, &observed, &ledger, options), note))
}

/// Nothing has to be done at the service, and the ledger may be behind.
fn catch_up(service: &Service, beside: &Beside, desired: &Desired, plan: &Plan) -> Result<(), Failure> {
    let mut ledger = beside.load_ledger(service.organization())?;
    plan.settled.iter().for_each(|found| ledger.note(&desired.sandbox, found.key(), found));
    plan.vanished.iter().for_each(|uid| ledger.forget(uid));
    if !ledger.configurations.is_empty() {
        ledger.organization.get_or_insert_with(|| service.organization().to_owned());
        beside.ledger.save(&ledger)?;
    }
    Ok(JournalFile::remove(&beside.journal(desired.sandbox.as_str()))?)
}

/// Whether the caller was not accepted before anything was done.
fn not_let_in(report: &Report) -> bool {
    let tried = |result: &&StepResult| result.state != StepState::NotStarted;
    let refused = |result: &StepResult| {
        let status = result.error.as_ref().and_then(|error| error.status);
        result.state == StepState::Failed && matches!(status, Some(401 | 403))
    };
    let mut tried = report.results.iter().filter(tried).peekable();
    tried.peek().is_some() && tried.all(refused)
}

impl Ready {
    /// Makes the calls, reads back what has become of it all, and writes the ledger.
    async fn carry_out(&self, concurrency: NonZeroUsize, signals: &mut Signals) -> Result<Report, Failure> {
        let plan = plan_of(&self.report);
        let (path, sandbox) = (self.beside.journal(&plan.sandbox), &plan.sandbox);
        let progress = Progress::of(plan);
        let journal = JournalFile::begin(&path, self.header(plan)?)?;
        let mut cancelled = false;
        let applying = Apply::new(&self.service.session.client, plan, journal, &progress);
        let (journal, broken) = tokio::select! {
            done = applying.run(concurrency) => done,
            () = insisted(signals, &mut cancelled, &progress) => return Err(self.at_once(&path)),
        };
        progress.finish();

        let results = journal.journal().results();
        let mut notes = vec![];
        notes.extend(broken.map(|error| format!("nothing further was begun: {error}")));
        let all_done = results.iter().all(|result| result.state == StepState::Done);
        let kept = tokio::select! {
            kept = self.keep(journal.journal()) => kept,
            () = insisted(signals, &mut cancelled, &progress) => Err(Failure::new("stopped before it was read back")),
        };
        let outcome = match (&kept, all_done, cancelled) {
            (Ok(strange), true, _) if strange.is_empty() => Outcome::Applied,
            (_, false, true) => Outcome::Cancelled,
            _ => Outcome::Partial,
        };
        match kept {
            Ok(strange) => {
                notes.extend(strange);
                if all_done {
                    JournalFile::remove(&path)?;
                } else {
                    let resume = self.beside.resume(sandbox);
                    notes.push(format!("go on with: {resume}; or change the files, plan and apply"));
                }
            }
            Err(failure) => {
                notes.extend(in_exchange(&results).map(|key| format!("it may be that nothing limits {key} now")));
                notes.push(format!(
                    "the ledger does not have yet what was done: {failure}; enter it with: {}",
                    self.beside.resume(sandbox)
                ));
            }
        }
        Ok(Report { outcome, results, notes, ..self.report.clone() })
    }

    /// What is said when nobody waits for the calls in flight.
    fn at_once(&self, journal: &Path) -> Failure {
        let results = JournalFile::load(journal).ok().flatten().map(|journal| journal.results()).unwrap_or_default();
        let bare: String =
            in_exchange(&results).map(|key| format!("; it may be that nothing limits {key} now")).collect();
        Failure::new(format!("stopped at once; what the calls in flight did is not known{bare}"))
            .hint(format!("go on with: {}", self.beside.resume(&plan_of(&self.report).sandbox)))
            .with_exit(Exit::Cancelled)
    }

    /// Reads everything back and enters it into the ledger. Gives what is not as it was wanted, whoever left it so.
    async fn keep(&self, journal: &Journal) -> Result<Vec<String>, Failure> {
        let Self { service, beside, desired, report, .. } = self;
        let observed = service.observe(desired).await?;
        let mut ledger = beside.load_ledger(service.organization())?;
        journal.settle(&observed, &mut ledger, &desired.sandbox);
        beside.keep(&ledger, desired.sandbox.as_str())?;
        let done = plan_of(report);
        let now = plan(desired, &observed, &ledger, done.options);
        let bare = ajo_limits::drift(desired, &observed, &ledger)
            .into_iter()
            .filter(|drift| drift.present && drift.deployed.is_some_and(|deployed| deployed.wanted && !deployed.is));
        let mut strange: Vec<_> = bare.map(|drift| format!("NOTHING LIMITS {} NOW", drift.key)).collect();
        let whole = journal.results().iter().all(|result| result.state == StepState::Done);
        let left = now.changes.iter().map(|change| &change.key);
        let left = left.chain(now.refusals.iter().filter_map(|refusal| refusal.key.as_ref()));
        let ours = left.filter(|key| whole && done.changes.iter().any(|change| change.key == **key));
        strange.extend(ours.map(|key| format!("{key}: somebody else changed it meanwhile; see `ajo drift`")));
        strange.extend(planning::twins(&now));
        Ok(strange)
    }

    fn header(&self, plan: &Plan) -> Result<Header, Failure> {
        let ledger = self.beside.load_ledger(self.service.organization())?;
        let read = self.input.files.iter().filter(|file| *file != "-");
        let whole = |file: &String| std::path::absolute(file).map(|path| path.display().to_string());
        let files: io::Result<Vec<String>> = read.map(whole).collect();
        let files = files.map_err(|error| Failure::new(format!("failed to find the current directory: {error}")))?;
        Ok(Header {
            version: JOURNAL_VERSION,
            organization: self.service.organization().to_owned(),
            began: jiff::Timestamp::now().to_string(),
            files,
            ledger: ledger.digest(&plan.sandbox),
            plan: plan.clone(),
        })
    }
}

/// Those from which what limited may have been taken away, and nothing put in its place.
fn in_exchange(results: &[StepResult]) -> impl Iterator<Item = &Key> {
    let deployed =
        |key: &Key| results.iter().any(|it| it.key == *key && it.step == Verb::Deploy && it.state == StepState::Done);
    let exchanged = |key: &Key| results.iter().any(|it| it.key == *key && it.step == Verb::Deploy);
    results
        .iter()
        .filter(|it| it.step == Verb::Undeploy && matches!(it.state, StepState::Done | StepState::Unknown))
        .map(|it| &it.key)
        .filter(move |key| exchanged(key) && !deployed(key))
}

/// Returns when somebody asks to stop for the second time; the first time no further call is begun.
async fn insisted(signals: &mut Signals, cancelled: &mut bool, progress: &Progress) {
    loop {
        signals.next().await;
        if std::mem::replace(cancelled, true) {
            return;
        }
        progress.cancel();
    }
}
