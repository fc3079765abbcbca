//! What limits files say, with the files that they name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_core::Sandbox;
use ajo_core::rules::Severity;
use ajo_plan::file::{self, Limits, Source};
use ajo_plan::{Desired, Finding, Options, Outcome, POLICY_CODE, Plan, Report};

use super::show;
use crate::arguments::Settings;
use crate::definition::read_text;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session;

/// Longest limits file read, in bytes. Chosen here: 10,000 configurations are about 3 MB.
const MAX_LENGTH: u64 = 16 * 1024 * 1024;

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

/// The texts of files, for showing places in them.
#[derive(Default)]
pub(crate) struct Sources(BTreeMap<String, String>);

impl Sources {
    /// The text of a file, if it may be shown.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

impl Input {
    /// Reads files that are for one sandbox.
    pub(crate) fn read(files: &[PathBuf], policy: Option<&Path>) -> Result<Self, Failure> {
        let (sources, texts) = load(files, policy)?;
        let limits = file::read(&sources, &session::variable);
        Ok(Self::of(files, policy, texts, vec![limits]))
    }

    /// Reads files of any sandboxes, to check them.
    pub(crate) fn read_each(files: &[PathBuf], policy: Option<&Path>) -> Result<Self, Failure> {
        let (sources, texts) = load(files, policy)?;
        let each = file::read_each(&sources, &session::variable);
        Ok(Self::of(files, policy, texts, each))
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

    fn of(files: &[PathBuf], policy: Option<&Path>, texts: BTreeMap<String, String>, mut each: Vec<Limits>) -> Self {
        let mut findings: Vec<Finding> = each.iter().flat_map(|limits| limits.findings.clone()).collect();
        let texts = without_foreign(files.iter().map(PathBuf::as_path).chain(policy), texts, &mut findings);
        let production = each.iter().any(|limits| limits.production != Some(false));
        let now = jiff::Timestamp::now();
        let frozen = each.iter().find_map(|limits| limits.frozen(now)).map(ToString::to_string);
        let desired = if each.len() == 1 { each.remove(0).desired } else { None };
        let files = files.iter().map(|file| file.display().to_string()).collect();
        Self { sources: Sources(texts), files, findings, production, options: None, desired, frozen }
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

    /// Ends a command that is about the files alone, or cannot go on with such files.
    pub(crate) fn conclude(&self, command: &str, settings: &Settings) -> Result<ExitCode, Failure> {
        let report = Report {
            files: self.files.clone(),
            findings: self.findings.clone(),
            ..Report::new(command, self.outcome())
        };
        show::report(settings, &report, &self.sources)?;
        Ok(show::exit(report.outcome, Exit::Success))
    }
}

/// A file that a limits file names, and that is none of ours, may hold a secret, whoever named it: no line of it is shown, and of
/// what was found in it only that.
fn without_foreign<'f>(
    given: impl Iterator<Item = &'f Path>,
    texts: BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, String> {
    let given: Vec<String> = given.map(|file| file.display().to_string()).collect();
    let (texts, foreign): (BTreeMap<_, _>, BTreeMap<_, _>) =
        texts.into_iter().partition(|(name, text)| given.contains(name) || is_ours(text));
    for finding in findings.iter_mut() {
        if finding.place.as_ref().is_some_and(|place| foreign.contains_key(&place.file)) {
            finding.message = String::from("it is named as one, and is no file of limits or of a policy");
            finding.hint =
                Some("such a file begins with `version: 1`, and has no keys but those of `ajo schema`".to_owned());
        }
    }
    findings.dedup_by(|one, other| {
        one.message == other.message && one.place.as_ref().map(|it| &it.file) == other.place.as_ref().map(|it| &it.file)
    });
    texts
}

/// Whether a text is a limits file or a policy, as far as its keys go.
fn is_ours(text: &str) -> bool {
    let Ok(serde_json::Value::Object(file)) = serde_saphyr::from_str(text) else { return false };
    let known = |of| ajo_plan::schema(of)["properties"].as_object().cloned().unwrap_or_default();
    let keys = [known(ajo_plan::Schema::Limits), known(ajo_plan::Schema::Policy)];
    file.get("version").is_some_and(|version| *version == 1)
        && file.keys().all(|key| keys.iter().any(|known| known.contains_key(key)))
}

/// The files, those that they name, and all their texts.
fn load(files: &[PathBuf], policy: Option<&Path>) -> Result<(file::Sources, BTreeMap<String, String>), Failure> {
    let mut texts = BTreeMap::new();
    let mut source = |file: &Path| {
        let (_, text) = read_text(file, MAX_LENGTH)?;
        let name = file.display().to_string();
        texts.insert(name.clone(), text.clone());
        Ok::<_, Failure>(Source { name, text })
    };
    let given = files.iter().map(|file| source(file)).collect::<Result<Vec<_>, _>>()?;
    let policy = policy.map(source).transpose()?;
    let mut sources = file::Sources::new(given);
    if let Some(policy) = policy {
        sources = sources.with_policy(policy);
    }
    loop {
        let needed = sources.needed();
        if needed.is_empty() {
            return Ok((sources, texts));
        }
        for name in needed {
            let text = read_text(Path::new(&name), MAX_LENGTH).map(|(_, text)| text);
            if let Ok(text) = &text {
                texts.insert(name.clone(), text.clone());
            }
            sources.provide(&name, text.map_err(|failure| failure.problem));
        }
    }
}
