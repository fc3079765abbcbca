//! A file with its bases.

use super::document::Document;
use super::findings::Findings;
use super::overlay::lay;
use super::source::{Source, plain};
use super::sources::Sources;

const CODE: &str = "AJO_LIMITS_BASE";

/// Reads files with their bases.
pub(crate) struct Resolver<'s> {
    pub(crate) sources: &'s Sources,
    pub(crate) value: &'s dyn Fn(&str) -> Option<String>,
    /// Every file that was read.
    pub(crate) files: Vec<String>,
}

impl Resolver<'_> {
    /// Reads a file and lays it over its base. None if one of them is no mapping or is not there; then that was found.
    pub(crate) fn resolve(&mut self, source: &Source, findings: &mut Findings) -> Option<Document> {
        self.along(source, &mut Vec::new(), findings)
    }

    fn along(&mut self, source: &Source, way: &mut Vec<String>, findings: &mut Findings) -> Option<Document> {
        if !self.files.contains(&source.name) {
            self.files.push(source.name.clone());
        }
        let document = Document::read(source, self.value, findings)?;
        way.push(plain(&source.name));
        let Some(named) = document.base.clone() else { return Some(document) };
        if way.contains(&named.name) {
            let message = format!("the base leads back to this file: {} → {}", way.join(" → "), named.name);
            findings.error(CODE, &named.mark, message);
            return None;
        }
        let base = match self.sources.get(&named.name) {
            Some(Ok(base)) => base,
            Some(Err(reason)) => {
                findings.error(CODE, &named.mark, format!("{} cannot be read: {reason}", named.name));
                return None;
            }
            None => {
                findings.error(CODE, &named.mark, format!("{} was not read", named.name));
                return None;
            }
        };
        let base = self.along(&base, way, findings)?;
        Some(lay(document, base, findings))
    }
}
