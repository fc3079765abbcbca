//! Checks the entries of a sandbox against each other.

use std::collections::HashMap;

use ajo_core::Api;
use ajo_core::rules::Severity;

use super::file_diagnostics::quote_excerpt;
use crate::rating::Rating;
use crate::url_form::{overlap_sort_key, patterns_overlap};
use crate::{ConfigKey, DesiredConfig, FileDiagnostic};

/// The page of Adobe's product documentation, relative to `help/using/`.
const THROTTLING_PAGE: &str = "configuration/throttling.md";

/// An entry with its key, which is computed once.
struct Entry<'c> {
    config: &'c DesiredConfig,
    key: ConfigKey,
}

/// Reports duplicates, overlaps, and combinations of capping and throttling that do not work.
///
/// `is_production` is the value in the files.
pub(crate) fn find_conflicts(configs: &[DesiredConfig], is_production: Option<bool>) -> Vec<FileDiagnostic> {
    let entries: Vec<_> = configs.iter().map(|config| Entry { config, key: config.key() }).collect();
    let (throttling, capping): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.key.api == Api::Throttling);
    let mut found = find_duplicates(&entries);
    if let [first, others @ ..] = &throttling[..] {
        for other in others.iter().filter(|other| other.key != first.key) {
            let message = format!("a throttling limit is already defined at {}", first.location());
            let hint = "an organization has only one throttling configuration";
            found.push(other.diagnostic("AJO_LIMITS_MULTIPLE_THROTTLING", Severity::Error, message, hint));
        }
        found.extend((is_production == Some(false)).then(|| throttling_sandbox(first)));
        found.extend(capping.iter().filter_map(|capping| capping_below_throttling(capping, first)));
    }
    found.extend(find_shared_methods(&capping));
    found.extend(find_overlaps(&capping));
    found
}

fn find_duplicates(entries: &[Entry<'_>]) -> Vec<FileDiagnostic> {
    let mut first_by_key: HashMap<&ConfigKey, &Entry<'_>> = HashMap::new();
    let mut found = Vec::new();
    for entry in entries {
        let first = first_by_key.entry(&entry.key).or_insert(entry);
        if !std::ptr::eq(*first, entry) {
            let message = format!("duplicate limit; first defined at {}", first.location());
            let hint = "limits are identified by URL and methods; remove one of the two";
            found.push(entry.diagnostic("AJO_LIMITS_DUPLICATE", Severity::Error, message, hint));
        }
    }
    found
}

/// Documented: creating throttling in another sandbox is refused with code 1463.
fn throttling_sandbox(throttling: &Entry<'_>) -> FileDiagnostic {
    let message = format!(
        "throttling is only possible in a production sandbox, and the file says `production: false` ({THROTTLING_PAGE})"
    );
    let hint = "move it to the file of a production sandbox; in a file with a base, `throttling: null` removes it";
    throttling.diagnostic("AJO_LIMITS_THROTTLING_SANDBOX", Severity::Error, message, hint)
}

/// Documented: with both on one endpoint, the capping threshold should be above the throttling, so that it never rejects a call
/// that throttling would queue. Throttling applies to custom actions only.
fn capping_below_throttling(capping: &Entry<'_>, throttling: &Entry<'_>) -> Option<FileDiagnostic> {
    let rating = Rating::find(&capping.config.definition, "action")?;
    let throughput = throttling.config.definition.integer_at(&["maxThroughput"])?;
    let is_live = capping.config.deployed && throttling.config.deployed;
    if rating.exceeds(throughput) || !is_live || !capping.overlaps(throttling) {
        return None;
    }
    let Rating { calls, period_in_ms } = rating;
    let message = format!(
        "action allows {calls} calls in {period_in_ms} ms, which is not above the throttling of {throughput} per second at \
         {}: calls are rejected before they are queued ({THROTTLING_PAGE})",
        throttling.location()
    );
    let hint = "raise the capping above the throttling, or remove one of the two";
    Some(capping.diagnostic("AJO_LIMITS_CAPPING_BELOW_THROTTLING", Severity::Warning, message, hint))
}

/// Notes about limits for the same URL that share some, but not all, methods.
fn find_shared_methods(capping: &[&Entry<'_>]) -> Vec<FileDiagnostic> {
    let mut by_url: HashMap<&str, Vec<&Entry<'_>>> = HashMap::new();
    let mut found = Vec::new();
    for entry in capping {
        let others = by_url.entry(&entry.key.url).or_default();
        for other in others.iter().filter(|other| other.key != entry.key) {
            let both: Vec<_> = other.key.methods.intersection(&entry.key.methods).map(String::as_str).collect();
            if !both.is_empty() {
                let message =
                    format!("{} of this URL also has a limit at {}", quote_excerpt(&both.join(", ")), other.location());
                let hint = "list each method once: it is not documented which of the two limits applies";
                found.push(entry.diagnostic("AJO_LIMITS_OVERLAP", Severity::Note, message, hint));
            }
        }
        others.push(entry);
    }
    found
}

/// Notes about patterns that also match URLs of other limits. One note per pattern, at the one with the shorter prefix.
fn find_overlaps(capping: &[&Entry<'_>]) -> Vec<FileDiagnostic> {
    let mut sorted: Vec<_> = capping.iter().map(|entry| (overlap_sort_key(&entry.key.url), *entry)).collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut found = Vec::new();
    for (at, ((prefix, _), entry)) in sorted.iter().enumerate().filter(|(_, ((_, is_plain), _))| !is_plain) {
        let following = sorted[at + 1..].iter().take_while(|((other, _), _)| other.starts_with(prefix));
        let mut others =
            following.map(|(_, other)| other).filter(|other| entry.overlaps(other) && entry.key.url != other.key.url);
        if let Some(first) = others.next() {
            let more = match others.count() {
                0 => String::new(),
                count => format!(", and of {count} more"),
            };
            let message = format!("this pattern also matches URLs of the limit at {}{more}", first.location());
            let hint = "it is not documented which limit applies to a URL that several patterns match";
            found.push(entry.diagnostic("AJO_LIMITS_OVERLAP", Severity::Note, message, hint));
        }
    }
    found
}

impl Entry<'_> {
    fn location(&self) -> String {
        self.config.location.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// Whether one call can match both.
    fn overlaps(&self, other: &Self) -> bool {
        !self.key.methods.is_disjoint(&other.key.methods) && patterns_overlap(&self.key.url, &other.key.url)
    }

    fn diagnostic(&self, code: &str, severity: Severity, message: String, hint: &str) -> FileDiagnostic {
        FileDiagnostic {
            code: code.to_owned(),
            severity,
            message,
            hint: Some(hint.to_owned()),
            location: self.config.location.clone(),
            key: Some(self.key.clone()),
            allowed: None,
        }
    }
}
