//! Checks limits against a policy.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;

use super::freeze_window::FreezeWindow;
use super::glob::Glob;
use super::maximum_rule::MaximumRule;
use crate::url_form::normalized_host;
use crate::{DesiredConfig, DesiredLimits, Digest, FileDiagnostic, SourceLocation};

/// The code of a policy violation.
pub const POLICY_CODE: &str = "AJO_LIMITS_POLICY";

/// Restrictions for limits files, and freeze windows.
///
/// ```
/// use ajo_limits::file::{SourceFile, SourceSet, parse_limits, parse_limits_by_sandbox};
/// use ajo_limits::{FreezeWindow, POLICY_CODE, Policy};
///
/// let limits = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 900}\n";
/// let policy = "version: 1
/// maximums:
///   - url: https://a.example/*
///     maxThroughput: 400
/// freezeWindows:
///   - from: 2030-11-27T00:00:00Z
///     to: 2030-11-30T00:00:00Z
///     reason: the busiest days of the year
/// ";
/// let source = |name: &str, text: &str| SourceFile { name: name.to_owned(), content: text.to_owned() };
/// let sources = SourceSet::new(vec![source("prod.yaml", limits)]).with_policy(source("policy.yaml", policy));
/// let limits = &parse_limits_by_sandbox(&sources, &|_| None)[0];
/// assert!(limits.has_errors() && limits.diagnostics.iter().any(|diagnostic| diagnostic.code == POLICY_CODE));
///
/// let policy: &Policy = &limits.policies[0];
/// assert_eq!(policy.name(), "policy.yaml");
/// assert!(policy.digest().as_str().starts_with("sha256:") && limits.policy_digest().is_some());
/// let freeze: &FreezeWindow = policy.active_freeze_window("2030-11-28T12:00:00Z".parse()?).expect("a freeze window");
/// assert_eq!(freeze.reason, "the busiest days of the year");
/// assert!(policy.freeze_windows()[0] == *freeze && !freeze.contains("2030-12-01T12:00:00Z".parse()?));
///
/// // A policy can also check limits that were parsed without it.
/// let limits = parse_limits(&SourceSet::new(sources.inputs().to_vec()), &|_| None);
/// let desired = limits.desired.expect("valid without the policy");
/// assert_eq!(policy.check(&desired)[0].code, POLICY_CODE);
/// assert!(sources.displayable_content("policy.yaml").is_some());
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub(super) name: String,
    pub(super) digest: Digest,
    pub(super) maximums: Vec<MaximumRule>,
    pub(super) denied_hosts: Vec<PatternRule>,
    pub(super) require_deployed: Vec<PatternRule>,
    pub(super) freeze_windows: Vec<FreezeWindow>,
    pub(super) observed: Vec<String>,
}

/// A pattern and its position in the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PatternRule {
    pub(super) glob: Glob,
    pub(super) location: SourceLocation,
}

impl Policy {
    /// The name of the policy file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The digest of the content of the policy file.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The paths of the exports of observed traffic.
    pub fn observed(&self) -> &[String] {
        &self.observed
    }

    pub fn freeze_windows(&self) -> &[FreezeWindow] {
        &self.freeze_windows
    }

    /// Reports violations. Each diagnostic points to the limit and names the position of the policy rule.
    pub fn check(&self, desired: &DesiredLimits) -> Vec<FileDiagnostic> {
        self.check_configs(&desired.configs)
    }

    pub(crate) fn check_configs(&self, wanted: &[DesiredConfig]) -> Vec<FileDiagnostic> {
        wanted.iter().flat_map(|wanted| self.check_config(wanted)).collect()
    }

    fn check_config(&self, wanted: &DesiredConfig) -> Vec<FileDiagnostic> {
        let key = wanted.key();
        let (url, host) = (key.url.as_str(), normalized_host(&key.url));
        let mut violations: Vec<(String, String)> = Vec::new();
        for maximum in self.maximums.iter().filter(|maximum| maximum.url.overlaps(url)) {
            let part = if maximum.url.covers(url) { "" } else { ", for some of these URLs" };
            let rule = format!("{}{part}", maximum.location);
            let violated = maximum.violations(&wanted.definition).into_iter();
            violations.extend(violated.map(|violation| (violation, rule.clone())));
        }
        for rule in self.denied_hosts.iter().filter(|rule| rule.glob.overlaps(host)) {
            violations.push((format!("the host `{}` is denied", escape(host)), rule.location.to_string()));
        }
        let required = self.require_deployed.iter().filter(|rule| !wanted.deployed && rule.glob.overlaps(url));
        violations.extend(required.map(|rule| ("the limit must be deployed".to_owned(), rule.location.to_string())));
        let to_diagnostic = |(violation, rule): (String, String)| FileDiagnostic {
            code: POLICY_CODE.to_owned(),
            severity: Severity::Error,
            message: format!("{violation} (policy rule at {rule})"),
            hint: None,
            location: wanted.location.clone(),
            key: Some(key.clone()),
            allowed: None,
        };
        violations.into_iter().map(to_diagnostic).collect()
    }

    /// The freeze window that contains `now`; of several, the one that ends last.
    pub fn active_freeze_window(&self, now: jiff::Timestamp) -> Option<&FreezeWindow> {
        self.freeze_windows.iter().filter(|freeze| freeze.contains(now)).max_by_key(|freeze| freeze.to)
    }
}
