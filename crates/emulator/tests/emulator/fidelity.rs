//! The ledger (`fidelity.toml`) against the code: nothing is missing in it, and what it names is there. Run by
//! `cargo xtask test`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ajo_core::OPERATIONS;
use ajo_core::rules::PUBLISHED_CODES;
use ajo_emulator::{GatewayError, ImsRefusal, ServiceError, Switches};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ledger {
    behavior: Vec<Behavior>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behavior {
    id: String,
    what: String,
    label: Label,
    source: String,
    /// `FILE::TEST`.
    test: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    Documented,
    Inferred,
    Observed,
    Unknown,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).expect("the workspace")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn ledger() -> Vec<Behavior> {
    let ledger: Ledger = toml::from_str(&read("crates/emulator/fidelity.toml")).expect("fidelity.toml");
    ledger.behavior
}

/// Every route, code and switch that there is.
fn there() -> BTreeSet<String> {
    let mut there = BTreeSet::from(["route:token".to_owned()]);
    there.extend(OPERATIONS.iter().map(|operation| format!("route:{}.{}", operation.api, operation.verb)));
    there.extend(GatewayError::ALL.iter().map(|error| format!("gateway:{}", error.code)));
    there.extend(ServiceError::ALL.iter().map(|error| format!("service:{}", error.code)));
    there.extend(ImsRefusal::ALL.iter().map(|refusal| format!("ims:{}", refusal.name)));
    there.extend(PUBLISHED_CODES.iter().map(|code| format!("rule:{code}")));
    there.extend(Switches::ALL.iter().map(|switch| format!("switch:{}", switch.name)));
    there
}

#[test]
fn every_route_code_and_switch_is_in_the_ledger_and_nothing_else() {
    let ledger = ledger();
    let ids: BTreeSet<String> = ledger.iter().map(|behavior| behavior.id.clone()).collect();
    assert_eq!(ids.len(), ledger.len(), "an id stands there twice");
    let known: BTreeSet<String> = ids.iter().filter(|id| !id.starts_with("behavior:")).cloned().collect();
    let there = there();
    let missing: Vec<_> = there.difference(&known).collect();
    assert!(missing.is_empty(), "not in crates/emulator/fidelity.toml: {missing:?}");
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(gone.is_empty(), "in crates/emulator/fidelity.toml, but not in the code: {gone:?}");
}

#[test]
fn every_behavior_says_where_it_is_from_and_has_a_test() {
    let mut sources = BTreeMap::new();
    for behavior in ledger() {
        let Behavior { id, what, source, test, .. } = &behavior;
        assert!(!what.trim().is_empty() && !source.trim().is_empty(), "{id} has no text");
        let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{id}: `{test}` is not FILE::TEST"));
        let code = sources.entry(file.to_owned()).or_insert_with(|| read(file));
        let found = code.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{id}: there is no test {test}"));
        let before = &code[..found];
        let attribute = before.rfind("#[").map_or("", |start| &before[start..]);
        assert!(
            attribute.contains("test]") || attribute.contains("test(") || code.contains("proptest!"),
            "{id}: {test} is no test"
        );
    }
}

/// The README says how many there are of each.
#[test]
fn the_counts_of_the_readme_are_those_of_the_ledger() {
    let mut counts = BTreeMap::new();
    for behavior in ledger() {
        *counts.entry(behavior.label).or_insert(0) += 1;
    }
    let of = |label| counts.get(&label).copied().unwrap_or(0);
    let line = format!(
        "{} documented, {} inferred, {} observed, {} unknown",
        of(Label::Documented),
        of(Label::Inferred),
        of(Label::Observed),
        of(Label::Unknown)
    );
    assert!(read("README.md").contains(&line), "the README does not say: {line}");
}
