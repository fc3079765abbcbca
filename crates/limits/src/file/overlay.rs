//! A file laid over its base.

use std::collections::{BTreeSet, HashMap};

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;

use super::document::Document;
use super::findings::Findings;
use super::node::{Is, Node};
use super::span::Mark;

const CODE: &str = "AJO_LIMITS_OVERLAY";

/// Lays a file over its base. What the file says stands where the file says it, the rest where the base does.
pub(crate) fn lay(over: Document, base: Document, findings: &mut Findings) -> Document {
    Document {
        mark: over.mark,
        sandbox: over.sandbox.or(base.sandbox),
        production: over.production.or(base.production),
        policy: over.policy.or(base.policy),
        base: None,
        bases: over.base.map(|base| base.name).into_iter().chain(base.bases).collect(),
        capping: capping(over.capping, &base.capping, findings),
        throttling: throttling(over.throttling, base.throttling, findings),
    }
}

fn capping(over: Vec<Node>, base: &[Node], findings: &mut Findings) -> Vec<Node> {
    let index = Index::of(base);
    let mut laid: Vec<Option<Node>> = base.iter().cloned().map(Some).collect();
    let mut touched: HashMap<usize, Mark> = HashMap::new();
    for entry in over {
        let absent = is_absent(&entry, findings);
        match index.find(&entry, base) {
            Match::None if absent => {
                let message = "it is to be absent, and the base has no such limit";
                findings.add(Severity::Warning, CODE, &entry.used, message);
            }
            Match::None => laid.push(Some(entry)),
            Match::One(at) => {
                if let Some(first) = touched.insert(at, entry.used.clone()) {
                    let message = format!("it is about the same limit of the base as {}", first.place());
                    findings.error("AJO_LIMITS_TWICE", &entry.used, message);
                } else if absent {
                    laid[at] = None;
                } else if let Some(base) = &mut laid[at] {
                    merge(base, entry);
                }
            }
            Match::Several(several) => {
                let places: Vec<_> = several
                    .iter()
                    .map(|at| {
                        format!("{} {}", base[*at].used.place(), methods(&base[*at]).unwrap_or_default().join(","))
                    })
                    .collect();
                let message =
                    format!("the base has {} limits with this URL: {}", places.len(), escape(&places.join("; ")));
                findings.error(CODE, &entry.used, message).hint =
                    Some("name the methods of the one that is meant".to_owned());
            }
        }
    }
    laid.into_iter().flatten().collect()
}

fn throttling(over: Option<Node>, base: Option<Node>, findings: &mut Findings) -> Option<Node> {
    match (over, base) {
        (None, base) => base,
        (Some(over), base) if over.is_null() => {
            if base.is_none() {
                findings.add(Severity::Warning, CODE, &over.used, "the base has no throttling that this could remove");
            }
            None
        }
        (Some(over), base) => {
            if is_absent(&over, findings) {
                if base.is_none() {
                    findings.add(Severity::Warning, CODE, &over.used, "it is to be absent, and the base has none");
                }
                return None;
            }
            Some(match base {
                Some(mut base) if base.map().is_some() => {
                    merge(&mut base, over);
                    base
                }
                _ => over,
            })
        }
    }
}

/// Whether an entry says that the one of the base goes.
pub(crate) fn is_absent(entry: &Node, findings: &mut Findings) -> bool {
    match entry.get("absent") {
        None => false,
        Some(Node { is: Is::Bool(absent), .. }) => *absent,
        Some(node) => {
            let message = format!("`absent` must be true or false, and is {}", node.kind());
            findings.error("AJO_LIMITS_TYPE", &node.mark, message);
            false
        }
    }
}

/// Lays one value over another: mappings are merged, nothing removes, everything else replaces.
fn merge(base: &mut Node, over: Node) {
    let Node { is: Is::Map(names), mark, used } = over else {
        *base = over;
        return;
    };
    let Is::Map(map) = &mut base.is else {
        // Nothing of a base is left that a name without a value could remove.
        let names = names.into_iter().filter(|(_, value)| !value.is_null()).collect();
        *base = Node { is: Is::Map(names), mark, used };
        return;
    };
    for (name, value) in names {
        let at = map.iter().position(|(known, _)| known.shown() == name.shown());
        match at {
            Some(at) if value.is_null() => {
                map.remove(at);
            }
            Some(at) => {
                map[at].0 = name;
                merge(&mut map[at].1, value);
            }
            None if value.is_null() => {}
            None => map.push((name, value)),
        }
    }
    (base.mark, base.used) = (mark, used);
}

/// The base's entries by URL.
struct Index(HashMap<String, Vec<usize>>);

enum Match {
    None,
    One(usize),
    Several(Vec<usize>),
}

impl Index {
    fn of(base: &[Node]) -> Self {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in base.iter().enumerate() {
            if let Some(url) = entry.get("url").and_then(Node::text) {
                index.entry(url.to_owned()).or_default().push(at);
            }
        }
        Self(index)
    }

    /// The one with the same URL and methods; or with the same URL, if no methods are named and there is one only.
    fn find(&self, entry: &Node, base: &[Node]) -> Match {
        let url = entry.get("url").and_then(Node::text);
        let with_url = url.and_then(|url| self.0.get(url)).map_or(&[][..], Vec::as_slice);
        if let Some(wanted) = methods(entry) {
            let set: BTreeSet<_> = wanted.iter().collect();
            let same = |at: &&usize| {
                methods(&base[**at]).is_some_and(|methods| methods.iter().collect::<BTreeSet<_>>() == set)
            };
            return with_url.iter().find(same).map_or(Match::None, |at| Match::One(*at));
        }
        match with_url {
            [] => Match::None,
            [at] => Match::One(*at),
            several => Match::Several(several.to_vec()),
        }
    }
}

/// The methods of an entry, if it has a list of them.
fn methods(entry: &Node) -> Option<Vec<String>> {
    match &entry.get("methods")?.is {
        Is::List(items) => Some(items.iter().map(Node::shown).collect()),
        Is::Null => None,
        _ => Some(Vec::new()),
    }
}
