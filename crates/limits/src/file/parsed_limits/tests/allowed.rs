//! `# ajo: allow CODE - reason`.

use super::*;

const TEXT: &str = "version: 1
sandbox: prod
capping:
  - url: https://a.example/*
    methods: [GET]
    services:
      dataSource: { rating: { maxCallsCount: 500, periodInMs: 1000 } }
  - url: https://b.example/*
    methods: [GET]
    services:
      dataSource: { rating: { maxCallsCount: 500, periodInMs: 1000 } }
throttling:
  urlPattern: https://c.example/*
  methods: [DELETE]
  maxThroughput: 400
";

/// `line code: reason` of each accepted finding.
fn accepted(limits: &ParsedLimits) -> Vec<String> {
    let line = |found: &FileDiagnostic| found.location.as_ref().expect("a location").line;
    let show = |found: &FileDiagnostic| Some(format!("{} {}: {}", line(found), found.code, found.allowed.as_ref()?));
    limits.diagnostics.iter().filter_map(show).collect()
}

/// Severity and message of each finding about a comment.
fn comment_findings(limits: &ParsedLimits) -> Vec<String> {
    let found = limits.diagnostics.iter().filter(|found| found.code == "AJO_LIMITS_ALLOW");
    found.map(|found| format!("{}: {}", found.severity.as_str(), found.message)).collect()
}

#[test]
fn comment_accepts_finding_of_its_entry() {
    const COMMENT: &str = "# ajo: allow AJO_LIMITS_DATA_SOURCE_RATE - on Adobe's list - ticket 7";
    let reason = "AJO_LIMITS_DATA_SOURCE_RATE: on Adobe's list - ticket 7";
    for (old, new, line) in [
        ("  - url: https://a", &format!("  {COMMENT}\n  - url: https://a")[..], 8),
        ("  - url: https://a.example/*", &format!("  - url: https://a.example/* {COMMENT}"), 7),
        (
            "    services:\n      dataSource",
            &format!("    {COMMENT}\n\n    # more\n    services:\n      dataSource"),
            10,
        ),
        ("  - url: https://b", &format!("{COMMENT}\n  - url: https://b"), 12),
        ("1000 } }\nthrottling", &format!("1000 }} }}   {COMMENT}\nthrottling"), 11),
    ] {
        let limits = parse_one(&TEXT.replacen(old, new, 1));
        assert_eq!(accepted(&limits), [format!("{line} {reason}")], "{new}");
        assert!(limits.desired.is_some() && comment_findings(&limits).is_empty(), "{new}");
    }
}

#[test]
fn comment_accepts_finding_of_throttling() {
    let text = TEXT.replace("throttling:", "# ajo: allow AJO_LIMITS_UNUSED_METHOD - soon\nthrottling:");
    assert_eq!(accepted(&parse_one(&text)), ["15 AJO_LIMITS_UNUSED_METHOD: soon"]);
}

#[test]
fn comment_in_text_is_no_comment() {
    let text = TEXT.replace("  methods: [DELETE]", "  methods: [DELETE]\n  description: |\n    # ajo: allow AJO_LIMITS_UNUSED_METHOD - x\n  name: 'a # ajo: allow AJO_LIMITS_UNUSED_METHOD - x'");
    let limits = parse_one(&text);
    assert!(accepted(&limits).is_empty() && comment_findings(&limits).is_empty());
}

#[test]
fn error_and_policy_are_not_accepted() {
    let text = TEXT.replace("maxThroughput: 400", "maxThroughput: 1 # ajo: allow ERR_THROTTLING_CONFIG_101 - please");
    let limits = parse_one(&text);
    assert!(limits.desired.is_none() && accepted(&limits).is_empty());
    let note = "note: `ERR_THROTTLING_CONFIG_101` is an error here, and only warnings and notes can be allowed";
    assert_eq!(comment_findings(&limits), [note]);

    let text = TEXT.replace("maxThroughput: 400", "maxThroughput: 400 # ajo: allow AJO_LIMITS_POLICY - please");
    let policy = source("p", "version: 1\nmaximums: [{url: '*', maxThroughput: 200}]\n");
    let limits = parse_limits(&SourceSet::new(vec![source("prod.yaml", &text)]).with_policy(policy), &variables);
    assert!(limits.desired.is_none() && accepted(&limits).is_empty());
    assert_eq!(comment_findings(&limits).len(), 1);

    // A mistake in a draft is a warning.
    let draft = TEXT.replace(
        "maxThroughput: 400",
        "maxThroughput: 1 # ajo: allow ERR_THROTTLING_CONFIG_101 - draft\n  deployed: false",
    );
    assert_eq!(accepted(&parse_one(&draft)), ["15 ERR_THROTTLING_CONFIG_101: draft"]);
}

