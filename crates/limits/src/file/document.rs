//! One limits file, read by itself.

use std::rc::Rc;

use super::findings::{Findings, quote};
use super::known_keys::check_keys;
use super::node::{Is, Node};
use super::normalize::normalize;
use super::schema_types;
use super::source::{Source, resolve_path};
use super::span::{Mark, Marks};
use super::variables::{self, Variables};
use super::yaml;

/// The version of the form of limits files.
pub(crate) const VERSION: u64 = 1;

/// What one file says, before it is laid over its base.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its first line.
    pub(crate) mark: Mark,
    pub(crate) sandbox: Option<Node>,
    pub(crate) production: Option<bool>,
    pub(crate) base: Option<Reference>,
    /// The names of the files that it was laid over.
    pub(crate) bases: Vec<String>,
    /// Its policy and that of its base are one: the overlay's, if it has one.
    pub(crate) policy: Option<Reference>,
    pub(crate) capping: Vec<Node>,
    pub(crate) throttling: Option<Node>,
}

/// Another file that is named in one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    /// Its name, relative to where this program runs.
    pub(crate) name: String,
    pub(crate) mark: Mark,
}

impl Document {
    /// Reads one. None if it is no mapping; then that was found.
    pub(crate) fn read(
        source: &Source,
        value: &dyn Fn(&str) -> Option<String>,
        findings: &mut Findings,
    ) -> Option<Self> {
        let file: Rc<str> = source.name.as_str().into();
        let mut root = open(&file, &source.text, findings)?;
        check_keys(&root, schema_types::FILE, &mut Vec::new(), findings);
        check_version(&root, VERSION, findings);
        let base = reference(&root, "base", source, findings);
        let policy = reference(&root, "policy", source, findings);
        let declared = declared(&root, findings);
        if let Is::Map(map) = &mut root.is {
            map.retain(|(name, _)| !matches!(name.text(), Some("base" | "policy" | "variables")));
        }
        Variables { declared, value }.fill(&mut root, &Marks::new(&file, &source.text), findings);
        Some(Self {
            sandbox: given(&root, "sandbox").cloned(),
            production: production(&root, findings),
            capping: capping(&root, findings),
            // Nothing takes the base's away.
            throttling: root.get("throttling").cloned(),
            mark: root.mark,
            base,
            bases: Vec::new(),
            policy,
        })
    }
}

/// The mapping that a file is; None if it is none, and then that was found.
pub(crate) fn open(file: &Rc<str>, text: &str, findings: &mut Findings) -> Option<Node> {
    let mut root = match yaml::parse(file, text) {
        Ok(root) => root,
        Err(problem) => {
            findings.error("AJO_LIMITS_YAML", &problem.mark, problem.message);
            return None;
        }
    };
    if root.is_null() {
        findings.error("AJO_LIMITS_EMPTY", &Mark::start(file), "the file is empty");
        return None;
    }
    normalize(&mut root, findings);
    if root.map().is_none() {
        let message = format!("the file must be a mapping that begins with `version: 1`, and is {}", root.kind());
        findings.error("AJO_LIMITS_TYPE", &root.mark, message);
        return None;
    }
    Some(root)
}

/// Makes sure that a file is of the version that is read here.
pub(crate) fn check_version(root: &Node, known: u64, findings: &mut Findings) {
    const CODE: &str = "AJO_LIMITS_VERSION";
    match root.get("version") {
        None => {
            let message = "the version of the file's form is missing";
            findings.error(CODE, &root.mark, message).hint = Some(format!("begin it with `version: {known}`"));
        }
        Some(Node { is: Is::Number(number), .. }) if number.as_u64() == Some(known) => {}
        Some(Node { is: Is::Number(number), mark, .. }) if number.as_u64().is_some_and(|version| version > known) => {
            let message = format!("it is of version {number}, which is newer; this ajo reads version {known}");
            findings.error(CODE, mark, message).hint = Some("update ajo".to_owned());
        }
        Some(node) => {
            findings.error(CODE, &node.mark, format!("the version must be the number {known}"));
        }
    }
}

/// The value of a name, if there is one.
fn given<'n>(root: &'n Node, name: &str) -> Option<&'n Node> {
    root.get(name).filter(|node| !node.is_null())
}

fn reference(root: &Node, name: &str, source: &Source, findings: &mut Findings) -> Option<Reference> {
    let node = given(root, name)?;
    match node.text() {
        Some(text) if text.contains("${") => {
            findings.error(variables::CODE, &node.mark, "no variable may stand here: which files are read is fixed");
            None
        }
        Some(path) if !path.is_empty() => {
            Some(Reference { name: resolve_path(&source.name, path), mark: node.mark.clone() })
        }
        _ => {
            let message = format!("`{name}` must be the path of a file, and is {}", node.kind());
            findings.error("AJO_LIMITS_TYPE", &node.mark, message);
            None
        }
    }
}

/// The files that one names, without anything else of it.
pub(crate) fn references(source: &Source) -> (Option<String>, Option<String>) {
    let mut findings = Findings::default();
    let Some(root) = open(&source.name.as_str().into(), &source.text, &mut findings) else { return (None, None) };
    let mut named = |name| reference(&root, name, source, &mut findings).map(|reference| reference.name);
    (named("base"), named("policy"))
}

fn declared(root: &Node, findings: &mut Findings) -> Vec<String> {
    let Some(node) = given(root, "variables") else { return Vec::new() };
    let Is::List(items) = &node.is else {
        let message = format!("`variables` must be a list of names, and is {}", node.kind());
        findings.error("AJO_LIMITS_TYPE", &node.mark, message);
        return Vec::new();
    };
    let mut declared = Vec::new();
    for item in items {
        let Some(name) = item.text().filter(|name| variables::is_name(name)) else {
            let message = format!("`{}` is no name of a variable", quote(&item.shown()));
            let hint = "letters A to Z, digits and `_` may stand in it, and no digit first";
            findings.error(variables::CODE, &item.mark, message).hint = Some(hint.to_owned());
            continue;
        };
        declared.push(name.to_owned());
    }
    declared
}

fn production(root: &Node, findings: &mut Findings) -> Option<bool> {
    let node = given(root, "production")?;
    if let Is::Bool(production) = node.is {
        return Some(production);
    }
    findings.error(
        "AJO_LIMITS_TYPE",
        &node.mark,
        format!("`production` must be true or false, and is {}", node.kind()),
    );
    None
}

fn capping(root: &Node, findings: &mut Findings) -> Vec<Node> {
    match given(root, "capping") {
        None => Vec::new(),
        Some(Node { is: Is::List(items), .. }) => items.clone(),
        Some(node) => {
            let message = format!("`capping` must be a list, and is {}", node.kind());
            let hint = node.map().map(|_| "begin each limit with `- `".to_owned());
            findings.error("AJO_LIMITS_TYPE", &node.mark, message).hint = hint;
            Vec::new()
        }
    }
}
