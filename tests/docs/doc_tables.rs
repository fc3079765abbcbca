//! Compares the tables in `docs/` with the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use ajo_core::{DEADLINE, ErrorResponse, MAX_RESPONSE_BYTES, RetryPolicy, TIMEOUT};
use ajo_emulator::GatewayError;
use ajo_engine::{CALLS_PER_RETRY, MAX_RETRY_TOKENS};

pub(super) fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

pub(super) fn read_file(path: &str) -> String {
    fs::read_to_string(workspace_root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text of a section, up to the next heading.
fn section(page: &str, heading: &str) -> String {
    let text = read_file(page);
    let start = text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{page} has no section `{heading}`"));
    let body = &text[start + 4..];
    body[..body.find("\n## ").unwrap_or(body.len())].to_owned()
}

/// The cells of the first table in a section, without its header.
fn table_rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let section = section(page, heading);
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()).collect()
}

/// The variants of an enum, read from its source file.
fn enum_variants(path: &str, name: &str) -> BTreeSet<String> {
    let source = read_file(path);
    let start = source.find(&format!("pub enum {name} {{")).unwrap_or_else(|| panic!("{path} has no enum {name}"));
    let body = &source[start..start + source[start..].find("\n}").expect("an end")];
    let lines = body.lines().skip(1).filter_map(|line| line.strip_prefix("    "));
    let named = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    named.map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned()).collect()
}

/// A variant's name on the command line, such as `cached-token`.
fn to_kebab_case(name: &str) -> String {
    let dashed = |(at, c): (usize, char)| if at > 0 && c.is_uppercase() { format!("-{c}") } else { c.to_string() };
    name.char_indices().map(dashed).collect::<String>().to_lowercase()
}

/// Each group has a command and a table with its budgets, which `cargo xtask bench charts` writes.
#[test]
fn performance_doc_lists_all_budgets() {
    let page = read_file("docs/performance.md");
    let source = read_file("xtask/src/bench/group.rs");
    let start = source.find("enum BenchGroup {").expect("the groups");
    let body = &source[start..start + source[start..].find("\n}").expect("an end")];
    let groups: Vec<String> = body
        .lines()
        .skip(1)
        .map(str::trim)
        .filter_map(|line| line.strip_suffix(',').filter(|name| name.chars().all(char::is_alphanumeric)))
        .map(to_kebab_case)
        .collect();
    assert!(groups.len() > 3, "{groups:?}");
    let figures = |group: &str| {
        let rest = page
            .split_once(&format!("<!-- figures: {group} -->"))
            .unwrap_or_else(|| panic!("docs/performance.md has no figures of {group}"))
            .1;
        rest.split_once("<!-- end -->").expect("an end").0.to_owned()
    };
    for group in &groups {
        assert!(
            page.contains(&format!("| `cargo xtask bench {group}` |")),
            "docs/performance.md has no command for {group}"
        );
        if group != "charts" {
            figures(group);
        }
    }
    let budgets: serde_json::Value = serde_json::from_str(&read_file("benches/budgets.json")).expect("budgets");
    for budget in budgets.as_array().expect("a list") {
        let text = |name: &str| budget[name].as_str().unwrap_or_else(|| panic!("{budget}: {name}"));
        let (group, row) = (text("group"), text("row"));
        assert!(groups.iter().any(|it| it == group), "there is no group {group}");
        let (sign, bound) = match (budget["max"].as_f64(), budget["min"].as_f64()) {
            (Some(max), None) => ("≤", max),
            (None, Some(min)) => ("≥", min),
            _ => panic!("{budget}: the budget must have either max or min"),
        };
        let table = figures(group);
        let line = table.lines().find(|line| line.starts_with(&format!("| {row} |")));
        let line = line.unwrap_or_else(|| panic!(
                "docs/performance.md: {group} has no figure {row}; run `cargo xtask bench {group}`, then `cargo xtask bench charts`"
            ));
        let cell = line.rsplit_once(sign).unwrap_or_else(|| panic!("{line} has no {sign}")).1;
        let documented: f64 = cell.trim_matches(['|', ' ']).replace(',', "").parse().expect("a number");
        assert!((documented - bound).abs() < 1e-9, "{line}: the budget is {bound}");
    }
}

#[test]
fn worker_example_is_compiled() {
    let read = |path: &str| fs::read_to_string(workspace_root().join(path)).expect("a source");
    let page: Vec<String> = read("crates/core/src/fetch.rs")
        .lines()
        .filter_map(|line| Some(line.strip_prefix("//!")?.trim_start_matches(' ').to_owned()))
        .collect();
    let documented = page.iter().skip_while(|line| *line != "```ignore").skip(1).take_while(|line| *line != "```");
    let compiled = read("tests/fetch/worker/src/lib.rs");
    let compiled = compiled.lines().filter(|line| !line.starts_with("//!")).skip_while(|line| line.is_empty());
    let trim = |line: &str| line.trim_start().to_owned();
    let documented: Vec<_> = documented.map(|line| trim(line)).collect();
    let compiled: Vec<_> = compiled.map(trim).collect();
    assert!(documented.len() > 10, "{documented:?}");
    assert_eq!(documented, compiled);
}

