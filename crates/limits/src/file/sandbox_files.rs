//! The files of one sandbox, joined.

use std::collections::HashMap;

use ajo_core::{Api, Sandbox};

use super::document::Document;
use super::entry;
use super::findings::Findings;
use super::overlay::is_absent;
use super::source::Source;
use super::sources::Sources;
use super::span::Mark;
use crate::{Desired, Finding, Key, Policy, Wanted};

/// What the files of one sandbox say.
pub(crate) struct Group {
    /// None for files that name none that is valid.
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) documents: Vec<Document>,
    pub(crate) findings: Findings,
}

/// What is joined of it.
pub(crate) struct Joined {
    pub(crate) wanted: Vec<Wanted>,
    /// True if any of them says so.
    pub(crate) production: Option<bool>,
}

impl Group {
    pub(crate) fn new(sandbox: Option<Sandbox>) -> Self {
        Self { sandbox, documents: Vec::new(), findings: Findings::default() }
    }

    /// The sandbox, and where a file says it.
    pub(crate) fn name(&self) -> Option<(Sandbox, Mark)> {
        let mark = self.documents.iter().find_map(|document| document.sandbox.as_ref()).map(|node| node.mark.clone());
        self.sandbox.clone().zip(mark)
    }

    /// Checks every entry, and all of them against each other.
    pub(crate) fn join(&mut self) -> Joined {
        let (findings, documents) = (&mut self.findings, &self.documents);
        let mut wanted = Vec::new();
        let mut entries = 0;
        for document in documents {
            let capping = document.capping.iter().map(|entry| (entry, Api::Capping));
            let throttling = document.throttling.iter().filter(|entry| !entry.is_null());
            for (entry, api) in capping.chain(throttling.map(|entry| (entry, Api::Throttling))) {
                entries += 1;
                if is_absent(entry, findings) {
                    let message = "it is to be absent, and the file has no base that it could be absent from";
                    findings.error("AJO_LIMITS_OVERLAY", &entry.used, message);
                } else {
                    wanted.extend(entry::read(entry, api, findings));
                }
            }
        }
        // A file that could not be read says nothing of its entries.
        if let (0, Some(document), false) = (entries, documents.first(), findings.has_errors()) {
            findings.error("AJO_LIMITS_EMPTY", &document.mark, "there is no limit in the files").hint =
                Some("with nothing in them, everything would have to go; `ajo dump` writes what there is".to_owned());
        }
        let found = compare(&wanted);
        findings.extend(found);
        let production = documents.iter().filter_map(|document| document.production).max();
        Joined { wanted, production }
    }

    /// The policies that hold for it, each once. One that cannot be read is an error of the file that names it.
    pub(crate) fn policies(&mut self, sources: &Sources, files: &mut Vec<String>) -> Vec<Policy> {
        let mut texts: Vec<Source> = sources.policies().to_vec();
        for reference in self.documents.iter().filter_map(|document| document.policy.as_ref()) {
            match sources.get(&reference.name) {
                Some(Ok(source)) if texts.contains(&source) => {}
                Some(Ok(source)) => texts.push(source),
                unread => {
                    let reason = unread.and_then(Result::err).unwrap_or_else(|| "it was not read".to_owned());
                    let message = format!("{} cannot be read: {reason}", reference.name);
                    self.findings.error("AJO_LIMITS_POLICY_FILE", &reference.mark, message);
                }
            }
        }
        let mut policies = Vec::new();
        for source in &texts {
            let (policy, findings) = Policy::read(source);
            if !files.contains(&source.name) {
                files.push(source.name.clone());
            }
            self.findings.extend(findings);
            policies.extend(policy);
        }
        policies
    }

    /// What the files want, unless something in them is wrong.
    pub(crate) fn desired(&self, wanted: Vec<Wanted>) -> Option<Desired> {
        let sandbox = self.sandbox.clone().filter(|_| !self.findings.has_errors())?;
        Some(Desired { sandbox, configs: wanted })
    }
}

/// Limits that stand there twice, more than one of throttling, and methods of one URL that are limited twice.
fn compare(wanted: &[Wanted]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut first_of: HashMap<Key, &Wanted> = HashMap::new();
    let mut by_url: HashMap<String, Vec<&Wanted>> = HashMap::new();
    let mut throttling: Option<&Wanted> = None;
    for one in wanted {
        let key = one.key();
        if let Some(first) = first_of.get(&key) {
            let hint = "a configuration is known by its URL and methods: keep one of the two";
            found.push(error("AJO_LIMITS_TWICE", one, format!("the same limit stands at {}", place(first)), hint));
        } else if key.api == Api::Throttling {
            if let Some(first) = throttling {
                let message = format!("there is a throttling at {} already", place(first));
                let hint = "an organization has one throttling configuration only";
                found.push(error("AJO_LIMITS_ONE_THROTTLING", one, message, hint));
            }
        } else {
            let others = by_url.entry(key.url.clone()).or_default();
            found.extend(others.iter().filter_map(|other| entry::overlap(other, one)));
            others.push(one);
        }
        if key.api == Api::Throttling {
            throttling.get_or_insert(one);
        }
        first_of.entry(key).or_insert(one);
    }
    found
}

fn place(wanted: &Wanted) -> String {
    wanted.place.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn error(code: &str, wanted: &Wanted, message: String, hint: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        severity: ajo_core::rules::Severity::Error,
        message,
        hint: Some(hint.to_owned()),
        place: wanted.place.clone(),
        key: Some(wanted.key()),
    }
}
