//! Findings about characters, conflicting limits, and files of another kind.

use super::*;

/// The example without the finding for capping at 500 calls per second next to throttling.
const HEAD: &str = "version: 1\nsandbox: prod\ncapping:\n";

fn capping(url: &str, methods: &str, rating: &str) -> String {
    format!(
        "  - url: {url}\n    methods: {methods}\n    services: {{ action: {{ maxHttpConnections: 50, rating: {rating} }} }}\n"
    )
}

/// The messages of findings with this code.
fn messages(limits: &ParsedLimits, code: &str) -> Vec<String> {
    limits.diagnostics.iter().filter(|found| found.code == code).map(|found| found.message.clone()).collect()
}

const RATING: &str = "{ maxCallsCount: 500, periodInMs: 1000 }";

#[test]
fn invisible_character_is_one_error() {
    let expected = |place: &str| format!("prod.yaml:{place} error AJO_LIMITS_HIDDEN_CHARACTER");
    for (old, new, place) in [
        ("api.example", "a\u{200b}pi.example", "4:19"),
        ("data/2.5", "d\u{2060}ata/2.5", "4:35"),
        ("POST, PUT", "PO\u{ad}ST, PUT", "12:15"),
        ("partner-api", "partner\u{202e}-api", "10:16"),
        ("partner-api", "\"partner\\u200bapi\"", "10:9"),
        ("partner-api", "\"bell \\x07\"", "10:9"),
        ("maxThroughput", "max\u{200d}Throughput", "13:6"),
        ("url:", "\u{200b}url:", "4:5"),
        ("sandbox: prod", "sandbox: pr\u{feff}od", "2:12"),
        ("name: partner-api", "name: x # \u{2066}comment", "10:13"),
    ] {
        let lines = diagnose(&example_with(old, new));
        let hidden: Vec<_> = lines.iter().filter(|line| line.contains("HIDDEN")).collect();
        assert_eq!(hidden.len(), 1, "{new:?}: {lines:?}");
        assert!(hidden[0].starts_with(&expected(place)), "{new:?}: {lines:?}");
        let about_missing_key = |line: &String| line.contains("_100 ") || line.contains("_101 ");
        assert!(lines.iter().all(|line| hidden.contains(&line) || about_missing_key(line)), "{new:?}: {lines:?}");
    }
    let limits = parse_one(&example_with("api.example", "a\u{200b}pi.example"));
    assert_eq!(limits.diagnostics[0].message, "invisible character U+200B (zero width space) in a value");
    assert!(diagnose(&example_with("name: partner-api", "name: Zoë 東京 # \u{200d} 🦀")).is_empty());
}

#[test]
fn each_invisible_character_is_reported() {
    let limits = parse_one(&example_with("api.example.org/data", "\u{200b}api.example.org/\u{200b}da\u{2060}ta"));
    let columns = limits.diagnostics.iter().map(|found| found.location.as_ref().expect("a location").column);
    assert_eq!(columns.collect::<Vec<_>>(), [18, 35, 38], "{:?}", limits.diagnostics);
}

#[test]
fn invisible_variable_value_is_an_error() {
    let text = example_with("partner-api", "${HOST}").replacen("sandbox", "variables: [HOST]\nsandbox", 1);
    let limits = parse_limits(&SourceSet::new(vec![source("prod.yaml", &text)]), &|_| Some("a\u{200b}".to_owned()));
    let [found] = &limits.diagnostics[..] else { panic!("{:?}", limits.diagnostics) };
    assert_eq!(found.message, "the value of `HOST` contains the invisible character U+200B (zero width space)");
}

