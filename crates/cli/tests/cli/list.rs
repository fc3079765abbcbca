//! Filters of `list`, and tables in a terminal.

use serde_json::{Value, json};

use crate::auth::fixture::AuthFixture;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

fn definition(url: &str) -> Value {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}});
    json!({"url": url, "methods": ["GET", "POST"], "services": {"action": limit}})
}

/// An emulator with these capping configurations, of which the first is deployed. Returns their uids.
fn emulator_with(urls: &[&str]) -> (AuthFixture, Vec<String>) {
    let fixture = AuthFixture::new();
    fixture.login("default", "dev");
    let file = fixture.path("all.json").display().to_string();
    let all: Vec<Value> = urls.iter().map(|url| definition(url)).collect();
    std::fs::write(&file, json!({ "results": all }).to_string()).expect("written");
    let created = fixture.run(&["capping", "create", &file, "--jq", ".. | .createdElement?.uid? // empty"]).stdout;
    let uids: Vec<String> = created.lines().map(str::to_owned).collect();
    assert_eq!(uids.len(), urls.len(), "{created}");
    fixture.run(&["capping", "deploy", &uids[0]]);
    (fixture, uids)
}

/// The output in a terminal, without the name of the terminal.
fn show(fixture: &AuthFixture, columns: u16, arguments: &str) -> String {
    let line = format!("'{}' {arguments}", env!("CARGO_BIN_EXE_ajo"));
    let shown = PseudoTerminal::start_with_columns(columns, fixture, &line, &[]).finish(0);
    shown.split_once('\n').map(|(_, shown)| shown.to_owned()).unwrap_or_default()
}

/// The columns that a line takes: an East Asian character takes two.
fn width(line: &str) -> usize {
    line.trim_end_matches('\r').chars().map(|character| if character > '\u{2e80}' { 2 } else { 1 }).sum()
}

#[test]
fn terminal_rows_are_not_wrapped() {
    if !has_script() {
        return;
    }
    let long = format!("https://api.example.org/{}", "x".repeat(1500));
    let names: Vec<String> = (0..100).map(|index| format!("https://h{index}.example.org/some/long/path/*")).collect();
    let mut urls =
        vec!["https://api.example.org/data/2.5/weather", &long, "https://api.example.org/東京/東京/東京/東京/東京/*"];
    urls.extend(names.iter().map(String::as_str));
    let (fixture, uids) = emulator_with(&urls);
    for columns in [40, 80, 200] {
        let shown = show(&fixture, columns, "capping list");
        let rows: Vec<&str> = shown.lines().filter(|line| !line.starts_with("Too narrow")).collect();
        assert_eq!(rows.len(), urls.len() + 1, "{shown}");
        for row in rows {
            assert!(width(row) <= usize::from(columns), "{columns}: {row}");
            assert!(row.starts_with("UID") || uids.iter().any(|uid| row.starts_with(uid)), "{row}");
        }
    }
    let shown = show(&fixture, 80, "capping list");
    let first = shown.lines().find(|line| line.starts_with(&uids[0])).expect("a row");
    assert_eq!(first.trim_end(), format!("{}  GET,POST  500/s       api.example.org/…her", uids[0]));
    assert!(shown.contains("Too narrow for STATE, SAVED LIMIT; --output json has everything."), "{shown}");
    // Not a terminal: everything.
    let piped = fixture.run(&["capping", "list"]).stdout;
    assert!(piped.contains(&long) && piped.contains("action 500 calls/1000 ms, 50 connections"), "{piped}");
}

#[test]
fn narrow_list_shows_live_limits() {
    if !has_script() {
        return;
    }
    let url = "https://partner-api.eu-west.example.org/v1/send";
    let (fixture, uids) = emulator_with(&[url, url]);
    let file = fixture.path("update.json").display().to_string();
    let mut changed = definition(url);
    changed["services"]["action"]["rating"]["maxCallsCount"] = 700.into();
    std::fs::write(&file, changed.to_string()).expect("written");
    fixture.run(&["capping", "update", &uids[0], &file]);
    let shown = show(&fixture, 80, "capping list");
    let row = |uid: &str| shown.lines().find(|line| line.starts_with(uid)).expect("a row").trim_end().to_owned();
    assert_eq!(row(&uids[0]), format!("{}  GET,POST  500/s (old)  partner-a…mple.org…", uids[0]));
    assert_eq!(row(&uids[1]), format!("{}  GET,POST  none         partner-a…mple.org…", uids[1]));
    let definition = json!({"name": "a", "urlPattern": url, "methods": ["POST"], "maxThroughput": 400});
    std::fs::write(&file, definition.to_string()).expect("written");
    let created = fixture.run(&["throttling", "create", &file, "--sandbox", "prod"]).stdout;
    let uid = created.lines().next().and_then(|line| line.strip_prefix("created ")).expect("a uid");
    fixture.run(&["throttling", "deploy", uid, "--sandbox", "prod", "--yes"]);
    let shown = show(&fixture, 80, "throttling list --sandbox prod");
    assert!(shown.contains(&format!("{uid}  POST     400/s       partner-ap")), "{shown}");
    assert!(shown.contains("Too narrow for STATE, SAVED LIMIT, NAME;"), "{shown}");
}

