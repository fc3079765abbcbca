//! Exports the configurations of the service as a limits file.

pub(super) mod definition_lines;
mod scalar;
pub(super) mod value_text;

use std::collections::BTreeMap;

use ajo_core::rules::Severity;
use ajo_core::{Api, SandboxName, Uid};
use ajo_engine::untrusted_text::escape;

use self::scalar::format_scalar;
use super::config_entry::without_nulls;
use super::parsed_limits::parse_limits;
use super::source_file::SourceFile;
use super::source_set::SourceSet;
use crate::{ConfigKey, DesiredConfig, DesiredLimits, LiveState, ObservedConfig, ObservedLimits};

/// Writes a limits file for which `ajo plan` finds nothing to change. Entries are sorted by key, so that exports can be
/// compared.
///
/// A file cannot express everything that the service can store. Incomplete drafts, a second configuration with the same key,
/// and a second throttling configuration become comments with the reason. Where the live definition differs from the saved
/// one, the saved one is exported, and a note shows the live values: a comment in the file would not stay true.
///
/// `from` is the sandbox of the configurations, and `to` the sandbox of the file.
///
/// ```
/// use ajo_limits::{ExportedLimits, ObservedLimits, export_limits};
///
/// let (dev, prod) = ("dev".parse().unwrap(), "prod".parse().unwrap());
/// let ExportedLimits { text, .. } = export_limits(&dev, &prod, &ObservedLimits::default());
/// assert!(text.ends_with("version: 1\nsandbox: prod\n\ncapping: []\n"));
/// ```
pub fn export_limits(from: &SandboxName, to: &SandboxName, observed: &ObservedLimits) -> ExportedLimits {
    let mut found: Vec<&ObservedConfig> = observed.configs.iter().collect();
    // Of two configurations with one key, the deployed one is exported: it limits calls.
    let order = |config: &ObservedConfig| (config.key(), !config.deploy_state.is_deployed(), config.uid.clone());
    found.sort_by_cached_key(|config| order(config));
    let mut exporter = LimitsExporter { sandbox: to, exported_keys: BTreeMap::new(), exported_throttling: None };
    let export_api = |exporter: &mut LimitsExporter<'_>, api| -> Vec<ExportEntry> {
        let found = found.iter().filter(|found| found.deploy_state.saved.api() == api);
        found.map(|found| exporter.export_config(found)).collect()
    };
    let (capping, throttling) = (export_api(&mut exporter, Api::Capping), export_api(&mut exporter, Api::Throttling));

    let mut lines = vec![
        format!("# The limits of sandbox {from}, written by `ajo export`."),
        "version: 1".to_owned(),
        format!("sandbox: {}", format_scalar(to.as_str())),
        String::new(),
        if capping.iter().any(ExportEntry::is_exported) { "capping:" } else { "capping: []" }.to_owned(),
    ];
    lines.extend(capping.iter().flat_map(|entry| entry.lines("  ", Some("- "))));
    if !throttling.is_empty() {
        lines.push(String::new());
    }
    if throttling.iter().any(ExportEntry::is_exported) {
        lines.push("throttling:".to_owned());
    }
    lines.extend(throttling.iter().flat_map(|entry| entry.lines("  ", None)));
    let notes = found.iter().filter_map(|found| live_note(found)).collect();
    let count = capping.iter().chain(&throttling).filter(|entry| entry.is_exported()).count();
    ExportedLimits { text: lines.join("\n") + "\n", count, notes }
}

/// A limits file, and notes that are true only now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedLimits {
    pub text: String,
    /// The number of configurations in the file. The others are comments.
    pub count: usize,
    /// Configurations whose live definition is not the exported one.
    pub notes: Vec<String>,
}

/// One exported configuration.
struct ExportEntry {
    /// Comments above the entry, one per line.
    comments: Vec<String>,
    /// The lines of the entry; commented out if it is not exported.
    lines: Vec<String>,
    is_exported: bool,
}

impl ExportEntry {
    fn is_exported(&self) -> bool {
        self.is_exported
    }

