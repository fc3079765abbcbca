//! The list of behaviors (`fidelity.toml`) covers the code, and every entry names an existing test. Run by
//! `cargo xtask test`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ajo_core::OPERATIONS;
use ajo_core::rules::PUBLISHED_CODES;
use ajo_emulator::{GatewayError, QuirkSettings, ServiceError, TokenEndpointError};
use ajo_simulator::Assumption;
use serde::Deserialize;
use serde_json::Value;

use crate::support::TestClient;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FidelityFile {
    behavior: Vec<FidelityEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FidelityEntry {
    id: String,
    description: String,
    provenance: Provenance,
    source: String,
    /// `FILE::TEST`.
    test: String,
    /// Ids in `facts.toml`.
    #[serde(default)]
    facts: BTreeSet<String>,
}

/// The contents of `facts.toml`: summaries by id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsFile {
    facts: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Provenance {
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

fn read_entries() -> Vec<FidelityEntry> {
    let file: FidelityFile = toml::from_str(&read("crates/emulator/fidelity.toml")).expect("fidelity.toml");
    file.behavior
}

/// The id of every route, code and quirk in the code.
fn code_ids() -> BTreeSet<String> {
    let mut ids = BTreeSet::from(["token", "sandboxes", "sample"].map(|route| format!("route:{route}")));
    ids.extend(OPERATIONS.iter().map(|operation| format!("route:{}.{}", operation.api, operation.verb)));
    ids.extend(GatewayError::ALL.iter().map(|error| format!("gateway:{}", error.code)));
    ids.extend(ServiceError::ALL.iter().map(|error| format!("service:{}", error.code)));
    ids.extend(TokenEndpointError::ALL.iter().map(|error| format!("ims:{}", error.name)));
    ids.extend(PUBLISHED_CODES.iter().map(|code| format!("rule:{code}")));
    ids.extend(QuirkSettings::ALL.iter().map(|quirk| format!("quirk:{}", quirk.name)));
    ids.extend(Assumption::all().map(|assumption| format!("assumption:{}", assumption.id)));
    ids
}

#[test]
fn every_route_code_and_quirk_is_listed() {
    let entries = read_entries();
    let ids: BTreeSet<String> = entries.iter().map(|behavior| behavior.id.clone()).collect();
    assert_eq!(ids.len(), entries.len(), "duplicate id");
    let known: BTreeSet<String> =
        ids.iter().filter(|id| !id.starts_with("behavior:") && !id.starts_with("fact:")).cloned().collect();
    let in_code = code_ids();
    let missing: Vec<_> = in_code.difference(&known).collect();
    assert!(missing.is_empty(), "not in crates/emulator/fidelity.toml: {missing:?}");
    let stale: Vec<_> = known.difference(&in_code).collect();
    assert!(stale.is_empty(), "in crates/emulator/fidelity.toml, but not in the code: {stale:?}");
}

#[test]
fn every_behavior_has_source_and_test() {
    let mut sources = BTreeMap::new();
    for behavior in read_entries() {
        let FidelityEntry { id, description, source, test, .. } = &behavior;
        assert!(!description.trim().is_empty() && !source.trim().is_empty(), "{id} has no description or source");
        let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{id}: `{test}` is not FILE::TEST"));
        let code = sources.entry(file.to_owned()).or_insert_with(|| read(file));
        let found = code.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{id}: no such test: {test}"));
        let before = &code[..found];
        let attribute = before.rfind("#[").map_or("", |start| &before[start..]);
        assert!(
            attribute.contains("test]") || attribute.contains("test(") || code.contains("proptest!"),
            "{id}: {test} is not a test"
        );
    }
}

#[test]
fn every_fact_has_a_row() {
    let file: FactsFile = toml::from_str(&read("crates/emulator/facts.toml")).expect("facts.toml");
    assert!(file.facts.values().all(|summary| !summary.trim().is_empty()));
    let listed: BTreeSet<String> = file.facts.into_keys().collect();
    let covered: BTreeSet<String> = read_entries().into_iter().flat_map(|entry| entry.facts).collect();
    let missing: Vec<_> = listed.difference(&covered).collect();
    assert!(missing.is_empty(), "no row of crates/emulator/fidelity.toml has these facts: {missing:?}");
    let unknown: Vec<_> = covered.difference(&listed).collect();
    assert!(unknown.is_empty(), "not in crates/emulator/facts.toml: {unknown:?}");
}

/// Labels and sources are the same. A choice of the simulation is a behavior that is unknown.
#[test]
fn assumption_rows_match() {
    let entries: BTreeMap<String, FidelityEntry> =
        read_entries().into_iter().map(|entry| (entry.id.clone(), entry)).collect();
    for assumption in Assumption::all() {
        let label = match assumption.provenance {
            ajo_simulator::Provenance::Documented => Provenance::Documented,
            ajo_simulator::Provenance::Inferred => Provenance::Inferred,
            ajo_simulator::Provenance::Unknown | ajo_simulator::Provenance::Chosen => Provenance::Unknown,
        };
        let entry = entries.get(&format!("assumption:{}", assumption.id)).expect("a row");
        assert_eq!(
            (entry.provenance, entry.source.replace('`', "").as_str()),
            (label, assumption.source),
            "{}",
            entry.id
        );
    }
}

/// Facts that nothing here implements are in a table of the documentation, with label and source.
#[test]
fn facts_are_in_docs() {
    for (prefix, page) in [("fact:traffic.", "docs/simulate.md"), ("fact:service.", "docs/emulator.md")] {
        let rows = read_entries().into_iter().filter(|entry| entry.id.starts_with(prefix)).map(|entry| {
            let FidelityEntry { description, provenance, source, .. } = entry;
            format!("| {} | {description} | {source} |\n", format!("{provenance:?}").to_lowercase())
        });
        let table = format!("| label | fact | source |\n|---|---|---|\n{}", rows.collect::<String>());
        assert!(read(page).contains(&table), "{page} does not contain:\n{table}");
    }
    assert!(read_entries().iter().all(|entry| {
        !entry.id.starts_with("fact:") || entry.id.starts_with("fact:traffic.") || entry.id.starts_with("fact:service.")
    }));
}

#[test]
fn other_apis_are_unknown_routes() {
    let mut client = TestClient::new();
    for path in [
        "/ajo/journey",
        "/journey/campaigns/service/campaigns",
        "/ajo/content/templates",
        "/ajo/config/suppression/",
        "/ajo/im/executions",
        "/imp",
        "/data/foundation/sandbox-management",
        "/data/foundation/sandbox-management/sandboxes/",
        "/data/foundation/sandbox-management/sandboxes/prod/x",
    ] {
        let mut request = client.request("GET", "", &Value::Null);
        *request.uri_mut() = path.parse().expect("a path");
        assert_eq!(client.send(&request).status(), 404, "{path}");
    }
}

#[test]
fn readme_counts_match() {
    let mut counts = BTreeMap::new();
    for behavior in read_entries() {
        *counts.entry(behavior.provenance).or_insert(0) += 1;
    }
    let count = |label| counts.get(&label).copied().unwrap_or(0);
    let line = format!(
        "{} documented, {} inferred, {} observed, {} unknown",
        count(Provenance::Documented),
        count(Provenance::Inferred),
        count(Provenance::Observed),
        count(Provenance::Unknown)
    );
    assert!(read("README.md").contains(&line), "README.md does not contain: {line}");
}