#[test]
fn wrong_space_is_named_with_position() {
    for (old, new, place, message) in [
        ("    methods: [GET]", "\u{a0}   methods: [GET]", "5:1", "U+00A0 (no-break space) in the indentation"),
        ("    methods: [GET]", "\tmethods: [GET]", "5:1", "U+0009 (tab) in the indentation"),
        ("    methods: [GET]", "  \u{3000} methods: [GET]", "5:3", "U+3000 (ideographic space) in the indentation"),
        ("    methods: [GET]", "    methods:\u{a0}[GET]", "5:13", "U+00A0 (no-break space) where YAML expects a space"),
        ("  - url", "  -\u{a0}url", "4:4", "U+00A0 (no-break space) where YAML expects a space"),
        ("  name: p", "\u{202f} name: p", "10:1", "U+202F (narrow no-break space) in the indentation"),
        ("sandbox: prod", "\u{a0}sandbox: prod", "2:1", "U+00A0 (no-break space) in a key"),
        ("sandbox: prod", "sandbox: prod\u{a0}", "2:14", "U+00A0 (no-break space) in a value"),
        ("sandbox: prod", "sandbox: prod\u{a0}# x", "2:14", "U+00A0 (no-break space) in a value"),
    ] {
        let limits = parse_one(&example_with(old, new));
        let found = limits.diagnostics.iter().find(|found| found.message.starts_with(message));
        let found = found.unwrap_or_else(|| panic!("{new:?}: {:?}", limits.diagnostics));
        let location = found.location.as_ref().expect("a location").to_string();
        assert_eq!(location, format!("prod.yaml:{place}"), "{new:?}: {}", found.message);
        assert_eq!(found.severity, Severity::Error);
    }
}

#[test]
fn escaped_space_is_intended() {
    for value in ["\"\\u2000\"", "\"a\\u00a0\"", "\"\\u3000a\"", "\"a:\\u202fb\""] {
        let limits = parse_one(&example_with("partner-api", value));
        assert!(limits.desired.is_some(), "{value}: {:?}", limits.diagnostics);
        let methods = parse_one(&example_with("methods: [GET]", &format!("methods: [{value}]")));
        assert!(methods.desired.is_some(), "{value}: {:?}", methods.diagnostics);
    }
}

#[test]
fn unrelated_parse_error_is_kept() {
    for text in [
        "version: 1\nname: \u{a0}\nx: y\nz: 1\na: [1",
        "{\n\t\"version\": 1,\n\t\"a\": [1\n}",
        "a: b # \u{a0}\nc: d: e\n",
    ] {
        let limits = parse_one(text);
        let found = &limits.diagnostics[0];
        assert!(found.code == "AJO_LIMITS_YAML" && !found.message.starts_with("U+"), "{text:?}: {}", found.message);
    }
}

#[test]
fn lookalike_in_url_is_noted() {
    let limits = parse_one(&example_with("api.example", "\u{430}pi.example"));
    let [found] = &limits.diagnostics[..] else { panic!("{:?}", limits.diagnostics) };
    assert_eq!((found.code.as_str(), found.severity), ("AJO_LIMITS_LOOKALIKE", Severity::Note));
    assert_eq!(found.message, "letters of several scripts in one word: U+0430 looks like `a`");
    let limits = parse_one(&example_with("[GET]", "[G\u{415}T]"));
    assert_eq!(messages(&limits, "AJO_LIMITS_LOOKALIKE").len(), 1);
    assert!(messages(&limits, "AJO_LIMITS_METHOD")[0].ends_with("did you mean `GET`?"));
}

#[test]
fn capping_below_throttling_is_a_warning() {
    let warnings = |capping: &str, throttling: &str| {
        let text = format!(
            "{HEAD}{capping}throttling:\n  urlPattern: https://api.example.org/v1/*\n  methods: [POST]\n{throttling}"
        );
        messages(&parse_one(&text), "AJO_LIMITS_CAPPING_BELOW_THROTTLING")
    };
    let url = "https://api.example.org/*";
    let at = |count: u32| capping(url, "[POST]", &format!("{{ maxCallsCount: {count}, periodInMs: 1000 }}"));
    let throttling = "  maxThroughput: 400\n";
    let found = warnings(&at(400), throttling);
    assert_eq!(
        found,
        [
            "action allows 400 calls in 1000 ms, which is not above the throttling of 400 per second at prod.yaml:8:3: calls are \
          rejected before they are queued (configuration/throttling.md)"
        ]
    );
    assert!(warnings(&at(401), throttling).is_empty());
    assert!(warnings(&at(400).replace("POST", "GET"), throttling).is_empty());
    assert!(warnings(&at(400).replace("api.", "other."), throttling).is_empty());
    assert!(warnings(&at(400).replace("action", "dataSource"), throttling).is_empty());
    assert!(warnings(&at(400), "  maxThroughput: 400\n  deployed: false\n").is_empty());
    assert!(warnings(&(at(400) + "    deployed: false\n"), throttling).is_empty());
    let minute = "{ maxCallsCount: 24000, periodInMs: 60000 }";
    assert_eq!(warnings(&capping("https://API.example.org:443/v1/send", "[POST]", minute), throttling).len(), 1);
}

