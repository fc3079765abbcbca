//! Reading a policy file.

use std::rc::Rc;

use jiff::Timestamp;

use super::ceiling::Ceiling;
use super::check::{Policy, Rule};
use super::freeze::Freeze;
use super::glob::Glob;
use super::schema_types;
use crate::Finding;
use crate::file::{Findings, Is, Mark, Node, Source, check_keys, check_version, open, quote};

/// The version of the form of policy files.
pub(crate) const VERSION: u64 = 1;

const TYPE: &str = "AJO_LIMITS_TYPE";
const CODE: &str = "AJO_LIMITS_POLICY_FILE";

impl Policy {
    /// Reads a policy file. None if anything in it is an error: half a policy would allow what the whole one forbids.
    ///
    /// ```
    /// use ajo_limits::{Policy, file::Source};
    ///
    /// let text = "version: 1\nmustBeDeployed: true\n";
    /// let (policy, findings) = Policy::read(&Source { name: "policy.yaml".to_owned(), text: text.to_owned() });
    /// assert!(policy.is_some() && findings.is_empty());
    /// ```
    pub fn read(source: &Source) -> (Option<Self>, Vec<Finding>) {
        let mut findings = Findings::default();
        let file: Rc<str> = source.name.as_str().into();
        let policy = open(&file, &source.text, &mut findings).map(|root| {
            check_keys(&root, schema_types::FILE, &mut Vec::new(), &mut findings);
            check_version(&root, VERSION, &mut findings);
            let mut reading = Reading { findings: &mut findings };
            Self {
                name: source.name.clone(),
                ceilings: reading.list(&root, "ceilings", Reading::ceiling),
                forbidden_hosts: reading
                    .list(&root, "forbiddenHosts", |reading, node| reading.rule(node, Glob::of_host)),
                must_be_deployed: reading.must_be_deployed(&root),
                freezes: reading.list(&root, "freezeWindows", Reading::freeze),
            }
        });
        let policy = policy.filter(|_| !findings.has_errors());
        (policy, findings.into_sorted(std::slice::from_ref(&source.name)))
    }
}

struct Reading<'f> {
    findings: &'f mut Findings,
}

impl Reading<'_> {
    fn list<T>(&mut self, root: &Node, name: &str, read: impl Fn(&mut Self, &Node) -> Option<T>) -> Vec<T> {
        match root.get(name) {
            None | Some(Node { is: Is::Null, .. }) => Vec::new(),
            Some(Node { is: Is::List(items), .. }) => items.iter().filter_map(|item| read(self, item)).collect(),
            Some(node) => {
                self.mistyped(name, "a list", node);
                Vec::new()
            }
        }
    }

    fn must_be_deployed(&mut self, root: &Node) -> Vec<Rule> {
        match root.get("mustBeDeployed") {
            Some(Node { is: Is::Bool(false), .. }) => Vec::new(),
            Some(Node { is: Is::Bool(true), mark, .. }) => vec![Rule { glob: Glob::of_url("*"), place: mark.place() }],
            Some(node) if !matches!(node.is, Is::List(_) | Is::Null) => {
                self.mistyped("mustBeDeployed", "true, false or a list of URLs", node);
                Vec::new()
            }
            _ => self.list(root, "mustBeDeployed", |reading, node| reading.rule(node, Glob::of_url)),
        }
    }

    fn rule(&mut self, node: &Node, glob: impl Fn(&str) -> Glob) -> Option<Rule> {
        let Some(text) = node.text().filter(|text| !text.is_empty()) else {
            self.mistyped("a pattern", "text", node);
            return None;
        };
        Some(Rule { glob: glob(text), place: node.mark.place() })
    }

    fn ceiling(&mut self, node: &Node) -> Option<Ceiling> {
        self.mapping("a ceiling", node, schema_types::CEILING)?;
        let url = self.text(node, "url");
        let [calls_per_second, http_connections, throughput] =
            ["maxCallsPerSecond", "maxHttpConnections", "maxThroughput"].map(|name| self.count(node, name));
        if schema_types::CEILING.iter().skip(1).all(|name| node.get(name).is_none_or(Node::is_null)) {
            let message = "a ceiling that sets none of its three bounds forbids nothing";
            self.findings.error(CODE, &node.mark, message).hint = Some(schema_types::CEILING[1..].join(", "));
        }
        let place = node.mark.place();
        Some(Ceiling { url: Glob::of_url(&url?), calls_per_second, http_connections, throughput, place })
    }

    fn freeze(&mut self, node: &Node) -> Option<Freeze> {
        self.mapping("a freeze window", node, schema_types::FREEZE)?;
        let [from, to] = ["from", "to"].map(|name| self.moment(node, name));
        let reason = self.text(node, "reason");
        let (from, to) = (from?, to?);
        if from >= to {
            self.findings.error(CODE, &node.mark, "the window ends before it begins");
            return None;
        }
        Some(Freeze { from, to, reason: reason?, place: node.mark.place() })
    }

    /// Something only if it is a mapping.
    fn mapping(&mut self, what: &str, node: &Node, keys: &[&str]) -> Option<()> {
        if node.map().is_none() {
            self.mistyped(what, "a mapping", node);
            return None;
        }
        check_keys(node, keys, &mut Vec::new(), self.findings);
        Some(())
    }

    fn text(&mut self, node: &Node, name: &str) -> Option<String> {
        let (found, mark) = self.required(node, name)?;
        let text = found.text().filter(|text| !text.is_empty());
        if text.is_none() {
            self.findings.error(TYPE, mark, format!("`{name}` must be text, and is {}", found.kind()));
        }
        text.map(str::to_owned)
    }

    fn moment(&mut self, node: &Node, name: &str) -> Option<Timestamp> {
        let (found, mark) = self.required(node, name)?;
        let moment = found.text().and_then(|text| text.parse().ok());
        if moment.is_none() {
            let message = format!("`{}` is no time as RFC 3339 writes it", quote(&found.shown()));
            self.findings.error(CODE, mark, message).hint = Some("such as 2026-11-26T00:00:00Z".to_owned());
        }
        moment
    }

    fn required<'n>(&mut self, node: &'n Node, name: &str) -> Option<(&'n Node, &'n Mark)> {
        let found = node.get(name);
        if found.is_none() {
            self.findings.error(CODE, &node.mark, format!("`{name}` is missing"));
        }
        found.map(|found| (found, &found.mark))
    }

    fn count(&mut self, node: &Node, name: &str) -> Option<i64> {
        let found = node.get(name).filter(|found| !found.is_null())?;
        let count = if let Is::Number(number) = &found.is { number.as_i64().filter(|count| *count > 0) } else { None };
        if count.is_none() {
            let message = format!("`{name}` must be a whole number, at least 1");
            self.findings.error(TYPE, &found.mark, message);
        }
        count
    }

    fn mistyped(&mut self, what: &str, wanted: &str, node: &Node) {
        self.findings.error(TYPE, &node.mark, format!("{what} must be {wanted}, and is {}", node.kind()));
    }
}
