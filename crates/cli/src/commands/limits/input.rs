//! Reads limits files and the files that they reference.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_auth::Secret;
use ajo_core::SandboxName;
use ajo_core::rules::Severity;
use ajo_limits::file::{self, ParsedLimits, SourceFile, SourceSet};
use ajo_limits::{
    CommandOutcome, CommandReport, DesiredConfig, DesiredLimits, Digest, FileDiagnostic, POLICY_CODE, Plan,
    PlanOptions, Policy, SecretValues, StateLocation,
};
use jiff::Timestamp;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::input_file::read_text;
use crate::read_access;
use crate::report;
use crate::secret_mask;
use crate::session;

/// Maximum size of a limits file in bytes. 10,000 configurations take about 3 MB.
const MAX_LIMITS_FILE_BYTES: usize = 4 * 1024 * 1024;

/// Parsed limits files.
pub(crate) struct LimitsInput {
    pub(crate) sources: SourceSet,
    /// The file names as given on the command line.
    pub(crate) files: Vec<String>,
    pub(crate) diagnostics: Vec<FileDiagnostic>,
    /// Whether the sandbox is a production sandbox, if a file says so. `true` takes precedence.
    pub(crate) production: Option<bool>,
    /// Where the state is, if the files say so.
    pub(crate) state: Option<StateLocation>,
    /// The options of the apply to resume.
    pub(crate) resume_options: Option<PlanOptions>,
    /// The secrets that the files declare.
    pub(crate) secrets: SecretValues,
    desired: Option<DesiredLimits>,
    /// The digest of all policies.
    pub(crate) policy_digest: Option<Digest>,
    pub(crate) policies: Vec<Policy>,
}

impl LimitsInput {
    /// Reads files for a single sandbox.
    pub(crate) fn read(settings: &GlobalSettings, files: &[PathBuf], policy: Option<&Path>) -> Self {
        let sources = load_sources(files, policy).with_secrets(session::known_secrets(settings));
        let limits = file::parse_limits(&sources, &environment_variable);
        Self::from_limits(files, sources, vec![limits])
    }

    /// Reads files whose text is known.
    pub(crate) fn from_sources(settings: &GlobalSettings, files: Vec<SourceFile>) -> Self {
        let names: Vec<PathBuf> = files.iter().map(|file| file.name.clone().into()).collect();
        let sources = read_references(SourceSet::new(files)).with_secrets(session::known_secrets(settings));
        let limits = file::parse_limits(&sources, &environment_variable);
        Self::from_limits(&names, sources, vec![limits])
    }

    /// Reads files for any number of sandboxes, to validate them.
    pub(crate) fn read_each(settings: &GlobalSettings, files: &[PathBuf], policy: Option<&Path>) -> Self {
        let sources = load_sources(files, policy).with_secrets(session::known_secrets(settings));
        let each = file::parse_limits_by_sandbox(&sources, &environment_variable);
        Self::from_limits(files, sources, each)
    }

