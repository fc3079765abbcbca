//! `ajo apply`.

use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use ajo_apply::{Apply, JournalFile, Running, RunningError};
use ajo_plan::{
    Desired, Entry, Format, Header, JOURNAL_VERSION, Ledger, Options, Outcome, Plan, REPORT_VERSION, Report, StepState,
    Style, plan, render,
};

use super::beside::Beside;
use super::input::Input;
use super::progress::Progress;
use super::service::Service;
use super::{plan as planning, show};
use crate::arguments::{self, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::prompt;
use crate::signals::Signals;

pub(crate) async fn run(settings: &Settings, what: &arguments::Apply) -> Result<ExitCode, Failure> {
    let reviewed = what.plan.as_deref().map(saved).transpose()?;
    let files = match &reviewed {
        Some(report) if what.files.is_empty() => report.files.iter().map(PathBuf::from).collect(),
        _ => what.files.clone(),
    };
    let beside = Beside::of(settings, what.beside.ledger.as_deref(), &files)?;
    let input = if what.resume { resumed(&beside)? } else { Input::read(&files, what.beside.policy.as_deref())? };
    let Some(desired) = input.wanted() else {
        return input.conclude("apply", settings);
    };
    let options = match (&reviewed, &input.options) {
        (Some(report), _) => plan_of(report).options,
        (None, Some(begun)) => *begun,
        (None, None) => what.planning.options(),
    };
    if let Some(until) = input.frozen() {
        return Err(Failure::new(until)
            .hint("wait until then, or change the policy in a reviewed change")
            .with_exit(Exit::Refused));
    }
    let service = Service::connect(settings, &desired.sandbox).await?;
    let running = lock(&beside, what.lock_timeout).await?;
    let (plan, mut ledger, note) = planned(&service, &beside, desired, options).await?;
    if let Some(report) = &reviewed {
        check_fresh(plan_of(report), &plan)?;
    }
    let report = planning::report("apply", &input, &service, plan, note);
    let plan = plan_of(&report);
    if report.outcome != Outcome::Changes {
        if report.outcome == Outcome::Clean {
            // Nothing has to be done at the service, and the ledger may be behind.
            ledger.organization.get_or_insert_with(|| service.organization().to_owned());
            plan.settled.iter().for_each(|found| ledger.note(&desired.sandbox, found.key(), found));
            plan.vanished.iter().for_each(|uid| ledger.forget(uid));
            if !ledger.configurations.is_empty() {
                beside.ledger.save(&ledger)?;
            }
            JournalFile::remove(&beside.journal())?;
        }
        show::report(settings, &report, &input.sources)?;
        return Ok(show::exit(report.outcome, Exit::Success));
    }
    confirm(settings, what, &input, desired, &report)?;
    let report = carry_out(&service, &beside, desired, &report, what.concurrency).await?;
    drop(running);
    show::report(settings, &report, &input.sources)?;
    Ok(show::exit(report.outcome, Exit::Success))
}

/// What has to be done now, with what an apply did that was cut off entered into the ledger first.
async fn planned(
    service: &Service,
    beside: &Beside,
    desired: &Desired,
    options: Options,
) -> Result<(Plan, Ledger, Option<String>), Failure> {
    let observed = service.observe(desired).await?;
    let (ledger, note) = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    if note.is_some() {
        // What is learned of it must not be lost with the journal, which the next one replaces.
        beside.ledger.save(&ledger)?;
    }
    Ok((plan(desired, &observed, &ledger, options), ledger, note))
}

/// Makes the calls, reads back what has become of it all, and writes the ledger.
async fn carry_out(
    service: &Service,
    beside: &Beside,
    desired: &Desired,
    report: &Report,
    concurrency: NonZeroUsize,
) -> Result<Report, Failure> {
    let plan = plan_of(report);
    let progress = Progress::of(plan);
    let journal = JournalFile::begin(&beside.journal(), header(service, plan))?;
    let mut signals = Signals::listen()?;
    let mut cancelled = false;
    let applying = Apply::new(&service.session.client, plan, journal, &progress);
    let mut journal = {
        let mut run = std::pin::pin!(applying.run(concurrency));
        loop {
            tokio::select! {
                done = &mut run => break done?,
                _ = signals.next() => {
                    if std::mem::replace(&mut cancelled, true) {
                        let problem = "stopped at once; what the calls in flight did is not known";
                        return Err(Failure::new(problem).hint(resume_hint(beside)).with_exit(Exit::Cancelled));
                    }
                    progress.cancel();
                }
            }
        }
    };
    progress.finish();
    let results = journal.journal().results();
    let all_done = results.iter().all(|result| result.state == StepState::Done);
    let mut notes = report.notes.clone();
    match settle(service, beside, desired, &mut journal).await {
        Ok(()) if all_done => JournalFile::remove(&beside.journal())?,
        Ok(()) => notes.push(resume_hint(beside)),
        Err(failure) => {
            notes.push(format!("what became of it could not be read back: {failure}"));
            notes.push(resume_hint(beside));
        }
    }
    let outcome = match (all_done, cancelled) {
        (true, _) => Outcome::Applied,
        (false, true) => Outcome::Cancelled,
        (false, false) => Outcome::Partial,
    };
    Ok(Report { outcome, results, notes, ..report.clone() })
}

/// Reads everything back and enters it into the ledger.
async fn settle(
    service: &Service,
    beside: &Beside,
    desired: &Desired,
    journal: &mut JournalFile,
) -> Result<(), Failure> {
    let observed = service.observe(desired).await?;
    let mut ledger = beside.load_ledger(service.organization())?;
    journal.journal().settle(&observed, &mut ledger, &desired.sandbox);
    beside.ledger.save(&ledger)?;
    Ok(journal.add(Entry::Settled)?)
}

fn header(service: &Service, plan: &Plan) -> Header {
    Header {
        version: JOURNAL_VERSION,
        organization: service.organization().to_owned(),
        began: jiff::Timestamp::now().to_string(),
        plan: plan.clone(),
    }
}

fn resume_hint(beside: &Beside) -> String {
    format!("go on with: ajo apply --resume --ledger {}", beside.ledger.path().display())
}

/// What a cut off apply wanted.
fn resumed(beside: &Beside) -> Result<Input, Failure> {
    let journal = beside.load_journal()?.ok_or_else(|| {
        Failure::new(format!("there is nothing to go on with: {} is not there", beside.journal().display()))
            .hint("the journal is beside the ledger; name that with --ledger")
    })?;
    Input::of_plan(&journal.header.plan)
}

/// A plan that `ajo plan --save` has written.
fn saved(file: &Path) -> Result<Report, Failure> {
    let failed = |problem: String| {
        Failure::new(format!("{} is no saved plan: {problem}", file.display()))
            .hint("make one with `ajo plan FILE --save plan.json`")
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("failed to read {}: {error}", file.display())))?;
    let report: Report = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if report.version != REPORT_VERSION {
        return Err(failed(format!(
            "it is of version {}, and this ajo reads version {REPORT_VERSION}",
            report.version
        )));
    }
    if report.plan.is_none() {
        return Err(failed(format!("it is what `ajo {}` said, without a plan", report.command)));
    }
    Ok(report)
}

