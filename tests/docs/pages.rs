//! The tables of the pages under `docs/` against the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use ajo_core::{DEADLINE, Failure, MAX_ANSWER, RetryPolicy, TIMEOUT};
use ajo_emulator::GatewayError;
use ajo_engine::{CALLS_PER_RETRY, MAX_RETRY_TOKENS};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The part of a page below a heading, up to the next one.
fn section(page: &str, heading: &str) -> String {
    let text = read(page);
    let start = text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{page} has no {heading}"));
    let body = &text[start + 4..];
    body[..body.find("\n## ").unwrap_or(body.len())].to_owned()
}

/// The cells of the first table in a section, without its head.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let section = section(page, heading);
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()).collect()
}

/// The variants of an enum, by its source.
fn variants(path: &str, name: &str) -> BTreeSet<String> {
    let source = read(path);
    let start = source.find(&format!("pub enum {name} {{")).unwrap_or_else(|| panic!("{path} has no {name}"));
    let body = &source[start..start + source[start..].find("\n}").expect("an end")];
    let lines = body.lines().skip(1).filter_map(|line| line.strip_prefix("    "));
    let named = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    named.map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned()).collect()
}

/// The name of a variant as a command line has it: `cached-token`.
fn kebab(name: &str) -> String {
    let capital = |(at, c): (usize, char)| if at > 0 && c.is_uppercase() { format!("-{c}") } else { c.to_string() };
    name.char_indices().map(capital).collect::<String>().to_lowercase()
}

/// A group is measured by a command, and its budgets are in its table, as `cargo xtask bench charts` writes it.
#[test]
fn the_page_names_every_group_of_figures_and_every_budget() {
    let page = read("docs/performance.md");
    let source = read("xtask/src/bench/group.rs");
    let start = source.find("enum Group {").expect("the groups");
    let body = &source[start..start + source[start..].find("\n}").expect("an end")];
    let groups: Vec<String> = body
        .lines()
        .skip(1)
        .map(str::trim)
        .filter_map(|line| line.strip_suffix(',').filter(|name| name.chars().all(char::is_alphanumeric)))
        .map(kebab)
        .collect();
    assert!(groups.len() > 3, "{groups:?}");
    let figures = |group: &str| {
        let rest = page
            .split_once(&format!("<!-- figures: {group} -->"))
            .unwrap_or_else(|| panic!("{group} has no figures"))
            .1;
        rest.split_once("<!-- end -->").expect("an end").0.to_owned()
    };
    for group in &groups {
        assert!(page.contains(&format!("| `cargo xtask bench {group}` |")), "{group} has no command");
        if group != "charts" {
            figures(group);
        }
    }
    let budgets: serde_json::Value = serde_json::from_str(&read("benches/budgets.json")).expect("budgets");
    for budget in budgets.as_array().expect("a list") {
        let text = |name: &str| budget[name].as_str().unwrap_or_else(|| panic!("{budget}: {name}"));
        let (group, row) = (text("group"), text("row"));
        assert!(groups.iter().any(|it| it == group), "there is no group {group}");
        let (sign, bound) = match (budget["most"].as_f64(), budget["least"].as_f64()) {
            (Some(most), None) => ("≤", most),
            (None, Some(least)) => ("≥", least),
            _ => panic!("{budget}: it needs one bound"),
        };
        let table = figures(group);
        let line = table.lines().find(|line| line.starts_with(&format!("| {row} |")));
        let line = line.unwrap_or_else(|| panic!(
                "docs/performance.md: {group} has no figure {row}; run `cargo xtask bench {group}`, then `cargo xtask bench charts`"
            ));
        let shown = line.rsplit_once(sign).unwrap_or_else(|| panic!("{line} has no {sign}")).1;
        let shown: f64 = shown.trim_matches(['|', ' ']).replace(',', "").parse().expect("a number");
        assert!((shown - bound).abs() < 1e-9, "{line}: {bound} is promised");
    }
}