#[test]
fn url_filter_must_be_a_url() {
    let fixture = AuthFixture::new();
    for filter in [":::", "api.example.org", "https://", "ftp://a.example.org/", ""] {
        for api in ["capping", "throttling"] {
            let output = fixture.run(&[api, "list", "--url", filter]);
            assert_eq!(output.exit_code, Some(64), "{filter}: {}", output.stderr);
            let expected = "expected a URL with scheme and host, such as https://api.example.org/v1/*";
            assert!(output.stderr.contains(expected), "{}", output.stderr);
        }
    }
}

#[test]
fn list_is_filtered_by_url() {
    let (fixture, _) =
        emulator_with(&["https://a.example.org/v1/*", "https://a.example.org/x", "https://b.example.org/*"]);
    let urls = |filter: &str| {
        let output = fixture.run(&["capping", "list", "--url", filter, "--jq", ".results[].url"]);
        assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
        output.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(urls("HTTPS://A.example.org:443/x"), ["https://a.example.org/x"]);
    assert_eq!(urls("https://a.example.org/v1/send"), ["https://a.example.org/v1/*"]);
    assert_eq!(urls("https://a.example.org/*"), ["https://a.example.org/v1/*", "https://a.example.org/x"]);
    assert!(urls("https://c.example.org/").is_empty());
    let text = fixture.run(&["capping", "list", "--url", "https://c.example.org/"]);
    assert_eq!(text.stdout, "no configuration matches the filters\n");
    let text = fixture.run(&["capping", "list", "--url", "https://b.example.org/*"]).stdout;
    assert_eq!((text.lines().count(), text.contains("https://b.example.org/*")), (2, true), "{text}");
    // An empty sandbox, and the other API.
    let text = fixture.run(&["throttling", "list", "--sandbox", "prod", "--url", "https://b.example.org/*"]).stdout;
    assert_eq!(text, "no throttling configuration in this organization\n");
}

#[test]
fn list_is_filtered_by_deploy_state() {
    let (fixture, uids) =
        emulator_with(&["https://a.example.org/*", "https://b.example.org/*", "https://c.example.org/*"]);
    fixture.run(&["capping", "deploy", &uids[1]]);
    let file = fixture.path("update.json").display().to_string();
    let mut changed = definition("https://b.example.org/*");
    changed["services"]["action"]["rating"]["maxCallsCount"] = 700.into();
    std::fs::write(&file, changed.to_string()).expect("written");
    fixture.run(&["capping", "update", &uids[1], &file]);
    for (state, uid) in [("deployed", &uids[0]), ("updated", &uids[1]), ("undeployed", &uids[2])] {
        let output = fixture.run(&["capping", "list", "--deploy-state", state, "--output", "json"]);
        let json: Value = serde_json::from_str(&output.stdout).expect("JSON");
        let results = json["results"].as_array().expect("a list");
        assert_eq!((results.len(), &results[0]["uid"]), (1, &json!(uid)), "{state}: {json}");
        // The text has the same word.
        let text = fixture.run(&["capping", "list", "--deploy-state", state]).stdout;
        assert!(text.contains(&format!("{uid}  {state} ")), "{text}");
        let text = fixture.run(&["capping", "get", uid]).stdout;
        assert!(text.contains(&format!("\nstate        {state}\n")), "{text}");
        // The service's shape.
        let get: Value =
            serde_json::from_str(&fixture.run(&["capping", "get", uid, "--output", "json"]).stdout).expect("JSON");
        assert_eq!(results[0], get["result"]);
    }
    let both =
        ["capping", "list", "--deploy-state", "deployed", "--url", "https://c.example.org/*", "--jq", ".results"];
    assert_eq!(fixture.run(&both).stdout, "[]\n");
    let wrong = fixture.run(&["capping", "list", "--deploy-state", "live"]);
    assert_eq!(wrong.exit_code, Some(64), "{}", wrong.stderr);
}

#[test]
fn get_finds_a_url() {
    let twice = "https://a.example.org/*";
    let (fixture, uids) = emulator_with(&["https://b.example.org/*", twice, twice]);
    let found = fixture.run(&["capping", "get", "https://B.example.org/*"]);
    assert!(found.stdout.starts_with(&format!("uid          {}\n", uids[0])), "{}", found.stdout);
    for (url, problem) in [
        (twice, "2 capping configurations have the URL https://a.example.org/*"),
        ("https://a.example.org/x", "no capping configuration has the URL https://a.example.org/x"),
        ("https://z.example.org/x", "no capping configuration has the URL https://z.example.org/x"),
    ] {
        let error = fixture.run(&["capping", "get", url]);
        assert_eq!(error.exit_code, Some(1));
        assert!(error.stderr.starts_with(&format!("error: {problem}\n")), "{}", error.stderr);
        assert!(error.stderr.contains(&format!("{} capping GET,POST {twice}", uids[1])), "{}", error.stderr);
        assert_eq!(error.stderr.contains(&uids[0]), url.contains('z'), "{}", error.stderr);
    }
    let none = fixture.run(&["throttling", "get", "--sandbox", "prod", twice]);
    assert_eq!(none.stderr, format!("error: no throttling configuration has the URL {twice}\n"));
}
