//! Parses limits files.

use ajo_core::rules::Severity;
use ajo_core::{Api, SandboxName, SandboxNameError};
use ajo_engine::untrusted_text::escape;

use super::base_resolver::BaseResolver;
use super::file_diagnostics::FileDiagnostics;
use super::limits_document::LimitsDocument;
use super::redaction::{redact, redact_inputs};
use super::sandbox_files::{MergedLimits, SandboxFiles};
use super::source_file::{SourceFile, normalize_path};
use super::source_set::SourceSet;
use super::source_span::SourceSpan;
use super::state_setting::StateSetting;
use crate::{BlockReason, DesiredConfig, DesiredLimits, Digest, FileDiagnostic, FreezeWindow, Policy, SecretValues};

/// The parsed limits files of one sandbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedLimits {
    /// The sandbox, if the files name one.
    pub sandbox: Option<SandboxName>,
    /// The desired limits; `None` if the files contain an error.
    pub desired: Option<DesiredLimits>,
    /// All diagnostics, by file and line.
    pub diagnostics: Vec<FileDiagnostic>,
    /// Whether the sandbox is a production sandbox, if any file says so; `true` takes precedence.
    pub production: Option<bool>,
    /// Where the state is, if a file says so.
    pub state: Option<StateSetting>,
    /// The policies for these files: the ones they reference and the ones passed for all files.
    pub policies: Vec<Policy>,
    /// All files that were read, including bases and policies.
    pub files: Vec<String>,
    /// The secrets that the files declare, whether they use them or not.
    pub secrets: SecretValues,
}

impl ParsedLimits {
    /// Whether the files contain an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The digest of all policies; `None` without a policy.
    pub fn policy_digest(&self) -> Option<Digest> {
        let digests: Vec<_> = self.policies.iter().map(Policy::digest).collect();
        (!digests.is_empty()).then(|| Digest::compute(&digests))
    }

    /// The freeze window that contains `now`; of several, the one that ends last.
    pub fn active_freeze_window(&self, now: jiff::Timestamp) -> Option<&FreezeWindow> {
        self.policies.iter().filter_map(|policy| policy.active_freeze_window(now)).max_by_key(|freeze| freeze.to)
    }
}

/// Parses the limits files of one sandbox and reports all mistakes at once.
///
/// `variables` returns the value of a variable that a file declares.
///
/// ```
/// use ajo_limits::file::{SourceFile, SourceSet, parse_limits};
///
/// let text = "version: 1
/// sandbox: prod
/// capping:
///   - url: https://api.example.org/data/*
///     methods: [GET]
///     services:
///       action: { maxHttpConnections: 50, rating: { maxCallsCount: none, periodInMs: 1000 } }
/// ";
/// let source = SourceFile { name: "prod.yaml".to_owned(), content: text.to_owned() };
/// let limits = parse_limits(&SourceSet::new(vec![source]), &|_| None);
/// let diagnostic = &limits.diagnostics[0];
/// assert_eq!(diagnostic.code, "ERR_ENDPOINTCONFIG_107");
/// assert_eq!(diagnostic.location.as_ref().map(ToString::to_string).as_deref(), Some("prod.yaml:7:66"));
/// ```
pub fn parse_limits(sources: &SourceSet, variables: &dyn Fn(&str) -> Option<String>) -> ParsedLimits {
    let (mut groups, BaseResolver { files, secrets, .. }) = group_by_sandbox(sources, variables);
    if groups.len() == 1 {
        return MergedGroup::new(groups.remove(0), &secrets).finish(sources, &files);
    }
    // Several sandboxes, or files with and without one: report all diagnostics but return no desired limits.
    let declared: Vec<_> = groups.iter().filter_map(SandboxFiles::declared_sandbox).collect();
    let mut diagnostics = FileDiagnostics::default();
    if let [(first, first_span), others @ ..] = &declared[..] {
        for (other, span) in others {
            let message = format!("the sandbox is {other} here, but {first} at {}", first_span.to_location());
            diagnostics.error("AJO_LIMITS_MULTIPLE_SANDBOXES", span, message).hint = Some(
                "this command takes the files of one sandbox: name them, or keep each sandbox in its own directory"
                    .to_owned(),
            );
        }
    }
    let mut all = ParsedLimits { files, secrets, ..ParsedLimits::default() };
    for group in groups {
        let one = MergedGroup::new(group, &all.secrets).finish(sources, &all.files);
        all.sandbox = all.sandbox.or(one.sandbox);
        all.production = all.production.max(one.production);
        all.policies.extend(one.policies);
        all.files.extend(one.files.into_iter().skip(all.files.len()));
        diagnostics.extend(one.diagnostics);
    }
    all.diagnostics = diagnostics.into_sorted(&all.files);
    all
}

