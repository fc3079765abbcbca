//! The texts of all files that a run is about.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, plain};
use super::{document, redact};

/// The files of a run: the limits files that were given, and what they name in turn.
///
/// Whoever has files loads what [`Sources::needed`] names, until it names nothing:
///
/// ```
/// use ajo_limits::file::{Source, Sources};
///
/// let prod = Source { name: "limits/prod.yaml".to_owned(), text: "version: 1\nbase: base.yaml\n".to_owned() };
/// let mut sources = Sources::new(vec![prod]);
/// assert_eq!(sources.needed(), ["limits/base.yaml"]);
/// sources.provide("limits/base.yaml", Ok("version: 1\nsandbox: prod\n".to_owned()));
/// assert!(sources.needed().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sources {
    given: Vec<Source>,
    further: BTreeMap<String, Result<String, String>>,
    policies: Vec<Source>,
}

impl Sources {
    /// The limits files that were given.
    pub fn new(given: Vec<Source>) -> Self {
        Self { given, ..Self::default() }
    }

    /// With one more policy, for every limits file.
    #[must_use]
    pub fn with_policy(mut self, policy: Source) -> Self {
        self.policies.push(policy);
        self
    }

    /// Which files are named and not there yet: bases, bases of bases, and policies. A file that names itself as its base, by
    /// whatever way, is asked for once.
    pub fn needed(&self) -> Vec<String> {
        let mut needed = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<Source> = self.given.clone();
        while let Some(source) = open.pop() {
            if !seen.insert(plain(&source.name)) {
                continue;
            }
            let (base, policy) = document::references(&source);
            if let Some(base) = base {
                match self.get(&base) {
                    Some(Ok(source)) => open.push(source),
                    Some(Err(_)) => {}
                    None => {
                        needed.insert(base);
                    }
                }
            }
            needed.extend(policy.filter(|policy| self.get(policy).is_none()));
        }
        needed.into_iter().collect()
    }

    /// Gives the text of a file that is needed, or says why there is none.
    pub fn provide(&mut self, name: &str, text: Result<String, String>) {
        self.further.insert(plain(name), text);
    }

    /// The limits files that were given.
    pub fn given(&self) -> &[Source] {
        &self.given
    }

    /// The text of a file, for showing places in it. None for one that another file names and that is none of ours: it may hold a
    /// secret.
    pub fn shown(&self, name: &str) -> Option<String> {
        let given = self.given.iter().chain(&self.policies).find(|source| source.name == name);
        match given {
            Some(source) => Some(source.text.clone()),
            None => self.further.get(name)?.clone().ok().filter(|text| redact::is_managed_format(text)),
        }
    }

    /// Those that another file names and that are none of ours.
    pub(crate) fn foreign(&self) -> BTreeSet<&str> {
        let further = self.further.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_ref().ok()?)));
        further.filter(|(_, text)| !redact::is_managed_format(text)).map(|(name, _)| name).collect()
    }

    pub(crate) fn policies(&self) -> &[Source] {
        &self.policies
    }

    /// The file of this name, or why it has no text; None if it was not provided.
    pub(crate) fn get(&self, name: &str) -> Option<Result<Source, String>> {
        if let Some(given) = self.given.iter().find(|given| plain(&given.name) == name) {
            return Some(Ok(given.clone()));
        }
        let text = self.further.get(name)?;
        Some(text.clone().map(|text| Source { name: name.to_owned(), text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source { name: name.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_is_needed_is_named_until_all_is_there_and_cycles_end() {
        let mut sources = Sources::new(vec![source("d/a.yaml", "base: b.yaml\npolicy: ../p.yaml\n")]);
        assert_eq!(sources.needed(), ["d/b.yaml", "p.yaml"]);
        sources.provide("p.yaml", Err("it is not there".to_owned()));
        sources.provide("d/b.yaml", Ok("base: ./c.yaml".to_owned()));
        assert_eq!(sources.needed(), ["d/c.yaml"]);
        sources.provide("d/c.yaml", Ok("base: ../d/a.yaml".to_owned()));
        assert!(sources.needed().is_empty());
    }
}