const ERRORS_DOC: &str = "docs/errors.md";

fn first_cells(heading: &str) -> BTreeSet<String> {
    table_rows(ERRORS_DOC, heading).into_iter().map(|row| row[0].clone()).collect()
}

/// The patterns that match the variants of an enum, such as `ErrorKind::Decode { .. }`.
fn enum_patterns(path: &str, name: &str) -> BTreeSet<String> {
    let source = read_file(path);
    let body =
        source.split_once(&format!("pub enum {name} {{")).unwrap_or_else(|| panic!("{path} has no enum {name}")).1;
    let pattern = |variant: &str| {
        let declared = body.lines().find_map(|line| line.strip_prefix("    ")?.strip_prefix(variant));
        let fields = match declared.unwrap_or_default().trim_start().chars().next() {
            Some('(') => "(_)",
            Some('{') => " { .. }",
            _ => "",
        };
        format!("{name}::{variant}{fields}")
    };
    enum_variants(path, name).iter().map(|variant| pattern(variant)).collect()
}

/// The first column has patterns that compile in a `match`.
#[test]
fn error_kinds_match() {
    let patterns = enum_patterns("crates/engine/src/failure/error_kind.rs", "ErrorKind");
    assert!(patterns.contains("ErrorKind::Api(_)") && patterns.contains("ErrorKind::Decode { .. }"), "{patterns:?}");
    assert_eq!(first_cells("Kinds"), patterns);
}

#[test]
fn token_errors_match() {
    let mut expected = enum_patterns("crates/engine/src/parse/auth_error.rs", "AuthError");
    assert!(expected.remove("AuthError::Ims(_)"));
    let kinds = enum_patterns("crates/engine/src/parse/ims_error.rs", "ImsErrorKind");
    expected.extend(kinds.iter().map(|kind| format!("AuthError::Ims(_), {kind}")));
    assert_eq!(first_cells("No access token"), expected);
}

