//! What limits files say.

use ajo_core::rules::Severity;
use ajo_core::{Api, Sandbox, SandboxError};
use ajo_engine::untrusted_text::escape;

use super::document::Document;
use super::findings::Findings;
use super::redact::redact;
use super::resolve::Resolver;
use super::sandbox_files::Group;
use super::source::{Source, plain};
use super::sources::Sources;
use super::span::Mark;
use crate::{Desired, Finding, Freeze, Policy, Why};

/// What limits files say of one sandbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The sandbox, if the files name one.
    pub sandbox: Option<Sandbox>,
    /// What they want; none if anything in them is an error.
    pub desired: Option<Desired>,
    /// Everything that was found in them, in the order of the files and lines.
    pub findings: Vec<Finding>,
    /// Whether the sandbox is one of production, if they say so; true if any of them says so.
    pub production: Option<bool>,
    /// The policies that hold for them: those that they name, and those that were given for all.
    pub policies: Vec<Policy>,
    /// The files that were read, with their bases and policies.
    pub files: Vec<String>,
}

impl Limits {
    /// Whether anything in the files is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The window in which nothing may be changed, if this moment is in one; of several, the one that ends last.
    pub fn frozen(&self, now: jiff::Timestamp) -> Option<&Freeze> {
        self.policies.iter().filter_map(|policy| policy.frozen(now)).max_by_key(|freeze| freeze.to)
    }
}

/// Reads limits files that are about one sandbox together. Everything that is wrong in them is found at once.
///
/// `variables` is asked for the value of a variable that a file lists.
///
/// ```
/// use ajo_limits::file::{Source, Sources, read};
///
/// let text = "version: 1
/// sandbox: prod
/// capping:
///   - url: https://api.example.org/data/*
///     methods: [GET]
///     services:
///       action: { maxHttpConnections: 50, rating: { maxCallsCount: none, periodInMs: 1000 } }
/// ";
/// let limits = read(&Sources::new(vec![Source { name: "prod.yaml".to_owned(), text: text.to_owned() }]), &|_| None);
/// let finding = &limits.findings[0];
/// assert_eq!(finding.code, "ERR_ENDPOINTCONFIG_107");
/// assert_eq!(finding.place.as_ref().map(ToString::to_string).as_deref(), Some("prod.yaml:7:66"));
/// ```
pub fn read(sources: &Sources, variables: &dyn Fn(&str) -> Option<String>) -> Limits {
    let (mut groups, files) = groups(sources, variables);
    if groups.len() == 1 {
        return limits(groups.remove(0), sources, &files);
    }
    // Several sandboxes, or files that name none beside those that do: nothing is wanted, and all of it is found.
    let named: Vec<_> = groups.iter().filter_map(Group::name).collect();
    let mut findings = Findings::default();
    if let [(first, first_mark), others @ ..] = &named[..] {
        for (other, mark) in others {
            let message = format!("this is about sandbox {other}, and {} about {first}", first_mark.place());
            findings.error("AJO_LIMITS_SANDBOXES", mark, message).hint =
                Some("plan and apply one sandbox at a time".to_owned());
        }
    }
    let mut all = Limits { files, ..Limits::default() };
    for group in groups {
        let one = limits(group, sources, &all.files);
        all.sandbox = all.sandbox.or(one.sandbox);
        all.production = all.production.max(one.production);
        all.policies.extend(one.policies);
        all.files.extend(one.files.into_iter().skip(all.files.len()));
        findings.extend(one.findings);
    }
    all.findings = findings.into_sorted(&all.files);
    all
}

/// Reads limits files of any number of sandboxes, each sandbox by itself. Files that name no valid one are together.
pub fn read_each(sources: &Sources, variables: &dyn Fn(&str) -> Option<String>) -> Vec<Limits> {
    let (groups, files) = groups(sources, variables);
    let mut each: Vec<_> = groups.into_iter().map(|group| limits(group, sources, &files)).collect();
    remark_throttling(&mut each);
    each
}

fn limits(mut group: Group, sources: &Sources, files: &[String]) -> Limits {
    let mut files = files.to_vec();
    let joined = group.join();
    let policies = group.policies(sources, &mut files);
    for policy in &policies {
        group.findings.extend(policy.check_all(&joined.wanted));
    }
    let desired = group.desired(joined.wanted);
    Limits {
        sandbox: group.sandbox,
        desired,
        findings: redact(group.findings.into_sorted(&files), &sources.foreign()),
        production: joined.production,
        policies,
        files,
    }
}

