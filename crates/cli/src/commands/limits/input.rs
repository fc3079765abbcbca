//! Reads limits files and the files that they reference.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_core::SandboxName;
use ajo_core::rules::Severity;
use ajo_limits::file::{self, ParsedLimits, SourceFile, SourceSet};
use ajo_limits::{CommandOutcome, CommandReport, DesiredLimits, FileDiagnostic, POLICY_CODE, Plan, PlanOptions};

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::definition_file::read_file_or_stdin;
use crate::exit_status::ExitStatus;
use crate::report;
use crate::session;

/// Maximum size of a limits file in bytes. 10,000 configurations take about 3 MB.
const MAX_LIMITS_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Parsed limits files.
pub(crate) struct LimitsInput {
    pub(crate) sources: SourceSet,
    /// The file names as given on the command line.
    pub(crate) files: Vec<String>,
    pub(crate) diagnostics: Vec<FileDiagnostic>,
    /// Whether the sandbox is a production sandbox. True unless a file sets `production: false`.
    pub(crate) is_production: bool,
    /// The options of the apply to resume.
    pub(crate) resume_options: Option<PlanOptions>,
    desired: Option<DesiredLimits>,
    /// The end of the active freeze window, and its reason.
    freeze_notice: Option<String>,
}

impl LimitsInput {
    /// Reads files for a single sandbox.
    pub(crate) fn read(files: &[PathBuf], policy: Option<&Path>) -> Result<Self, CommandError> {
        let sources = load_sources(files, policy)?;
        let limits = file::parse_limits(&sources, &session::variable);
        Ok(Self::from_limits(files, sources, vec![limits]))
    }

    /// Reads files for any number of sandboxes, to validate them.
    pub(crate) fn read_each(files: &[PathBuf], policy: Option<&Path>) -> Result<Self, CommandError> {
        let sources = load_sources(files, policy)?;
        let each = file::parse_limits_by_sandbox(&sources, &session::variable);
        Ok(Self::from_limits(files, sources, each))
    }

    /// The desired limits of an earlier plan.
    pub(crate) fn from_plan(plan: &Plan) -> Result<Self, CommandError> {
        let sandbox: SandboxName =
            plan.sandbox.parse().map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string()))?;
        Ok(Self {
            sources: SourceSet::default(),
            files: Vec::new(),
            diagnostics: Vec::new(),
            is_production: true,
            resume_options: Some(plan.options),
            desired: Some(DesiredLimits { sandbox, configs: plan.desired.clone() }),
            freeze_notice: None,
        })
    }

    fn from_limits(files: &[PathBuf], sources: SourceSet, mut each: Vec<ParsedLimits>) -> Self {
        let diagnostics = each.iter().flat_map(|limits| limits.diagnostics.clone()).collect();
        let is_production = each.iter().any(|limits| limits.production != Some(false));
        let now = jiff::Timestamp::now();
        let freeze_notice = each.iter().find_map(|limits| limits.active_freeze_window(now)).map(ToString::to_string);
        let desired = if each.len() == 1 { each.remove(0).desired } else { None };
        let files = files.iter().map(|file| file.display().to_string()).collect();
        Self { sources, files, diagnostics, is_production, resume_options: None, desired, freeze_notice }
    }

    /// The desired limits, unless the files contain errors.
    pub(crate) fn desired(&self) -> Option<&DesiredLimits> {
        self.desired.as_ref()
    }

    /// The same input with the options of the apply to resume.
    pub(crate) fn with_resume_options(self, options: PlanOptions) -> Self {
        Self { resume_options: Some(options), ..self }
    }

    /// The end of the active freeze window and its reason, if there is one.
    pub(crate) fn freeze_notice(&self) -> Option<&str> {
        self.freeze_notice.as_deref()
    }

    /// The outcome of the files alone: clean, invalid, or blocked if all errors are policy violations.
    pub(crate) fn outcome(&self) -> CommandOutcome {
        let mut errors = self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let Some(first) = errors.next() else { return CommandOutcome::Clean };
        let only_policy = first.code == POLICY_CODE && errors.all(|diagnostic| diagnostic.code == POLICY_CODE);
        if only_policy { CommandOutcome::Blocked } else { CommandOutcome::Invalid }
    }

    /// A report with the diagnostics of the files.
    pub(crate) fn report(&self, command: &str, outcome: CommandOutcome) -> CommandReport {
        CommandReport {
            files: self.files.clone(),
            diagnostics: self.diagnostics.clone(),
            ..CommandReport::new(command, outcome)
        }
    }

    /// Prints the report and returns the exit code, for commands that stop after reading the files.
    pub(crate) fn report_and_exit(&self, command: &str, settings: &GlobalSettings) -> Result<ExitCode, CommandError> {
        let report = self.report(command, self.outcome());
        report::print(&report, settings.output, &self.sources)?;
        Ok(report::exit_code(report.outcome, ExitStatus::Success))
    }
}

/// Reads the files, and the files that they reference.
fn load_sources(files: &[PathBuf], policy: Option<&Path>) -> Result<SourceSet, CommandError> {
    let source = |file: &Path| {
        let (_, text) = read_file_or_stdin(file, MAX_LIMITS_FILE_BYTES)?;
        Ok::<_, CommandError>(SourceFile { name: file.display().to_string(), content: text })
    };
    let mut sources = SourceSet::new(files.iter().map(|file| source(file)).collect::<Result<Vec<_>, _>>()?);
    if let Some(policy) = policy {
        sources = sources.with_policy(source(policy)?);
    }
    loop {
        let needed = sources.missing_files();
        if needed.is_empty() {
            return Ok(sources);
        }
        for name in needed {
            let text = read_file_or_stdin(Path::new(&name), MAX_LIMITS_FILE_BYTES);
            sources.insert(&name, text.map(|(_, text)| text).map_err(|failure| failure.message));
        }
    }
}