#[test]
fn error_code_hints_match() {
    let hint = |status: &str, body: String| {
        let failure = ErrorResponse::parse(status.parse().expect("a status"), None, body.as_bytes());
        failure.hint().expect("a hint").to_owned()
    };
    let gateway = table_rows(ERRORS_DOC, "Codes of the gateway");
    let codes: Vec<(&str, u16)> = GatewayError::ALL.iter().map(|error| (error.code, error.status)).collect();
    assert_eq!(
        gateway.iter().map(|row| (row[0].as_str(), row[1].parse().expect("a status"))).collect::<Vec<_>>(),
        codes
    );
    for row in gateway {
        assert_eq!(row[3], hint(&row[1], format!(r#"{{"error_code": "{}"}}"#, row[0])), "{}", row[0]);
    }
    let service = table_rows(ERRORS_DOC, "Codes of the service");
    assert_eq!(service.len(), 15);
    for row in service {
        assert_eq!(row[2], hint("500", format!(r#"{{"error": {{"code": {}}}}}"#, row[0])), "{}", row[0]);
    }
    for row in table_rows(ERRORS_DOC, "Without a code") {
        assert_eq!(row[1], hint(&row[0], String::new()), "{}", row[0]);
    }
}

fn format_duration(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{} s", duration.as_secs())
    }
}

#[test]
fn client_defaults_match() {
    let RetryPolicy {
        max_attempts: attempts,
        base_delay: base,
        throttled_base_delay: throttled_base,
        max_delay: longest_delay,
        max_retry_after: longest_retry_after,
    } = RetryPolicy::default();
    let documented: BTreeMap<String, String> = table_rows(ERRORS_DOC, "Limits and their defaults")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let expected = [
        ("attempts per call, including the first", attempts.to_string()),
        ("upper bound of the first delay", format_duration(base)),
        ("upper bound of the first delay after 429 and 503", format_duration(throttled_base)),
        ("longest delay", format_duration(longest_delay)),
        ("longest Retry-After that the client waits for", format_duration(longest_retry_after)),
        ("one attempt", format_duration(TIMEOUT)),
        ("the whole call, including delays", format_duration(DEADLINE)),
        ("retries in a row for a client and its clones", MAX_RETRY_TOKENS.to_string()),
        ("calls per second, concurrent calls", "no limit".to_owned()),
        ("longest response", format!("{} MiB", MAX_RESPONSE_BYTES / 1024 / 1024)),
    ];
    assert_eq!(documented, expected.map(|(name, value)| (name.to_owned(), value)).into());
    assert_eq!(CALLS_PER_RETRY, 10, "ten successful calls earn one retry");
}

#[test]
fn token_refresh_times_match() {
    use ajo_engine::{EARLY_REFRESH_MARGIN, EXPIRY_MARGIN, FIRST_BACKOFF, MAX_BACKOFF, REJECTION_BACKOFF};
    let rows = table_rows("docs/authentication.md", "When a token is fetched");
    let expected = [
        format!("{} s before expiry, or a tenth of its life", EARLY_REFRESH_MARGIN.as_secs()),
        "after 2 s".to_owned(),
        format!("{} s before expiry", EXPIRY_MARGIN.as_secs()),
        "nine tenths of its life".to_owned(),
        format!("0.5 to {} s, doubling up to {} s", FIRST_BACKOFF.as_secs(), MAX_BACKOFF.as_secs()),
        format!("for {} s", REJECTION_BACKOFF.as_secs()),
    ];
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        assert!(row[1].contains(&expected), "{expected}: {row:?}");
    }
}

#[test]
fn exit_codes_match() {
    let source = read_file("crates/cli/src/exit_status.rs");
    let codes: BTreeSet<String> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::")?.strip_suffix(',')?.split_once(" => "))
        .map(|(_, code)| code.to_owned())
        .collect();
    assert_eq!(first_cells("The command"), codes);
}

#[test]
fn drift_codes_match() {
    let source = read_file("crates/cli/src/report/drift_finding.rs");
    let texts = |function: &str| {
        let body = source.split_once(&format!("const fn {function}(")).expect("the function").1;
        let body = &body[..body.find("\n    }\n").expect("an end")];
        let lines = body.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => "));
        lines.map(|(_, text)| text.trim_matches(['"', ',']).to_owned()).collect::<Vec<_>>()
    };
    let codes = texts("as_str").into_iter().zip(texts("title")).zip(texts("description"));
    let codes: BTreeSet<_> = codes.map(|((code, title), description)| vec![code, title, description]).collect();
    let documented = table_rows(ERRORS_DOC, "Codes of drift").into_iter().map(|row| row[..3].to_vec());
    assert_eq!(documented.collect::<BTreeSet<_>>(), codes);
}

const EMULATOR_DOC: &str = "docs/emulator.md";

fn first_two_cells(page: &str, heading: &str) -> Vec<(String, String)> {
    table_rows(page, heading).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
}

#[test]
fn fault_effects_match() {
    let source = read_file("crates/emulator/src/faults/effect.rs");
    let rows = source.lines().filter_map(|line| line.strip_prefix("/// | `")?.strip_suffix(" |")?.split_once("` | "));
    let code: Vec<(String, String)> = rows.map(|(effect, text)| (effect.to_owned(), text.replace('`', ""))).collect();
    let mut page = first_two_cells(EMULATOR_DOC, "Faults");
    assert_eq!(page.len(), code.len());
    let is_not_delay = |pair: &(String, String)| pair.0 != "delay:…";
    page.retain(is_not_delay);
    assert_eq!(page, code.into_iter().filter(is_not_delay).collect::<Vec<_>>());
}

#[test]
fn quirks_match() {
    let code = ajo_emulator::QuirkSettings::ALL.map(|quirk| (quirk.name.to_owned(), quirk.variants.join(", ")));
    assert_eq!(first_two_cells(EMULATOR_DOC, "Quirks"), code);
}

#[test]
fn control_routes_match() {
    let code = ajo_emulator::CONTROL_ROUTES
        .map(|route| (format!("{} {}", route.method, route.path), route.description.replace('`', "")));
    assert_eq!(first_two_cells(EMULATOR_DOC, "The control API"), code);
}

#[test]
fn emulator_limits_match() {
    let limits = ajo_emulator::ResourceLimits::default();
    let number = |cell: &str| -> usize {
        let digits: String =
            cell.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
        digits.parse().expect("a number")
    };
    let page: Vec<usize> = first_two_cells(EMULATOR_DOC, "Limits").iter().map(|(_, limit)| number(limit)).collect();
    let code = [
        limits.body_bytes,
        2 * limits.config_bytes,
        limits.configs,
        limits.config_bytes,
        ajo_emulator::MAX_METHODS,
        limits.logged_calls,
        limits.tokens,
        ajo_emulator::MAX_FAULTS,
        ajo_emulator::MAX_ORGANIZATIONS,
        ajo_emulator::MAX_SANDBOXES,
        limits.connections,
        usize::try_from(limits.idle_timeout.as_secs()).expect("a number"),
        usize::try_from(ajo_emulator::MAX_TIMESTAMP.as_millis()).expect("a number"),
    ];
    assert_eq!(page, code);
    assert_eq!(ajo_emulator::MAX_CONCURRENT_EDITS, ajo_emulator::MAX_FAULTS, "one row for both");
}
