//! Resolves the bases of a file.

use super::file_diagnostics::FileDiagnostics;
use super::limits_document::LimitsDocument;
use super::overlay::apply_overlay;
use super::source_file::{SourceFile, normalize_path};
use super::source_set::SourceSet;
use crate::SecretValues;

const CODE: &str = "AJO_LIMITS_BASE";

/// Reads files and their bases.
pub(crate) struct BaseResolver<'s> {
    pub(crate) sources: &'s SourceSet,
    pub(crate) lookup_variable: &'s dyn Fn(&str) -> Option<String>,
    /// Every file read so far.
    pub(crate) files: Vec<String>,
    /// The secrets of these files.
    pub(crate) secrets: SecretValues,
}

impl<'s> BaseResolver<'s> {
    pub(crate) fn new(sources: &'s SourceSet, lookup_variable: &'s dyn Fn(&str) -> Option<String>) -> Self {
        Self { sources, lookup_variable, files: Vec::new(), secrets: SecretValues::default() }
    }

    /// Reads a file and applies it to its base. Returns `None`, with a diagnostic, if one of them is missing or not a mapping.
    pub(crate) fn resolve(&mut self, source: &SourceFile, diagnostics: &mut FileDiagnostics) -> Option<LimitsDocument> {
        self.resolve_chain(source, &mut Vec::new(), diagnostics)
    }

    fn resolve_chain(
        &mut self,
        source: &SourceFile,
        chain: &mut Vec<String>,
        diagnostics: &mut FileDiagnostics,
    ) -> Option<LimitsDocument> {
        if !self.files.contains(&source.name) {
            self.files.push(source.name.clone());
        }
        let document = LimitsDocument::parse(
            source,
            self.lookup_variable,
            self.sources.secrets(),
            &mut self.secrets,
            diagnostics,
        )?;
        chain.push(normalize_path(&source.name));
        let Some(reference) = document.base.clone() else { return Some(document) };
        if chain.contains(&reference.name) {
            let message = format!("the bases form a cycle: {} → {}", chain.join(" → "), reference.name);
            diagnostics.error(CODE, &reference.span, message);
            return None;
        }
        let base = match self.sources.get(&reference.name) {
            Some(Ok(base)) => base,
            Some(Err(reason)) => {
                diagnostics.error(CODE, &reference.span, format!("failed to read {}: {reason}", reference.name));
                return None;
            }
            None => {
                diagnostics.error(CODE, &reference.span, format!("{} was not loaded", reference.name));
                return None;
            }
        };
        let base = self.resolve_chain(&base, chain, diagnostics)?;
        Some(apply_overlay(document, base, diagnostics))
    }
}