/// Remarks on a throttling that is not that of another sandbox, since both may be of one organization, which has one only.
fn remark_throttling(each: &mut [Limits]) {
    let throttling = |limits: &Limits| {
        let mut configs = limits.desired.iter().flat_map(|desired| &desired.configs);
        configs.find(|wanted| wanted.definition.api() == Api::Throttling).cloned()
    };
    let Some((at, first)) = each.iter().enumerate().find_map(|(at, limits)| Some((at, throttling(limits)?))) else {
        return;
    };
    for limits in &mut each[at + 1..] {
        let Some(other) = throttling(limits).filter(|other| other.standing() != first.standing()) else { continue };
        let place = first.place.as_ref().map(ToString::to_string).unwrap_or_default();
        limits.findings.push(Finding {
            code: Why::OneThrottling.code().to_owned(),
            severity: Severity::Remark,
            message: format!("there is another throttling at {place}, for another sandbox"),
            hint: Some("within one organization, all sandboxes have the same throttling".to_owned()),
            key: Some(other.key()),
            place: other.place,
        });
    }
}

/// A file that was given, with what it says.
struct Given<'s> {
    source: &'s Source,
    document: Option<Document>,
    sandbox: Option<Sandbox>,
    findings: Findings,
}

impl Given<'_> {
    /// Whether another is laid over it, and it is for no sandbox of its own.
    fn is_only_base(&self, all: &[Given<'_>]) -> bool {
        let name = plain(&self.source.name);
        let names_none = self.document.as_ref().is_some_and(|document| document.sandbox.is_none());
        all.iter().any(|other| {
            let bases = other.document.as_ref().map_or(&[][..], |document| &document.bases);
            bases.contains(&name) && (names_none || self.sandbox.is_some() && self.sandbox == other.sandbox)
        })
    }
}

/// The files by sandbox, in the order in which they were given; and the names of all that were read.
fn groups(sources: &Sources, variables: &dyn Fn(&str) -> Option<String>) -> (Vec<Group>, Vec<String>) {
    let mut resolver = Resolver { sources, value: variables, files: Vec::new() };
    let mut given: Vec<Given<'_>> = Vec::new();
    for source in sources.given() {
        if given.iter().any(|other| plain(&other.source.name) == plain(&source.name)) {
            continue;
        }
        let mut findings = Findings::default();
        let document = resolver.resolve(source, &mut findings);
        let sandbox = document.as_ref().and_then(|document| sandbox(document, &mut findings));
        given.push(Given { source, document, sandbox, findings });
    }
    let only_bases: Vec<_> = given.iter().map(|one| one.is_only_base(&given)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for (one, _) in given.into_iter().zip(only_bases).filter(|(_, only_base)| !only_base) {
        let at = groups.iter().position(|group| group.sandbox == one.sandbox).unwrap_or_else(|| {
            groups.push(Group::new(one.sandbox));
            groups.len() - 1
        });
        groups[at].findings.append(one.findings);
        groups[at].documents.extend(one.document);
    }
    if groups.is_empty() {
        let mut group = Group::new(None);
        let nowhere = Mark::start(&"".into());
        group.findings.error("AJO_LIMITS_EMPTY", &nowhere, "no limits file was given").place = None;
        groups.push(group);
    }
    (groups, resolver.files)
}

/// The sandbox that a file is about; None if it names none that is valid, and then that was found.
fn sandbox(document: &Document, findings: &mut Findings) -> Option<Sandbox> {
    const CODE: &str = "AJO_LIMITS_SANDBOX";
    let Some(node) = &document.sandbox else {
        findings.error(CODE, &document.mark, "the sandbox is missing").hint =
            Some("say which one the file is about, such as `sandbox: prod`".to_owned());
        return None;
    };
    let Some(text) = node.text() else {
        let message = format!("the sandbox must be a name, and is {}", node.kind());
        findings.error(CODE, &node.mark, message).hint =
            Some("a name that is no text to YAML goes in quotes".to_owned());
        return None;
    };
    text.parse()
        .inspect_err(|error: &SandboxError| {
            findings.error(CODE, &node.mark, escape(&error.to_string()));
        })
        .ok()
}

#[cfg(test)]
mod tests;
