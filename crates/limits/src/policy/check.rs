//! Checks limits against a policy.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;

use super::ceiling::Ceiling;
use super::freeze::Freeze;
use super::glob::{self, Glob};
use crate::{Desired, Finding, Place, Wanted};

/// The code of what a policy forbids.
pub const POLICY_CODE: &str = "AJO_LIMITS_POLICY";

/// What no limits file may say, and when nothing may be changed.
///
/// ```
/// use ajo_limits::file::{Source, Sources, read, read_each};
/// use ajo_limits::{Freeze, POLICY_CODE, Policy};
///
/// let limits = "version: 1\nsandbox: prod\nthrottling: {urlPattern: 'https://a.example/*', methods: [GET], maxThroughput: 900}\n";
/// let policy = "version: 1
/// ceilings:
///   - url: https://a.example/*
///     maxThroughput: 400
/// freezeWindows:
///   - from: 2030-11-27T00:00:00Z
///     to: 2030-11-30T00:00:00Z
///     reason: the busiest days of the year
/// ";
/// let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
/// let sources = Sources::new(vec![source("prod.yaml", limits)]).with_policy(source("policy.yaml", policy));
/// let limits = &read_each(&sources, &|_| None)[0];
/// assert!(limits.has_errors() && limits.findings.iter().any(|finding| finding.code == POLICY_CODE));
///
/// let policy: &Policy = &limits.policies[0];
/// assert_eq!(policy.name(), "policy.yaml");
/// let freeze: &Freeze = policy.frozen("2030-11-28T12:00:00Z".parse()?).expect("it is frozen then");
/// assert_eq!(freeze.reason, "the busiest days of the year");
/// assert!(policy.freezes()[0] == *freeze && !freeze.holds("2030-12-01T12:00:00Z".parse()?));
///
/// // What it says of a file that it was not read with.
/// let desired = read(&Sources::new(sources.given().to_vec()), &|_| None).desired.expect("without the policy all is well");
/// assert_eq!(policy.check(&desired)[0].code, POLICY_CODE);
/// assert!(sources.shown("policy.yaml").is_some());
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub(super) name: String,
    pub(super) ceilings: Vec<Ceiling>,
    pub(super) forbidden_hosts: Vec<Rule>,
    pub(super) must_be_deployed: Vec<Rule>,
    pub(super) freezes: Vec<Freeze>,
}

/// A pattern, and where the policy has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) glob: Glob,
    pub(super) place: Place,
}

impl Policy {
    /// The file, as it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The windows in which nothing may be changed.
    pub fn freezes(&self) -> &[Freeze] {
        &self.freezes
    }

    /// What it forbids of what the files want. Each finding is at the limit, and names the line of the policy.
    pub fn check(&self, desired: &Desired) -> Vec<Finding> {
        self.check_all(&desired.configs)
    }

    pub(crate) fn check_all(&self, wanted: &[Wanted]) -> Vec<Finding> {
        wanted.iter().flat_map(|wanted| self.check_one(wanted)).collect()
    }

    fn check_one(&self, wanted: &Wanted) -> Vec<Finding> {
        let key = wanted.key();
        let (url, host) = (glob::url(&key.url), glob::host(&key.url));
        let ceilings = self.ceilings.iter().filter(|ceiling| ceiling.url.matches(&url));
        let mut broken: Vec<(String, &Place)> = ceilings
            .flat_map(|ceiling| ceiling.broken_by(&wanted.definition).into_iter().map(|what| (what, &ceiling.place)))
            .collect();
        broken.extend(
            self.forbidden_hosts
                .iter()
                .filter(|rule| rule.glob.matches(&host))
                .map(|rule| (format!("the host `{}` is forbidden", escape(&host)), &rule.place)),
        );
        if !wanted.deployed {
            let rules = self.must_be_deployed.iter().filter(|rule| rule.glob.matches(&url));
            broken.extend(rules.map(|rule| ("it must be deployed".to_owned(), &rule.place)));
        }
        let finding = |(what, rule): (String, &Place)| Finding {
            code: POLICY_CODE.to_owned(),
            severity: Severity::Error,
            message: format!("{what} (the policy says so at {rule})"),
            hint: None,
            place: wanted.place.clone(),
            key: Some(key.clone()),
        };
        broken.into_iter().map(finding).collect()
    }

    /// The window in which this moment is; of several, the one that ends last.
    pub fn frozen(&self, now: jiff::Timestamp) -> Option<&Freeze> {
        self.freezes.iter().filter(|freeze| freeze.holds(now)).max_by_key(|freeze| freeze.to)
    }
}
