//! Merges the files of one sandbox.

use std::collections::HashMap;

use ajo_core::{Api, SandboxName};

use super::config_entry;
use super::file_diagnostics::FileDiagnostics;
use super::limits_document::LimitsDocument;
use super::overlay::is_absent;
use super::source_file::SourceFile;
use super::source_set::SourceSet;
use super::source_span::SourceSpan;
use crate::{ConfigKey, DesiredConfig, DesiredLimits, FileDiagnostic, Policy};

/// The files of one sandbox.
pub(crate) struct SandboxFiles {
    /// `None` for files without a valid sandbox.
    pub(crate) sandbox: Option<SandboxName>,
    pub(crate) documents: Vec<LimitsDocument>,
    pub(crate) diagnostics: FileDiagnostics,
}

/// The merged content of the files.
pub(crate) struct MergedLimits {
    pub(crate) configs: Vec<DesiredConfig>,
    /// True if any file says so.
    pub(crate) production: Option<bool>,
}

impl SandboxFiles {
    pub(crate) fn new(sandbox: Option<SandboxName>) -> Self {
        Self { sandbox, documents: Vec::new(), diagnostics: FileDiagnostics::default() }
    }

    /// The sandbox and the position of its declaration.
    pub(crate) fn declared_sandbox(&self) -> Option<(SandboxName, SourceSpan)> {
        let span = self.documents.iter().find_map(|document| document.sandbox.as_ref()).map(|node| node.span.clone());
        self.sandbox.clone().zip(span)
    }

    /// Checks every entry, and all entries against each other.
    pub(crate) fn merge(&mut self) -> MergedLimits {
        let (diagnostics, documents) = (&mut self.diagnostics, &self.documents);
        let mut wanted = Vec::new();
        let mut entries = 0;
        for document in documents {
            let capping = document.capping.iter().map(|entry| (entry, Api::Capping));
            let throttling = document.throttling.iter().filter(|entry| !entry.is_null());
            for (entry, api) in capping.chain(throttling.map(|entry| (entry, Api::Throttling))) {
                entries += 1;
                if is_absent(entry, diagnostics) {
                    let message = "`absent: true` is only allowed in a file with a base";
                    diagnostics.error("AJO_LIMITS_OVERLAY", &entry.reference_span, message);
                } else {
                    let file = Some(document.span.file.to_string());
                    let config = config_entry::parse_entry(entry, api, diagnostics);
                    wanted.extend(config.map(|config| DesiredConfig { file, ..config }));
                }
            }
        }
        // Without other errors only: entries of an unreadable file are unknown.
        if let (0, Some(document), false) = (entries, documents.first(), diagnostics.has_errors()) {
            diagnostics.error("AJO_LIMITS_EMPTY", &document.span, "the files contain no limits").hint =
                Some("an empty file would mean deleting every limit; `ajo export` writes the existing ones".to_owned());
        }
        let duplicates = check_duplicates(&wanted);
        diagnostics.extend(duplicates);
        let production = documents.iter().filter_map(|document| document.production).max();
        MergedLimits { configs: wanted, production }
    }

    /// The policies for these files, without duplicates. An unreadable policy is an error of the file that references it.
    pub(crate) fn resolve_policies(&mut self, sources: &SourceSet, files: &mut Vec<String>) -> Vec<Policy> {
        let mut policy_files: Vec<SourceFile> = sources.policies().to_vec();
        for reference in self.documents.iter().filter_map(|document| document.policy.as_ref()) {
            match sources.get(&reference.name) {
                Some(Ok(source)) if policy_files.contains(&source) => {}
                Some(Ok(source)) => policy_files.push(source),
                unread => {
                    let reason = unread.and_then(Result::err).unwrap_or_else(|| "it was not loaded".to_owned());
                    let message = format!("failed to read {}: {reason}", reference.name);
                    self.diagnostics.error("AJO_LIMITS_POLICY_FILE", &reference.span, message);
                }
            }
        }
        let mut policies = Vec::new();
        for source in &policy_files {
            let (policy, diagnostics) = Policy::parse(source);
            if !files.contains(&source.name) {
                files.push(source.name.clone());
            }
            self.diagnostics.extend(diagnostics);
            policies.extend(policy);
        }
        policies
    }

    /// The desired limits, unless the files contain an error.
    pub(crate) fn to_desired(&self, wanted: Vec<DesiredConfig>) -> Option<DesiredLimits> {
        let sandbox = self.sandbox.clone().filter(|_| !self.diagnostics.has_errors())?;
        let files = self.documents.iter().map(|document| document.span.file.to_string()).collect();
        Some(DesiredLimits { sandbox, configs: wanted, files })
    }
}

/// Reports duplicate limits, more than one throttling limit, and methods of a URL that have two limits.
fn check_duplicates(wanted: &[DesiredConfig]) -> Vec<FileDiagnostic> {
    let mut found = Vec::new();
    let mut first_by_key: HashMap<ConfigKey, &DesiredConfig> = HashMap::new();
    let mut by_url: HashMap<String, Vec<&DesiredConfig>> = HashMap::new();
    let mut throttling: Option<&DesiredConfig> = None;
    for one in wanted {
        let key = one.key();
        if let Some(first) = first_by_key.get(&key) {
            let hint = "limits are identified by URL and methods; remove one of the two";
            found.push(error_diagnostic(
                "AJO_LIMITS_DUPLICATE",
                one,
                format!("duplicate limit; first defined at {}", location_string(first)),
                hint,
            ));
        } else if key.api == Api::Throttling {
            if let Some(first) = throttling {
                let message = format!("a throttling limit is already defined at {}", location_string(first));
                let hint = "an organization has only one throttling configuration";
                found.push(error_diagnostic("AJO_LIMITS_MULTIPLE_THROTTLING", one, message, hint));
            }
        } else {
            let others = by_url.entry(key.url.clone()).or_default();
            found.extend(others.iter().filter_map(|other| config_entry::find_overlap(other, one)));
            others.push(one);
        }
        if key.api == Api::Throttling {
            throttling.get_or_insert(one);
        }
        first_by_key.entry(key).or_insert(one);
    }
    found
}

fn location_string(wanted: &DesiredConfig) -> String {
    wanted.location.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn error_diagnostic(code: &str, wanted: &DesiredConfig, message: String, hint: &str) -> FileDiagnostic {
    FileDiagnostic {
        code: code.to_owned(),
        severity: ajo_core::rules::Severity::Error,
        message,
        hint: Some(hint.to_owned()),
        location: wanted.location.clone(),
        key: Some(wanted.key()),
    }
}