#[test]
fn throttling_needs_production_sandbox() {
    let text = example_with("sandbox: prod", "sandbox: dev\nproduction: false");
    assert_eq!(diagnose(&text), ["prod.yaml:11:3 error AJO_LIMITS_THROTTLING_SANDBOX [name: partner-api]"]);
    assert_eq!(diagnose(&text.replace("production: false", "production: true")), [""; 0]);
    let over = "version: 1\nsandbox: dev\nbase: base.yaml\nproduction: false\nthrottling: null\n";
    assert_eq!(parse_overlay(EXAMPLE, over).diagnostics, []);
}

#[test]
fn throttling_below_200_suggests_capping() {
    let limits = parse_one(&example_with("maxThroughput: 400", "maxThroughput: 199"));
    assert_eq!(limits.diagnostics[0].code, "ERR_THROTTLING_CONFIG_101");
    assert!(limits.diagnostics[0].hint.as_deref().expect("a hint").ends_with("below that, use capping"));
}

#[test]
fn overlapping_patterns_are_noted() {
    let overlaps =
        |entries: &[String]| messages(&parse_one(&(HEAD.to_owned() + &entries.concat())), "AJO_LIMITS_OVERLAP");
    let get = |url: &str| capping(url, "[GET]", RATING);
    let (all, v1, v2) = (get("https://a.example/*"), get("https://a.example/v1/*"), get("https://a.example/v2/x"));
    let note = "this pattern also matches URLs of the limit at prod.yaml:4:5, and of 1 more";
    assert_eq!(overlaps(&[v1.clone(), v2.clone(), all.clone()]), [note]);
    assert_eq!(overlaps(&[all.clone(), v1.clone()]), ["this pattern also matches URLs of the limit at prod.yaml:7:5"]);
    assert!(overlaps(&[v1.clone(), v2.clone()]).is_empty());
    assert!(overlaps(&[all.replace("GET", "PUT"), v1.clone()]).is_empty());
    assert_eq!(overlaps(&[get("https://a.example/*/x"), v2]).len(), 1);
    // A wildcard may match the empty string.
    let root = get("https://a.example/");
    assert_eq!(overlaps(&[root.clone(), all.clone()]).len(), 1);
    assert_eq!(overlaps(&[all.clone(), root]).len(), 1);
    let shared = all.replace("[GET]", "[GET, PUT]");
    assert_eq!(overlaps(&[all, shared]), ["GET of this URL also has a limit at prod.yaml:4:5"]);
}

#[test]
fn other_file_kind_is_one_error() {
    for (text, what) in [
        ("url: https://a.example/\nmethods: [GET]\nservices: {}\n", "a capping definition"),
        ("urlPattern: https://a.example/\nmethods: [GET]\nmaxThroughput: 400\n", "a throttling definition"),
        ("[{url: u, methods: [GET]}]", "a capping definition"),
        (r#"{"results": [{"url": "u"}]}"#, "a response of the service"),
        ("version: 1\nrequireDeployed: true\n", "a policy"),
        (r#"{"version": 1, "configs": []}"#, "a state file"),
        (r#"{"version": 1, "command": "plan", "outcome": "clean"}"#, "a plan or a report of `ajo`"),
    ] {
        let limits = parse_one(text);
        let [found] = &limits.diagnostics[..] else { panic!("{text}: {:?}", limits.diagnostics) };
        assert_eq!((found.code.as_str(), limits.desired), ("AJO_LIMITS_FILE_KIND", None), "{text}");
        assert!(found.hint.is_some(), "{text}");
        assert_eq!(found.message, format!("this is {what}, not a limits file"), "{text}");
    }
    let policy = crate::Policy::parse(&source("p", EXAMPLE)).1;
    assert_eq!((policy.len(), policy[0].message.as_str()), (1, "this is a limits file, not a policy"));
}