/// Parses limits files of any number of sandboxes, grouped by sandbox. Files without a valid sandbox form one group.
pub fn parse_limits_by_sandbox(sources: &SourceSet, variables: &dyn Fn(&str) -> Option<String>) -> Vec<ParsedLimits> {
    let (groups, BaseResolver { files, secrets, .. }) = group_by_sandbox(sources, variables);
    let mut each: Vec<_> = groups.into_iter().map(|group| MergedGroup::new(group, &secrets)).collect();
    add_throttling_notes(&mut each);
    each.into_iter().map(|group| group.finish(sources, &files)).collect()
}

/// The files of one sandbox with their merged content.
struct MergedGroup {
    group: SandboxFiles,
    merged: MergedLimits,
    secrets: SecretValues,
}

impl MergedGroup {
    fn new(mut group: SandboxFiles, secrets: &SecretValues) -> Self {
        let merged = group.merge(secrets);
        Self { group, merged, secrets: secrets.clone() }
    }

    fn throttling(&self) -> Option<&DesiredConfig> {
        self.merged.configs.iter().find(|config| config.definition.api() == Api::Throttling)
    }

    /// Checks the policies and the accepted findings.
    fn finish(self, sources: &SourceSet, files: &[String]) -> ParsedLimits {
        let Self { mut group, merged, secrets } = self;
        let mut files = files.to_vec();
        let policies = group.resolve_policies(sources, &mut files);
        for policy in &policies {
            group.diagnostics.extend(policy.check_configs(&merged.configs));
        }
        group.apply_allow_comments(&merged.configs);
        let desired = group.to_desired(merged.configs);
        // Messages quote values.
        group.diagnostics.map_texts(&|text| secrets.seal(text));
        ParsedLimits {
            sandbox: group.sandbox,
            desired,
            diagnostics: redact_inputs(
                redact(group.diagnostics.into_sorted(&files), &sources.unrecognized_files()),
                &sources.hidden_inputs(),
            ),
            production: merged.production,
            state: merged.state,
            policies,
            files,
            secrets,
        }
    }
}

/// Adds a note if two sandboxes have different throttling, because both may belong to one organization, which has only one.
fn add_throttling_notes(each: &mut [MergedGroup]) {
    let Some((at, first)) = each.iter().enumerate().find_map(|(at, group)| Some((at, group.throttling()?.clone())))
    else {
        return;
    };
    for group in &mut each[at + 1..] {
        let Some(other) = group.throttling().filter(|other| other.deploy_state() != first.deploy_state()) else {
            continue;
        };
        let location = first.location.as_ref().map(ToString::to_string).unwrap_or_default();
        let note = FileDiagnostic {
            code: BlockReason::MultipleThrottling.code().to_owned(),
            severity: Severity::Note,
            message: format!("another sandbox has a different throttling configuration at {location}"),
            hint: Some("all sandboxes of an organization share one throttling configuration".to_owned()),
            key: Some(other.key()),
            location: other.location.clone(),
            allowed: None,
        };
        group.group.diagnostics.extend([note]);
    }
}