fn plan_of(report: &Report) -> &Plan {
    report.plan.as_ref().expect("it was looked for when it was read, or put there")
}

/// What was reviewed is what runs, or nothing.
fn check_fresh(reviewed: &Plan, now: &Plan) -> Result<(), Failure> {
    if reviewed.digest == now.digest {
        return Ok(());
    }
    let wants =
        |plan: &Plan| plan.wanted.iter().map(|wanted| (wanted.definition.clone(), wanted.deployed)).collect::<Vec<_>>();
    let what = if wants(reviewed) == wants(now) {
        "the service or the ledger has changed since"
    } else {
        "the files have changed since"
    };
    let problem = format!("the plan is stale: {what}; it was {}, and now it would be {}", reviewed.digest, now.digest);
    Err(Failure::new(problem).hint("plan again, and have that reviewed").with_exit(Exit::Stale))
}

/// Takes the lock that keeps two applies apart.
pub(crate) async fn lock(beside: &Beside, timeout_s: u64) -> Result<Running, Failure> {
    let taken = Running::take(&beside.running(), owner(), Duration::from_secs(timeout_s)).await;
    taken.map_err(|error| match error {
        RunningError::Held { .. } => Failure::new(error.to_string())
            .hint("wait for it with --lock-timeout SECONDS; the lock goes with its process")
            .with_exit(Exit::Stale),
        RunningError::Disk(error) => error.into(),
    })
}

fn owner() -> String {
    let named =
        |names: [&str; 2]| names.into_iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let user = named(["USER", "USERNAME"]).unwrap_or_else(|| "somebody".to_owned());
    #[cfg(unix)]
    let host = Some(rustix::system::uname().nodename().to_string_lossy().into_owned());
    #[cfg(not(unix))]
    let host = named(["COMPUTERNAME", "HOSTNAME"]);
    host.map_or_else(|| user.clone(), |host| format!("{user}@{host}"))
}

/// Asks for the name of a production sandbox.
fn confirm(
    settings: &Settings,
    what: &arguments::Apply,
    input: &Input,
    desired: &Desired,
    report: &Report,
) -> Result<(), Failure> {
    // A fresh emulator is nobody's production.
    if what.yes || settings.emulator || !input.production {
        return Ok(());
    }
    let sandbox = &desired.sandbox;
    if !io::stdin().is_terminal() {
        return Err(Failure::new(format!("sandbox {sandbox} is a production sandbox, and nobody can be asked"))
            .hint("say --yes once the plan is reviewed; or, if it is none, `production: false` in the file")
            .with_exit(Exit::Refused));
    }
    output::note(&render(
        report,
        Format::Text,
        &|file| input.sources.text(file),
        Style { color: output::color(), width: output::width() },
    ));
    let typed =
        prompt::ask(&format!("Type the name of the production sandbox ({sandbox}) to apply this"), None, |typed| {
            Ok::<_, String>(typed.to_owned())
        })?;
    if typed == sandbox.as_str() {
        return Ok(());
    }
    Err(Failure::new("that is not its name; nothing was done").with_exit(Exit::Refused))
}