    /// The lines with their indentation, as a list item or as the fields of a mapping.
    fn lines(&self, indent: &str, item: Option<&str>) -> Vec<String> {
        let hash = if self.is_exported { "" } else { "# " };
        let comments = self.comments.iter().map(|comment| format!("{indent}# {}", escape(comment)));
        let lines = self.lines.iter().enumerate().map(|(index, line)| {
            let before = item.map(|item| if index == 0 { item.to_owned() } else { " ".repeat(item.len()) });
            format!("{indent}{hash}{}{line}", before.unwrap_or_default())
        });
        comments.chain(lines).collect()
    }
}

struct LimitsExporter<'d> {
    sandbox: &'d SandboxName,
    exported_keys: BTreeMap<ConfigKey, Uid>,
    exported_throttling: Option<Uid>,
}

impl LimitsExporter<'_> {
    fn export_config(&mut self, found: &ObservedConfig) -> ExportEntry {
        let lines = definition_lines::to_lines(
            &found.deploy_state.saved,
            &without_nulls(found.unknown_fields.clone()),
            found.deploy_state.is_deployed(),
        );
        let key = found.key();
        if let Some(reason) = self.skip_reason(found, &key, &lines) {
            let comment = format!("{} is not exported: {reason}", found.uid);
            return ExportEntry { comments: vec![comment], lines, is_exported: false };
        }
        if key.api == Api::Throttling {
            self.exported_throttling = Some(found.uid.clone());
        }
        self.exported_keys.insert(key, found.uid.clone());
        ExportEntry { comments: Vec::new(), lines, is_exported: true }
    }

    /// Why the configuration cannot be expressed in a limits file.
    fn skip_reason(&self, found: &ObservedConfig, key: &ConfigKey, lines: &[String]) -> Option<String> {
        if let Some(other) = self.exported_keys.get(key) {
            return Some(format!("it has the same URL and methods as {other}, so a file cannot distinguish them"));
        }
        if let Some(other) = self.exported_throttling.as_ref().filter(|_| key.api == Api::Throttling) {
            return Some(format!("an organization has only one throttling configuration, and {other} is exported"));
        }
        // Parse the entry back: any error, also of a future rule, is the reason to skip it.
        let item = if key.api == Api::Capping { Some("- ") } else { None };
        let entry = ExportEntry { comments: Vec::new(), lines: lines.to_vec(), is_exported: true };
        let text = format!(
            "version: 1\nsandbox: {}\n{}:\n{}\n",
            format_scalar(self.sandbox.as_str()),
            key.api,
            entry.lines("  ", item).join("\n")
        );
        let limits = parse_limits(&SourceSet::new(vec![SourceFile { name: String::new(), content: text }]), &|_| None);
        let errors: Vec<_> = limits
            .diagnostics
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(|diagnostic| diagnostic.message)
            .collect();
        let same = |desired: &DesiredLimits| {
            let expected = found.deploy_state.saved.clone().with_extra(without_nulls(found.unknown_fields.clone()));
            let same = |wanted: &DesiredConfig| wanted.definition == expected;
            desired.configs.iter().all(same)
        };
        match limits.desired {
            Some(desired) if same(&desired) => None,
            Some(_) => Some("a file cannot express it exactly".to_owned()),
            None => Some(errors.join("; ")),
        }
    }
}

/// Describes a live definition that differs from the saved one.
fn live_note(found: &ObservedConfig) -> Option<String> {
    let saved = &found.deploy_state.saved;
    let head = format!("{} ({}) was changed but not redeployed", found.key(), found.uid);
    match &found.deploy_state.live {
        LiveState::NotDeployed | LiveState::SameAsSaved => None,
        LiveState::Unknown => Some(format!("{head}; the service does not return the live definition")),
        LiveState::Differs(other) => {
            let diffs = crate::plan::diff_definitions(Some(other), Some(saved));
            let diffs =
                diffs.iter().map(|diff| format!("{}: {} is live, {} is saved", diff.field, diff.before, diff.after));
            Some(format!("{head}; the file has the saved definition: {}", diffs.collect::<Vec<_>>().join("; ")))
        }
    }
}

#[cfg(test)]
mod tests;