#[test]
fn the_worker_in_the_documentation_is_the_one_that_is_compiled() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a source");
    let page: Vec<String> = read("crates/core/src/fetch.rs")
        .lines()
        .filter_map(|line| Some(line.strip_prefix("//!")?.trim_start_matches(' ').to_owned()))
        .collect();
    let shown = page.iter().skip_while(|line| *line != "```ignore").skip(1).take_while(|line| *line != "```");
    let compiled = read("tests/fetch/worker/src/lib.rs");
    let compiled = compiled.lines().filter(|line| !line.starts_with("//!")).skip_while(|line| line.is_empty());
    let plain = |line: &str| line.trim_start().to_owned();
    let (shown, compiled): (Vec<_>, Vec<_>) = (shown.map(|line| plain(line)).collect(), compiled.map(plain).collect());
    assert!(shown.len() > 10, "{shown:?}");
    assert_eq!(shown, compiled);
}

const ERRORS: &str = "docs/errors.md";

fn first_cells(heading: &str) -> BTreeSet<String> {
    table(ERRORS, heading).into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn every_kind_of_error_is_on_the_page() {
    assert_eq!(first_cells("Kinds"), variants("crates/core/src/error/error_kind.rs", "ErrorKind"));
}

#[test]
fn every_error_of_a_token_is_on_the_page() {
    let mut expected = variants("crates/engine/src/parse/auth_error.rs", "AuthError");
    expected.remove("Ims");
    let kinds = variants("crates/engine/src/parse/ims_error.rs", "ImsErrorKind");
    expected.extend(kinds.iter().map(|kind| format!("Ims {kind}")));
    assert_eq!(first_cells("No access token"), expected);
}

#[test]
fn the_codes_on_the_page_have_the_hints_of_the_code() {
    let hint = |status: &str, body: String| {
        let failure = Failure::read(status.parse().expect("a status"), None, body.as_bytes());
        failure.hint().expect("a hint").to_owned()
    };
    let gateway = table(ERRORS, "Codes of the gateway");
    let codes: Vec<(&str, u16)> = GatewayError::ALL.iter().map(|error| (error.code, error.status)).collect();
    assert_eq!(
        gateway.iter().map(|row| (row[0].as_str(), row[1].parse().expect("a status"))).collect::<Vec<_>>(),
        codes
    );
    for row in gateway {
        assert_eq!(row[3], hint(&row[1], format!(r#"{{"error_code": "{}"}}"#, row[0])), "{}", row[0]);
    }
    let service = table(ERRORS, "Codes of the service");
    assert_eq!(service.len(), 15);
    for row in service {
        assert_eq!(row[2], hint("500", format!(r#"{{"error": {{"code": {}}}}}"#, row[0])), "{}", row[0]);
    }
    for row in table(ERRORS, "Without a code") {
        assert_eq!(row[1], hint(&row[0], String::new()), "{}", row[0]);
    }
}

fn shown(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{} s", duration.as_secs())
    }
}

#[test]
fn the_defaults_on_the_page_are_those_of_the_code() {
    let RetryPolicy { attempts, base, throttled_base, longest_delay, longest_retry_after } = RetryPolicy::default();
    let said: BTreeMap<String, String> =
        table(ERRORS, "Limits and their defaults").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let expected = [
        ("attempts of a call, the first one counted", attempts.to_string()),
        ("bound of the first delay", shown(base)),
        ("the same after 429 and 503", shown(throttled_base)),
        ("longest delay", shown(longest_delay)),
        ("longest Retry-After that is waited for", shown(longest_retry_after)),
        ("one attempt", shown(TIMEOUT)),
        ("the whole call, never slept past", shown(DEADLINE)),
        ("repetitions a client and its clones can make in a row", MAX_RETRY_TOKENS.to_string()),
        ("calls a second, calls at a time", "no limit".to_owned()),
        ("longest answer read", format!("{} MiB", MAX_ANSWER / 1024 / 1024)),
    ];
    assert_eq!(said, expected.map(|(what, value)| (what.to_owned(), value)).into());
    assert_eq!(CALLS_PER_RETRY, 10, "ten calls that succeed earn one more");
}

#[test]
fn the_ages_of_a_token_on_the_page_are_those_of_the_code() {
    use ajo_engine::{EXPIRY_MARGIN, FIRST_BACKOFF, MAX_BACKOFF, REFRESH_AHEAD, REJECTION_BACKOFF};
    let rows = table("docs/authentication.md", "When a token is fetched");
    let said = [
        format!("{} s before its end, or a tenth of its life", REFRESH_AHEAD.as_secs()),
        "after 2 s".to_owned(),
        format!("{} s before its end", EXPIRY_MARGIN.as_secs()),
        "nine tenths of its life".to_owned(),
        format!("0.5 to {} s, doubling up to {} s", FIRST_BACKOFF.as_secs(), MAX_BACKOFF.as_secs()),
        format!("for {} s", REJECTION_BACKOFF.as_secs()),
    ];
    assert_eq!(rows.len(), said.len());
    for (row, said) in rows.iter().zip(said) {
        assert!(row[1].contains(&said), "{said}: {row:?}");
    }
}

#[test]
fn the_exit_codes_on_the_page_are_those_of_the_command() {
    let source = read("crates/cli/src/exit.rs");
    let codes: BTreeSet<String> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::")?.strip_suffix(',')?.split_once(" => "))
        .map(|(_, code)| code.to_owned())
        .collect();
    assert_eq!(first_cells("The command"), codes);
}

const EMULATOR: &str = "docs/emulator.md";

fn pairs(page: &str, heading: &str) -> Vec<(String, String)> {
    table(page, heading).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
}

#[test]
fn the_effects_on_the_page_are_those_of_the_code() {
    let source = read("crates/emulator/src/faults/effect.rs");
    let rows = source.lines().filter_map(|line| line.strip_prefix("/// | `")?.strip_suffix(" |")?.split_once("` | "));
    let code: Vec<(String, String)> = rows.map(|(effect, what)| (effect.to_owned(), what.replace('`', ""))).collect();
    let mut page = pairs(EMULATOR, "Faults");
    assert_eq!(page.len(), code.len());
    let delay = |pair: &(String, String)| pair.0 != "delay:…";
    page.retain(delay);
    assert_eq!(page, code.into_iter().filter(delay).collect::<Vec<_>>());
}

#[test]
fn the_switches_on_the_page_are_those_of_the_code() {
    let code = ajo_emulator::Switches::ALL.map(|switch| (switch.name.to_owned(), switch.sides.join(", ")));
    assert_eq!(pairs(EMULATOR, "Contradictions"), code);
}

#[test]
fn the_control_requests_on_the_page_are_those_of_the_code() {
    let code = ajo_emulator::CONTROL_ROUTES
        .map(|route| (format!("{} {}", route.method, route.path), route.about.replace('`', "")));
    assert_eq!(pairs(EMULATOR, "The control API"), code);
}

#[test]
fn the_limits_on_the_page_are_those_of_the_code() {
    let limits = ajo_emulator::Limits::default();
    let number = |cell: &str| -> usize {
        let digits: String =
            cell.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
        digits.parse().expect("a number")
    };
    let page: Vec<usize> = pairs(EMULATOR, "Limits").iter().map(|(_, much)| number(much)).collect();
    let code = [
        limits.body,
        2 * limits.config_bytes,
        limits.configs,
        limits.config_bytes,
        ajo_emulator::MAX_METHODS,
        limits.journal,
        limits.tokens,
        ajo_emulator::MAX_FAULTS,
        ajo_emulator::MAX_ORGANIZATIONS,
        ajo_emulator::MAX_SANDBOXES,
        limits.connections,
        usize::try_from(limits.patience.as_secs()).expect("a number"),
        usize::try_from(ajo_emulator::LAST_MOMENT.as_millis()).expect("a number"),
    ];
    assert_eq!(page, code);
    assert_eq!(ajo_emulator::MAX_INTERFERENCES, ajo_emulator::MAX_FAULTS, "one row for both");
}
