//! Names that a mapping may have.

use super::findings::{Findings, quote};
use super::node::{Is, Node};

/// Most alike a name can be without being meant, from 0 to 1. Chosen here.
const ALIKE: f64 = 0.8;

/// Finds the names of a mapping that are not known, which are given to `unknown` too. What is no mapping has none.
pub(crate) fn check_keys(node: &Node, known: &[&str], unknown: &mut Vec<String>, findings: &mut Findings) {
    let Is::Map(map) = &node.is else { return };
    for (name, _) in map {
        let shown = name.shown();
        if name.text().is_some_and(|text| known.contains(&text)) {
            continue;
        }
        findings.error("AJO_LIMITS_UNKNOWN_KEY", &name.mark, format!("unknown key `{}`", quote(&shown))).hint =
            Some(meant(&shown, known));
        unknown.push(shown);
    }
}

/// Which of the known names is meant, or what they are.
pub(crate) fn meant(name: &str, known: &[&str]) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase());
    let closest = known.iter().map(|known| (likeness(known), known)).max_by(|one, other| one.0.total_cmp(&other.0));
    match closest {
        Some((likeness, known)) if likeness >= ALIKE => format!("`{known}` is known here"),
        _ => format!("known here: {}", known.join(", ")),
    }
}
