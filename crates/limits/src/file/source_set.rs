//! The content of all files of a run.

use std::collections::{BTreeMap, BTreeSet};

use ajo_engine::Secret;

use super::source_file::{SourceFile, normalize_path};
use super::{limits_document, redaction};

/// The files of a run: the input files and the files they reference.
///
/// The caller loads the files that [`SourceSet::missing_files`] returns until none is missing:
///
/// ```
/// use ajo_limits::file::{SourceFile, SourceSet};
///
/// let prod = SourceFile { name: "limits/prod.yaml".to_owned(), content: "version: 1\nbase: base.yaml\n".to_owned() };
/// let mut sources = SourceSet::new(vec![prod]);
/// assert_eq!(sources.missing_files(), ["limits/base.yaml"]);
/// sources.insert("limits/base.yaml", Ok("version: 1\nsandbox: prod\n".to_owned()));
/// assert!(sources.missing_files().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct SourceSet {
    inputs: Vec<SourceFile>,
    references: BTreeMap<String, Result<String, String>>,
    policies: Vec<SourceFile>,
    /// Input files and policies that could not be read, with the reason.
    unreadable: Vec<(String, String)>,
    secrets: Vec<Secret>,
}

impl SourceSet {
    /// A set of input files whose references are not loaded yet.
    pub fn new(inputs: Vec<SourceFile>) -> Self {
        Self { inputs, ..Self::default() }
    }

    /// Adds a policy for every limits file.
    #[must_use]
    pub fn with_policy(mut self, policy: SourceFile) -> Self {
        self.policies.push(policy);
        self
    }

    /// Adds an input file or a policy that could not be read. It is an error of the files.
    #[must_use]
    pub fn with_unreadable(mut self, name: &str, reason: String) -> Self {
        self.unreadable.push((name.to_owned(), reason));
        self
    }

    pub(crate) fn unreadable(&self) -> &[(String, String)] {
        &self.unreadable
    }

    /// Refuses variables whose value contains one of these secrets.
    #[must_use]
    pub fn with_secrets(self, secrets: Vec<Secret>) -> Self {
        Self { secrets, ..self }
    }

    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// The referenced files that are not loaded yet: bases, their bases, and policies. Cycles are followed only once.
    pub fn missing_files(&self) -> Vec<String> {
        let mut missing = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut queue: Vec<SourceFile> = self.inputs.clone();
        while let Some(source) = queue.pop() {
            if !seen.insert(normalize_path(&source.name)) {
                continue;
            }
            let (base, policy) = limits_document::referenced_files(&source);
            if let Some(base) = base {
                match self.get(&base) {
                    Some(Ok(source)) => queue.push(source),
                    Some(Err(_)) => {}
                    None => {
                        missing.insert(base);
                    }
                }
            }
            missing.extend(policy.filter(|policy| self.get(policy).is_none()));
        }
        missing.into_iter().collect()
    }

    /// Adds the content of a referenced file, or the reason why it could not be read.
    pub fn insert(&mut self, name: &str, content: Result<String, String>) {
        self.references.insert(normalize_path(name), content);
    }

    /// The same references and policies for input files with other content.
    pub(crate) fn with_inputs(&self, inputs: Vec<SourceFile>) -> Self {
        Self { inputs, ..self.clone() }
    }

    pub fn inputs(&self) -> &[SourceFile] {
        &self.inputs
    }

    /// The content of a file, for displaying excerpts. `None` for a file of an unknown format, because it may contain a
    /// secret.
    pub fn displayable_content(&self, name: &str) -> Option<String> {
        let input = self.inputs.iter().chain(&self.policies).find(|source| source.name == name);
        match input {
            Some(source) => Some(source.content.clone()).filter(|text| redaction::is_displayable_input(text)),
            None => self.references.get(name)?.clone().ok().filter(|text| redaction::is_known_format(text)),
        }
    }

    /// Referenced files that are neither limits files nor policies.
    pub(crate) fn unrecognized_files(&self) -> BTreeSet<&str> {
        let loaded = self.references.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_ref().ok()?)));
        loaded.filter(|(_, text)| !redaction::is_known_format(text)).map(|(name, _)| name).collect()
    }

    /// Input files that are not displayed.
    pub(crate) fn hidden_inputs(&self) -> BTreeSet<&str> {
        let inputs = self.inputs.iter().chain(&self.policies);
        inputs.filter(|source| !redaction::is_displayable_input(&source.content)).map(|it| it.name.as_str()).collect()
    }

    pub(crate) fn policies(&self) -> &[SourceFile] {
        &self.policies
    }

    /// The file with this name, or the reason why it could not be read; `None` if it is not loaded.
    pub(crate) fn get(&self, name: &str) -> Option<Result<SourceFile, String>> {
        if let Some(input) = self.inputs.iter().find(|input| normalize_path(&input.name) == name) {
            return Some(Ok(input.clone()));
        }
        let text = self.references.get(name)?;
        Some(text.clone().map(|text| SourceFile { name: name.to_owned(), content: text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> SourceFile {
        SourceFile { name: name.to_owned(), content: text.to_owned() }
    }

    #[test]
    fn missing_files_are_listed_once() {
        let mut sources = SourceSet::new(vec![source("d/a.yaml", "base: b.yaml\npolicy: ../p.yaml\n")]);
        assert_eq!(sources.missing_files(), ["d/b.yaml", "p.yaml"]);
        sources.insert("p.yaml", Err("no such file".to_owned()));
        sources.insert("d/b.yaml", Ok("base: ./c.yaml".to_owned()));
        assert_eq!(sources.missing_files(), ["d/c.yaml"]);
        sources.insert("d/c.yaml", Ok("base: ../d/a.yaml".to_owned()));
        assert!(sources.missing_files().is_empty());
    }
}
