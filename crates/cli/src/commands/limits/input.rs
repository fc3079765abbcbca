//! What limits files say, with the files that they name.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_core::Sandbox;
use ajo_core::rules::Severity;
use ajo_limits::file::{self, Limits, Source, Sources};
use ajo_limits::{Desired, Finding, Options, Outcome, POLICY_CODE, Plan, Report};

use crate::arguments::Settings;
use crate::definition::read_text;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;
use crate::session;

/// Longest limits file read, in bytes. Chosen here: 10,000 configurations are about 3 MB.
const MAX_LENGTH: usize = 16 * 1024 * 1024;

/// What is read of limits files.
pub(crate) struct Input {
    pub(crate) sources: Sources,
    /// The files as they were named on the command line.
    pub(crate) files: Vec<String>,
    pub(crate) findings: Vec<Finding>,
    /// Whether the sandbox is one of production. It is, unless a file says that it is none.
    pub(crate) production: bool,
    /// Those of an apply that is gone on with.
    pub(crate) options: Option<Options>,
    desired: Option<Desired>,
    /// Until when nothing may be changed, and why.
    frozen: Option<String>,
}

impl Input {
    /// Reads files that are for one sandbox.
    pub(crate) fn read(files: &[PathBuf], policy: Option<&Path>) -> Result<Self, Failure> {
        let sources = load(files, policy)?;
        let limits = file::read(&sources, &session::variable);
        Ok(Self::of(files, sources, vec![limits]))
    }

    /// Reads files of any sandboxes, to check them.
    pub(crate) fn read_each(files: &[PathBuf], policy: Option<&Path>) -> Result<Self, Failure> {
        let sources = load(files, policy)?;
        let each = file::read_each(&sources, &session::variable);
        Ok(Self::of(files, sources, each))
    }

    /// What a plan wants that was made before.
    pub(crate) fn of_plan(plan: &Plan) -> Result<Self, Failure> {
        let sandbox: Sandbox =
            plan.sandbox.parse().map_err(|error: ajo_core::SandboxError| Failure::new(error.to_string()))?;
        Ok(Self {
            sources: Sources::default(),
            files: Vec::new(),
            findings: Vec::new(),
            production: true,
            options: Some(plan.options),
            desired: Some(Desired { sandbox, configs: plan.wanted.clone() }),
            frozen: None,
        })
    }

    fn of(files: &[PathBuf], sources: Sources, mut each: Vec<Limits>) -> Self {
        let findings = each.iter().flat_map(|limits| limits.findings.clone()).collect();
        let production = each.iter().any(|limits| limits.production != Some(false));
        let now = jiff::Timestamp::now();
        let frozen = each.iter().find_map(|limits| limits.frozen(now)).map(ToString::to_string);
        let desired = if each.len() == 1 { each.remove(0).desired } else { None };
        let files = files.iter().map(|file| file.display().to_string()).collect();
        Self { sources, files, findings, production, options: None, desired, frozen }
    }

    /// What the files want, if nothing in them is an error.
    pub(crate) fn wanted(&self) -> Option<&Desired> {
        self.desired.as_ref()
    }

    /// The same for an apply that is gone on with.
    pub(crate) fn with_options(self, options: Options) -> Self {
        Self { options: Some(options), ..self }
    }

    /// Until when nothing may be changed, and why, if this is such a time.
    pub(crate) fn frozen(&self) -> Option<&str> {
        self.frozen.as_deref()
    }

    /// What is to be said of the files alone: they are in order, something in them is an error, or only the policy forbids it.
    pub(crate) fn outcome(&self) -> Outcome {
        let mut errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let Some(first) = errors.next() else { return Outcome::Clean };
        let only_policy = first.code == POLICY_CODE && errors.all(|finding| finding.code == POLICY_CODE);
        if only_policy { Outcome::Refused } else { Outcome::Invalid }
    }

    /// A report that says what was found in the files.
    pub(crate) fn report(&self, command: &str, outcome: Outcome) -> Report {
        Report { files: self.files.clone(), findings: self.findings.clone(), ..Report::new(command, outcome) }
    }

    /// Ends a command that is about the files alone, or cannot go on with such files.
    pub(crate) fn conclude(&self, command: &str, settings: &Settings) -> Result<ExitCode, Failure> {
        let report = self.report(command, self.outcome());
        report::print(&report, settings.output, &self.sources)?;
        Ok(report::exit_code(report.outcome, Exit::Success))
    }
}

/// The files, and those that they name.
fn load(files: &[PathBuf], policy: Option<&Path>) -> Result<Sources, Failure> {
    let source = |file: &Path| {
        let (_, text) = read_text(file, MAX_LENGTH)?;
        Ok::<_, Failure>(Source { name: file.display().to_string(), text })
    };
    let mut sources = Sources::new(files.iter().map(|file| source(file)).collect::<Result<Vec<_>, _>>()?);
    if let Some(policy) = policy {
        sources = sources.with_policy(source(policy)?);
    }
    loop {
        let needed = sources.needed();
        if needed.is_empty() {
            return Ok(sources);
        }
        for name in needed {
            let text = read_text(Path::new(&name), MAX_LENGTH);
            sources.provide(&name, text.map(|(_, text)| text).map_err(|failure| failure.problem));
        }
    }
}