/// An input file with its parsed content.
struct ParsedFile<'s> {
    source: &'s SourceFile,
    document: Option<LimitsDocument>,
    sandbox: Option<SandboxName>,
    diagnostics: FileDiagnostics,
}

impl ParsedFile<'_> {
    /// Whether the file is the base of another input and has no sandbox of its own.
    fn is_only_base(&self, all: &[ParsedFile<'_>]) -> bool {
        let name = normalize_path(&self.source.name);
        let has_no_sandbox = self.document.as_ref().is_some_and(|document| document.sandbox.is_none());
        all.iter().any(|other| {
            let bases = other.document.as_ref().map_or(&[][..], |document| &document.bases);
            bases.contains(&name) && (has_no_sandbox || self.sandbox.is_some() && self.sandbox == other.sandbox)
        })
    }
}

/// The input files by sandbox, in input order, and the resolver, which knows all files that were read and their secrets.
fn group_by_sandbox<'s>(
    sources: &'s SourceSet,
    variables: &'s dyn Fn(&str) -> Option<String>,
) -> (Vec<SandboxFiles>, BaseResolver<'s>) {
    let mut resolver = BaseResolver::new(sources, variables);
    let mut inputs: Vec<ParsedFile<'_>> = Vec::new();
    for source in sources.inputs() {
        if inputs.iter().any(|other| normalize_path(&other.source.name) == normalize_path(&source.name)) {
            continue;
        }
        let mut diagnostics = FileDiagnostics::default();
        let document = resolver.resolve(source, &mut diagnostics);
        let sandbox = document.as_ref().and_then(|document| parse_sandbox(document, &mut diagnostics));
        inputs.push(ParsedFile { source, document, sandbox, diagnostics });
    }
    let mut unreadable = SandboxFiles::new(None);
    for (name, reason) in sources.unreadable() {
        let start = SourceSpan::file_start(&name.as_str().into());
        unreadable.diagnostics.error("AJO_LIMITS_FILE", &start, format!("failed to read the file: {reason}"));
    }
    let only_bases: Vec<_> = inputs.iter().map(|one| one.is_only_base(&inputs)).collect();
    let mut groups: Vec<SandboxFiles> = Vec::new();
    groups.extend((!sources.unreadable().is_empty()).then_some(unreadable));
    for (one, _) in inputs.into_iter().zip(only_bases).filter(|(_, only_base)| !only_base) {
        let at = groups.iter().position(|group| group.sandbox == one.sandbox).unwrap_or_else(|| {
            groups.push(SandboxFiles::new(one.sandbox));
            groups.len() - 1
        });
        groups[at].diagnostics.append(one.diagnostics);
        groups[at].documents.extend(one.document);
    }
    if groups.is_empty() {
        let mut group = SandboxFiles::new(None);
        let no_file = SourceSpan::file_start(&"".into());
        group.diagnostics.error("AJO_LIMITS_EMPTY", &no_file, "no limits file was passed").location = None;
        groups.push(group);
    }
    (groups, resolver)
}

/// The sandbox of a file; reports an error and returns `None` if it is missing or invalid.
fn parse_sandbox(document: &LimitsDocument, diagnostics: &mut FileDiagnostics) -> Option<SandboxName> {
    const CODE: &str = "AJO_LIMITS_SANDBOX";
    let Some(node) = &document.sandbox else {
        diagnostics.error(CODE, &document.span, "`sandbox` is missing").hint =
            Some("name the sandbox of this file, for example `sandbox: prod`".to_owned());
        return None;
    };
    let Some(text) = node.as_str() else {
        let message = format!("`sandbox` must be a name, not {}", node.type_name());
        diagnostics.error(CODE, &node.span, message).hint =
            Some("quote a name that YAML does not read as a string".to_owned());
        return None;
    };
    text.parse()
        .inspect_err(|error: &SandboxNameError| {
            diagnostics.error(CODE, &node.span, escape(&error.to_string()));
        })
        .ok()
}

#[cfg(test)]
mod tests;