    /// The desired limits of an earlier plan, with the values of their secrets from the environment.
    pub(crate) fn from_plan(plan: &Plan) -> Result<Self, CommandError> {
        let sandbox: SandboxName =
            plan.sandbox.parse().map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string()))?;
        let (secrets, configs) = read_secrets(plan)?;
        let desired = DesiredLimits { sandbox, configs, files: plan.files.clone() };
        Ok(Self {
            sources: SourceSet::default(),
            files: Vec::new(),
            diagnostics: Vec::new(),
            production: None,
            state: None,
            resume_options: Some(plan.options),
            secrets,
            desired: Some(desired),
            policy_digest: None,
            policies: Vec::new(),
        })
    }

    fn from_limits(files: &[PathBuf], sources: SourceSet, mut each: Vec<ParsedLimits>) -> Self {
        for (_, secret) in each.iter().flat_map(|limits| limits.secrets.iter()) {
            secret_mask::register(secret);
        }
        let secrets = each.first().map(|limits| limits.secrets.clone()).unwrap_or_default();
        let diagnostics = each.iter().flat_map(|limits| limits.diagnostics.clone()).collect();
        let production = each.iter().filter_map(|limits| limits.production).reduce(|one, other| one || other);
        let state = each.first().and_then(|limits| limits.state.as_ref()).map(|state| state.location.clone());
        let policy_digest = each.first().and_then(ParsedLimits::policy_digest);
        let policies = each.iter().flat_map(|limits| limits.policies.clone()).collect();
        let desired = if each.len() == 1 { each.remove(0).desired } else { None };
        let files = files.iter().map(|file| file.display().to_string()).collect();
        Self {
            sources,
            files,
            diagnostics,
            production,
            state,
            resume_options: None,
            secrets,
            desired,
            policy_digest,
            policies,
        }
    }

    /// The desired limits, unless the files contain errors.
    pub(crate) fn desired(&self) -> Option<&DesiredLimits> {
        self.desired.as_ref()
    }

    /// The same input with the options of the apply to resume.
    pub(crate) fn with_resume_options(self, options: PlanOptions) -> Self {
        Self { resume_options: Some(options), ..self }
    }

    /// The end and the reason of the freeze window that contains `now`; of several, the one that ends last.
    pub(crate) fn freeze_notice(&self, now: Timestamp) -> Option<String> {
        let active = self.policies.iter().filter_map(|policy| policy.active_freeze_window(now));
        active.max_by_key(|freeze| freeze.to).map(ToString::to_string)
    }

    /// Fails if a freeze window contains `now`.
    pub(crate) fn check_freeze(&self, now: Timestamp) -> Result<(), CommandError> {
        self.freeze_notice(now).map_or(Ok(()), |notice| {
            Err(CommandError::new(notice)
                .with_hint("wait until then, or change the policy in a review")
                .with_exit_status(ExitStatus::Blocked))
        })
    }

    /// Blocks a plan whose effects the policies do not allow.
    pub(crate) fn check_effects(&self, plan: &mut Plan) {
        let blockers: Vec<_> = self.policies.iter().flat_map(|policy| policy.check_effects(plan)).collect();
        plan.blockers.extend(blockers);
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

/// The secrets of an interrupted apply from the environment, and its configurations with them.
pub(crate) fn read_secrets(plan: &Plan) -> Result<(SecretValues, Vec<DesiredConfig>), CommandError> {
    let failed = |problem: &str, names: Vec<String>| {
        CommandError::new(format!("the interrupted apply needs these secrets, which {problem}: {}", names.join(", ")))
            .with_hint("set them in the environment; the journal does not contain them")
    };
    let names: BTreeSet<_> = plan.desired.iter().flat_map(|config| config.definition.secret_names()).collect();
    let mut secrets = SecretValues::default();
    let mut missing = Vec::new();
    for name in names {
        let Some(value) = environment_variable(&name).map(Secret::new) else {
            missing.push(name);
            continue;
        };
        secret_mask::register(&value);
        secrets.insert(&name, value);
    }
    if !missing.is_empty() {
        return Err(failed("are not set", missing));
    }
    let mut configs = Vec::new();
    let mut changed = BTreeSet::new();
    for config in &plan.desired {
        match config.definition.clone().with_secret_values(&secrets) {
            Ok(definition) => configs.push(DesiredConfig { definition, ..config.clone() }),
            Err(names) => changed.extend(names),
        }
    }
    if changed.is_empty() {
        Ok((secrets, configs))
    } else {
        Err(failed("have other values now", changed.into_iter().collect()))
    }
}

/// The value of a variable that a limits file declares, if it is not blank.
pub(crate) fn environment_variable(name: &str) -> Option<String> {
    let value = read_access::is_variable_readable(name).then(|| std::env::var(name).ok()).flatten();
    value.filter(|value| !value.trim().is_empty())
}

/// Reads the files, and the files that they reference. A file that cannot be read is an error of the files, so that every output
/// format reports it.
fn load_sources(files: &[PathBuf], policy: Option<&Path>) -> SourceSet {
    let read = |file: &Path| {
        let name = file.display().to_string();
        match read_limits(file) {
            Ok(content) => Ok(SourceFile { name, content }),
            Err(reason) => Err((name, reason)),
        }
    };
    let (inputs, unreadable): (Vec<_>, Vec<_>) = files.iter().map(|file| read(file)).partition(Result::is_ok);
    let mut sources = SourceSet::new(inputs.into_iter().flatten().collect());
    let mut unreadable: Vec<_> = unreadable.into_iter().filter_map(Result::err).collect();
    match policy.map(read) {
        Some(Ok(policy)) => sources = sources.with_policy(policy),
        Some(Err(failure)) => unreadable.push(failure),
        None => {}
    }
    for (name, reason) in unreadable {
        sources = sources.with_unreadable(&name, reason);
    }
    read_references(sources)
}

fn read_limits(file: &Path) -> Result<String, String> {
    read_text(file, MAX_LIMITS_FILE_BYTES).map_err(|error| error.to_string())
}

/// Reads the files that these reference.
fn read_references(mut sources: SourceSet) -> SourceSet {
    loop {
        let needed = sources.missing_files();
        if needed.is_empty() {
            return sources;
        }
        for name in needed {
            sources.insert(&name, read_limits(Path::new(&name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::CliArgs;

    const POLICY: &str = "version: 1
freezeWindows:
  - { from: 2030-11-27T00:00:00Z, to: 2030-11-30T00:00:00Z, reason: sale }
  - { from: 2030-11-29T00:00:00Z, to: 2030-12-01T00:00:00Z, reason: audit }
";

    #[test]
    fn freeze_is_checked_at_given_time() {
        let directory = tempfile::tempdir().expect("a directory");
        let (file, policy) = (directory.path().join("prod.yaml"), directory.path().join("policy.yaml"));
        let limits = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 900}\n";
        std::fs::write(&file, limits).expect("written");
        std::fs::write(&policy, POLICY).expect("written");
        let settings = CliArgs::try_parse_from(["ajo", "doctor"]).expect("arguments").settings;
        let input = LimitsInput::read(&settings, &[file], Some(&policy));
        assert!(input.desired().is_some() && input.policy_digest.is_some());
        for (now, reason) in [
            ("2030-11-26T23:59:59Z", None),
            ("2030-11-27T00:00:00Z", Some("until 2030-11-30T00:00:00Z: sale")),
            ("2030-11-29T12:00:00Z", Some("until 2030-12-01T00:00:00Z: audit")),
            ("2030-12-01T00:00:00Z", None),
        ] {
            let checked = input.check_freeze(now.parse().expect("a time"));
            match (checked, reason) {
                (Ok(()), None) => {}
                (Err(error), Some(reason)) => {
                    assert!(error.message.contains(reason), "{now}: {}", error.message);
                    assert_eq!(error.exit_status(), ExitStatus::Blocked);
                }
                (checked, _) => panic!("{now}: {:?}", checked.is_ok()),
            }
        }
    }
}
