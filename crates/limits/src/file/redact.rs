//! Files that a limits file names and that are none of ours. Such a file may hold a secret, whoever named it: no line of it is shown, and
//! of what was found in it only that it is none.

use std::collections::BTreeSet;

use super::document::{self, VERSION};
use super::findings::Findings;
use super::node::Is;
use super::schema_types;
use crate::{Finding, policy};

const MESSAGE: &str = "it is named as one, and is no file of limits or of a policy";
const HINT: &str = "such a file begins with `version: 1`, and has no keys but those of `ajo schema`";

/// Whether a text is a limits file or a policy, as far as its version and its keys go.
pub(crate) fn is_managed_format(text: &str) -> bool {
    let Some(root) = document::open(&"".into(), text, &mut Findings::default()) else { return false };
    let version =
        root.get("version").and_then(|node| if let Is::Number(number) = &node.is { number.as_u64() } else { None });
    let known = |key: &str| schema_types::FILE.contains(&key) || policy::schema_types::FILE.contains(&key);
    version == Some(VERSION) && root.map().is_some_and(|map| map.iter().all(|(key, _)| key.text().is_some_and(known)))
}

/// Leaves one finding for each of these files, which says no more than that.
pub(crate) fn redact(findings: Vec<Finding>, foreign: &BTreeSet<&str>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let redacted = |finding: Finding| {
        let file = finding.place.as_ref().map(|place| place.file.clone());
        let Some(file) = file.filter(|file| foreign.contains(file.as_str())) else { return Some(finding) };
        let redacted = Finding { message: MESSAGE.to_owned(), hint: Some(HINT.to_owned()), ..finding };
        seen.insert(file).then_some(redacted)
    };
    findings.into_iter().filter_map(redacted).collect()
}
