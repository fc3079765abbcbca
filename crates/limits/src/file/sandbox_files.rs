//! Merges the files of one sandbox.

use ajo_core::{Api, SandboxName};

use super::allow_comments::apply_allow_comments;
use super::config_entry;
use super::entry_conflicts::find_conflicts;
use super::file_diagnostics::FileDiagnostics;
use super::limits_document::LimitsDocument;
use super::overlay::is_absent;
use super::schema_types::entry_keys;
use super::source_file::SourceFile;
use super::source_set::SourceSet;
use super::source_span::SourceSpan;
use super::state_setting::{StateSetting, merge_states};
use crate::{DesiredConfig, DesiredLimits, Policy, SecretValues};

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
    pub(crate) state: Option<StateSetting>,
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
    pub(crate) fn merge(&mut self, secrets: &SecretValues) -> MergedLimits {
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
                    let config = config_entry::parse_entry(entry, api, &entry_keys(api), secrets, diagnostics);
                    wanted.extend(config.map(|config| DesiredConfig { file, ..config }));
                }
            }
        }
        // Without other errors only: entries of an unreadable file are unknown.
        let is_intended = documents.iter().any(|document| document.has_empty_list);
        if let (0, false, Some(document), false) = (entries, is_intended, documents.first(), diagnostics.has_errors()) {
            diagnostics.error("AJO_LIMITS_EMPTY", &document.span, "the files contain no limits").hint = Some(
                "if no limit is intended, write `capping: []`; `ajo export` writes the existing limits".to_owned(),
            );
        }
        let production = documents.iter().filter_map(|document| document.production).max();
        diagnostics.extend(find_conflicts(&wanted, production));
        let state = merge_states(documents, diagnostics);
        MergedLimits { configs: wanted, production, state }
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

    /// Marks the findings that comments accept. Comments of bases may be about values that an overlay replaced.
    pub(crate) fn apply_allow_comments(&mut self, configs: &[DesiredConfig]) {
        let own: Vec<_> = self.documents.iter().flat_map(|document| document.allows.clone()).collect();
        let inherited: Vec<_> = self.documents.iter().flat_map(|document| document.base_allows.clone()).collect();
        apply_allow_comments(&own, &inherited, configs, &mut self.diagnostics);
    }

    /// The desired limits, unless the files contain an error.
    pub(crate) fn to_desired(&self, wanted: Vec<DesiredConfig>) -> Option<DesiredLimits> {
        let sandbox = self.sandbox.clone().filter(|_| !self.diagnostics.has_errors())?;
        let files = self.documents.iter().map(|document| document.span.file.to_string()).collect();
        Some(DesiredLimits { sandbox, configs: wanted, files })
    }
}