#[test]
fn misused_comment_is_reported() {
    let found = |comment: &str| {
        let limits = parse_one(&TEXT.replacen("    methods: [GET]", &format!("    methods: [GET] # {comment}"), 1));
        (limits.desired.is_some(), comment_findings(&limits).join("; "))
    };
    for (comment, valid, finding) in [
        ("ajo: allow AJO_LIMITS_PORT - x", true, "note: `AJO_LIMITS_PORT` is allowed, but not found here"),
        ("ajo: allow AJO_LIMITS_PROT - x", true, "note: `AJO_LIMITS_PROT` is not a code of a warning or note"),
        ("ajo: allow AJO_LIMITS_DATA_SOURCE_RATE", false, "error: the reason is missing"),
        ("ajo: allow AJO_LIMITS_DATA_SOURCE_RATE -  ", false, "error: the reason is missing"),
        ("ajo: allow AJO_LIMITS_DATA_SOURCE_RATE because", false, "error: ` - ` and a reason must follow the code"),
        ("ajo: allow AJO_LIMITS_PORT, AJO_LIMITS_METHOD - x", false, "error: ` - ` and a reason must follow the code"),
        ("ajo: allow AJO_LIMITS_PORT \u{2013} x", false, "error: ` - ` and a reason must follow the code"),
        ("ajo: allow", false, "error: the code is missing"),
        ("ajo: alow X - y", true, "note: `ajo: alow` is not known, and is ignored"),
        ("ajo limits are here", true, ""),
    ] {
        assert_eq!(found(comment), (valid, finding.to_owned()), "{comment}");
    }
    let limits = parse_one(&format!("# ajo: allow AJO_LIMITS_PORT - x\n{TEXT}# ajo: allow AJO_LIMITS_PORT - x\n"));
    let outside = "note: `AJO_LIMITS_PORT` is allowed outside of an entry";
    assert_eq!(comment_findings(&limits)[0], outside);
    let copy = "copy the code of a warning or note; errors and policy violations cannot be allowed";
    for (code, hint) in [
        ("AJO_LIMITS_PROT", "did you mean `AJO_LIMITS_PORT`?"),
        ("ajo_limits_port", "did you mean `AJO_LIMITS_PORT`?"),
        ("ERR_ENDPOINTCONFIG106", "did you mean `ERR_ENDPOINTCONFIG_106`?"),
        ("AJO_LIMITS_POLICY", copy),
        ("everything", copy),
    ] {
        let limits = parse_one(&TEXT.replace("[DELETE]", &format!("[DELETE] # ajo: allow {code} - x")));
        let note = limits.diagnostics.iter().find(|found| found.code == "AJO_LIMITS_ALLOW").expect("a note");
        assert_eq!(note.hint.as_deref(), Some(hint), "{code}");
    }
}

#[test]
fn base_and_overlay_accept_their_values() {
    let base = TEXT.replacen(
        "dataSource: {",
        "# ajo: allow AJO_LIMITS_DATA_SOURCE_RATE - in the base\n      dataSource: {",
        1,
    );
    let over = "version: 1\nbase: base.yaml\ncapping:\n  # ajo: allow ERR_ENDPOINTCONFIG_106 - in the overlay\n  - url: https://b.example/*\n    deployed: false\n";
    let limits = parse_overlay(&base, over);
    assert_eq!(
        accepted(&limits),
        ["8 AJO_LIMITS_DATA_SOURCE_RATE: in the base", "12 ERR_ENDPOINTCONFIG_106: in the overlay"]
    );
    assert!(comment_findings(&limits).is_empty());
    let over = over.replace(
        "b.example/*\n    deployed: false",
        "a.example/*\n    services: { dataSource: { rating: { maxCallsCount: 600 } } }",
    );
    // The base accepts its own value, not the one that replaces it.
    let limits = parse_overlay(&base, &over);
    assert_eq!(limits.diagnostics.iter().filter(|found| found.code == "AJO_LIMITS_DATA_SOURCE_RATE").count(), 2);
    assert!(accepted(&limits).iter().all(|line| !line.contains("in the base")), "{:?}", accepted(&limits));
}

#[test]
fn throttling_of_two_sandboxes_can_be_accepted() {
    let dev = "version: 1\nsandbox: dev\nthrottling: # ajo: allow AJO_LIMITS_MULTIPLE_THROTTLING - another organization\n  urlPattern: https://d.example/*\n  methods: [GET]\n  maxThroughput: 400\n";
    let sources = SourceSet::new(vec![source("prod.yaml", TEXT), source("dev.yaml", dev)]);
    let each = parse_limits_by_sandbox(&sources, &variables);
    assert_eq!(accepted(&each[1]), ["4 AJO_LIMITS_MULTIPLE_THROTTLING: another organization"]);
}
