//! `ajo apply`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use ajo_apply::{Apply, JournalFile, Running};
use ajo_plan::{
    Desired, Header, JOURNAL_VERSION, Journal, Options, Outcome, Plan, Report, StepResult, StepState, plan,
};

use super::beside::{Beside, Settled};
use super::input::Input;
use super::lock::lock;
use super::progress::Progress;
use super::saved::{self, plan_of};
use super::service::Service;
use super::{confirm, plan as planning, resume, show};
use crate::arguments::{self, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
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
    show::report(settings, &report, &ready.input.sources)?;
    Ok(if not_let_in(&report) { Exit::Authentication.into() } else { show::exit(report.outcome, Exit::Success) })
}

async fn prepare(settings: &Settings, what: &arguments::Apply) -> Result<Prepared, Failure> {
    let reviewed = what.plan.as_deref().map(saved::read).transpose()?;
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
    if let Some(report) = &reviewed {
        saved::check_fresh(report, &plan, service.organization())?;
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
    show::report(settings, &report, &input.sources)?;
    Ok(Prepared::Over(show::exit(report.outcome, Exit::Success)))
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
        let journal = JournalFile::begin(&path, self.header(plan))?;
        let mut cancelled = false;
        let applying = Apply::new(&self.service.session.client, plan, journal, &progress);
        let (journal, broken) = {
            let mut run = std::pin::pin!(applying.run(concurrency));
            loop {
                tokio::select! {
                    done = &mut run => break done,
                    _ = signals.next() => {
                        if std::mem::replace(&mut cancelled, true) {
                            let problem = "stopped at once; what the calls in flight did is not known";
                            let hint = format!("go on with: {}", self.beside.resume(sandbox));
                            return Err(Failure::new(problem).hint(hint).with_exit(Exit::Cancelled));
                        }
                        progress.cancel();
                    }
                }
            }
        };
        progress.finish();

        let results = journal.journal().results();
        let mut notes = self.report.notes.clone();
        notes.extend(broken.map(|error| format!("nothing further was begun: {error}")));
        notes.extend(without_limit(plan, &results));
        let all_done = results.iter().all(|result| result.state == StepState::Done);
        let kept = self.keep(journal.journal()).await;
        let outcome = match (&kept, all_done, cancelled) {
            (Ok(strange), true, _) if strange.is_empty() => Outcome::Applied,
            (_, false, true) => Outcome::Cancelled,
            _ => Outcome::Partial,
        };
        match kept {
            Ok(strange) if all_done => {
                JournalFile::remove(&path)?;
                notes.extend(strange);
            }
            Ok(_) => {
                notes.push(format!("go on with: {}; or change the files, plan and apply", self.beside.resume(sandbox)));
            }
            Err(failure) => notes.push(format!(
                "the ledger does not have yet what was done: {failure}; enter it with: {}",
                self.beside.resume(sandbox)
            )),
        }
        Ok(Report { outcome, results, notes, ..self.report.clone() })
    }

    /// Reads everything back and enters it into the ledger. Gives what is not as it was left: somebody else was at it.
    async fn keep(&self, journal: &Journal) -> Result<Vec<String>, Failure> {
        let Self { service, beside, desired, report, .. } = self;
        let observed = service.observe(desired).await?;
        let mut ledger = beside.load_ledger(service.organization())?;
        journal.settle(&observed, &mut ledger, &desired.sandbox);
        beside.keep(&ledger, desired.sandbox.as_str())?;
        let done = plan_of(report);
        let now = plan(desired, &observed, &ledger, done.options);
        let left = now.changes.iter().map(|change| &change.key);
        let left = left.chain(now.refusals.iter().filter_map(|refusal| refusal.key.as_ref()));
        let ours = left.filter(|key| done.changes.iter().any(|change| change.key == **key));
        Ok(ours.map(|key| format!("{key}: somebody else changed it meanwhile; see `ajo drift`")).collect())
    }

    fn header(&self, plan: &Plan) -> Header {
        Header {
            version: JOURNAL_VERSION,
            organization: self.service.organization().to_owned(),
            began: jiff::Timestamp::now().to_string(),
            files: self.input.files.clone(),
            plan: plan.clone(),
        }
    }
}

/// Those from which what limited was taken away, and that were not given anything in its place.
fn without_limit(plan: &Plan, results: &[StepResult]) -> Vec<String> {
    let state = |change: &ajo_plan::Change, verb: ajo_core::Verb| {
        results.iter().find(|result| result.key == change.key && result.step == verb).map(|result| result.state)
    };
    let bare = plan.changes.iter().filter(|change| {
        change.is_redeployed()
            && matches!(state(change, ajo_core::Verb::Undeploy), Some(StepState::Done | StepState::Unknown))
            && state(change, ajo_core::Verb::Deploy) != Some(StepState::Done)
    });
    bare.map(|change| format!("{}: NOTHING LIMITS IT NOW; deploy it as soon as possible", change.key)).collect()
}
