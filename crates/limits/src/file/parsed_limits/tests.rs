mod allowed;
mod findings;
mod multiple_files;
mod secrets;

use super::*;
use crate::DesiredConfig;

const EXAMPLE: &str = "version: 1
sandbox: prod
capping:
  - url: https://api.example.org/data/2.5/*
    methods: [GET]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
    deployed: true
throttling:
  name: partner-api
  urlPattern: https://partner.example.com/*
  methods: [POST, PUT]
  maxThroughput: 400
  deployed: true
";

fn source(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.to_owned(), content: text.to_owned() }
}

fn variables(name: &str) -> Option<String> {
    (name == "HOST").then(|| "api.example.org".to_owned())
}

fn parse_one(text: &str) -> ParsedLimits {
    parse_limits(&SourceSet::new(vec![source("prod.yaml", text)]), &variables)
}

fn parse_overlay(base: &str, over: &str) -> ParsedLimits {
    let mut sources = SourceSet::new(vec![source("prod.yaml", over)]);
    sources.insert("base.yaml", Ok(base.to_owned()));
    parse_limits(&sources, &variables)
}

/// The diagnostics, one line each, with the source text of their span.
fn diagnostic_lines(limits: &ParsedLimits, texts: &[(&str, &str)]) -> Vec<String> {
    let source_text = |location: &crate::SourceLocation| {
        let text = texts.iter().find(|(name, _)| *name == location.file).map_or("", |(_, text)| text);
        let line = text.lines().nth(location.line as usize - 1).unwrap_or_default();
        line.chars().skip(location.column as usize - 1).take(location.length as usize).collect::<String>()
    };
    let show = |diagnostic: &FileDiagnostic| {
        let at = diagnostic.location.as_ref().expect("a location");
        format!("{} {} {} [{}]", at, diagnostic.severity.as_str(), diagnostic.code, source_text(at))
    };
    limits.diagnostics.iter().map(show).collect()
}

fn diagnose(text: &str) -> Vec<String> {
    diagnostic_lines(&parse_one(text), &[("prod.yaml", text)])
}

fn desired_configs(limits: &ParsedLimits) -> &[DesiredConfig] {
    &limits.desired.as_ref().unwrap_or_else(|| panic!("{:#?}", limits.diagnostics)).configs
}

/// The example with one string replaced.
fn example_with(old: &str, new: &str) -> String {
    assert!(EXAMPLE.contains(old), "{old}");
    EXAMPLE.replacen(old, new, 1)
}

#[test]
fn example_is_valid() {
    let limits = parse_one(EXAMPLE);
    assert_eq!(limits.diagnostics, []);
    let [capping, throttling] = desired_configs(&limits) else { panic!("two") };
    assert_eq!(capping.key().to_string(), "capping GET https://api.example.org/data/2.5/*");
    assert_eq!(throttling.key().to_string(), "throttling POST,PUT https://partner.example.com/*");
    assert_eq!(capping.location.as_ref().map(|at| (at.line, at.column, at.length)), Some((4, 5, 39)));
    assert!(capping.deployed && throttling.deployed);
    assert_eq!((limits.files, limits.production), (vec!["prod.yaml".to_owned()], None));
}

#[test]
fn limit_is_deployed_by_default() {
    let limits = parse_one(&example_with("    deployed: true\n", ""));
    assert!(desired_configs(&limits)[0].deployed);
    let limits = parse_one(&example_with("    deployed: true\n", "    deployed: false\n"));
    assert!(!desired_configs(&limits)[0].deployed);
    assert_eq!(
        diagnose(&example_with("    deployed: true\n", "    deployed: yes\n")),
        ["prod.yaml:8:15 error AJO_LIMITS_TYPE [yes]"]
    );
}

#[test]
fn json_is_accepted() {
    let json = r#"{"version": 1, "sandbox": "prod", "capping": [{"url": "https://a.example/", "methods": ["GET"],
        "services": {"action": {"maxHttpConnections": 1, "rating": {"maxCallsCount": 1, "periodInMs": 1000.5}}}}]}"#;
    assert_eq!(diagnose(json), ["prod.yaml:2:103 error ERR_ENDPOINTCONFIG_108 [1000.5]"]);
    assert_eq!(desired_configs(&parse_one(&json.replace(".5", ""))).len(), 1);
}

#[test]
fn header_is_checked() {
    for (old, new, expected) in [
        ("version: 1\n", "", "prod.yaml:1:1 error AJO_LIMITS_VERSION [sandbox: prod]"),
        ("version: 1", "version: 2", "prod.yaml:1:10 error AJO_LIMITS_VERSION [2]"),
        ("version: 1", "version: '1'", "prod.yaml:1:10 error AJO_LIMITS_VERSION ['1']"),
        ("version: 1", "version:", "prod.yaml:1:1 error AJO_LIMITS_VERSION [version]"),
        ("sandbox: prod\n", "", "prod.yaml:1:1 error AJO_LIMITS_SANDBOX [version: 1]"),
        ("sandbox: prod", "sandbox: Prod", "prod.yaml:2:10 error AJO_LIMITS_SANDBOX [Prod]"),
        ("sandbox: prod", "sandbox: 7", "prod.yaml:2:10 error AJO_LIMITS_SANDBOX [7]"),
        ("sandbox: prod", "sandbox: prod\ncaping: []", "prod.yaml:3:1 error AJO_LIMITS_UNKNOWN_KEY [caping]"),
        ("sandbox: prod", "sandbox: prod\n1: x", "prod.yaml:3:1 error AJO_LIMITS_UNKNOWN_KEY [1]"),
        ("sandbox: prod", "sandbox: prod\nsandbox: dev", "prod.yaml:3:1 error AJO_LIMITS_DUPLICATE_KEY [sandbox]"),
        ("sandbox: prod", "sandbox: prod\nproduction: on", "prod.yaml:3:13 error AJO_LIMITS_TYPE [on]"),
        ("sandbox: prod", "sandbox: prod\nvariables: [A, 1B]", "prod.yaml:3:16 error AJO_LIMITS_VARIABLE [1B]"),
        ("sandbox: prod", "sandbox: prod\nvariables: A", "prod.yaml:3:12 error AJO_LIMITS_TYPE [A]"),
        ("sandbox: prod", "sandbox: prod\nbase: []", "prod.yaml:3:7 error AJO_LIMITS_TYPE [[]"),
        ("sandbox: prod", "sandbox: prod\nbase: '${A}'", "prod.yaml:3:7 error AJO_LIMITS_VARIABLE ['${A}']"),
        ("sandbox: prod", "sandbox: prod\nstate: [a.json]", "prod.yaml:3:8 error AJO_LIMITS_TYPE [[a.json]"),
        ("sandbox: prod", "sandbox: prod\nstate: ''", "prod.yaml:3:8 error AJO_LIMITS_TYPE ['']"),
        ("sandbox: prod", "sandbox: prod\nstate: s3://b/${A}", "prod.yaml:3:8 error AJO_LIMITS_VARIABLE [s3://b/${A}]"),
        ("sandbox: prod", "sandbox: prod\nstate: s4://b", "prod.yaml:3:8 error AJO_LIMITS_STATE [s4://b]"),
        ("sandbox: prod", "sandbox: prod\nstate: s3://k:s@b", "prod.yaml:3:8 error AJO_LIMITS_STATE [s3://k:s@b]"),
        ("sandbox: prod", "sandbox: prod\nstate: state.yaml", "prod.yaml:3:8 error AJO_LIMITS_STATE [state.yaml]"),
        ("sandbox: prod", "sandbox: prod\nstat: s3://b", "prod.yaml:3:1 error AJO_LIMITS_UNKNOWN_KEY [stat]"),
    ] {
        assert_eq!(diagnose(&example_with(old, new)), [expected], "{new}");
    }
    let newer = parse_one(&example_with("version: 1", "version: 2"));
    assert_eq!(newer.diagnostics[0].message, "unsupported version 2; this ajo reads version 1");
    let misspelled = parse_one(&example_with("sandbox: prod", "sandbox: prod\ncaping: []"));
    assert_eq!(misspelled.diagnostics[0].hint.as_deref(), Some("did you mean `capping`?"));
}

#[test]
fn invalid_file_is_one_error() {
    for (text, expected) in [
        ("", "prod.yaml:1:1 error AJO_LIMITS_EMPTY []"),
        ("# only a comment\n", "prod.yaml:1:1 error AJO_LIMITS_EMPTY [#]"),
        ("a\0b", "prod.yaml:1:1 error AJO_LIMITS_FILE [a]"),
        ("a: [1", "prod.yaml:1:4 error AJO_LIMITS_YAML [[]"),
        ("version: 1\n---\nversion: 1\n", "prod.yaml:3:1 error AJO_LIMITS_YAML [v]"),
        ("- a\n- b\n", "prod.yaml:1:1 error AJO_LIMITS_TYPE [- a]"),
        ("hello", "prod.yaml:1:1 error AJO_LIMITS_TYPE [hello]"),
        ("version: 1\nsandbox: prod\n", "prod.yaml:1:1 error AJO_LIMITS_EMPTY [version: 1]"),
        ("version: 1\nsandbox: prod\ncapping:\nthrottling:\n", "prod.yaml:1:1 error AJO_LIMITS_EMPTY [version: 1]"),
    ] {
        assert_eq!(diagnose(text), [expected], "{text}");
        assert_eq!(parse_one(text).desired, None);
    }
    assert_eq!(parse_limits(&SourceSet::default(), &variables).diagnostics[0].code, "AJO_LIMITS_EMPTY");
}

#[test]
fn all_entry_mistakes_are_reported() {
    let text = "version: 1
sandbox: prod
capping:
  - url: https://*.example.org/
    methods: [GET, get]
    orgId: X@AdobeOrg
    services:
      datasource: {}
      action:
        maxHttpConnection: 5
        rating: { maxCallsCount: '500', periodMs: 1000 }
  - methods: GET
  - nonsense
throttling:
  urlPattern:
  methods: []
  maxThroughput: 10
";
    assert_eq!(
        diagnose(text),
        [
            "prod.yaml:4:10 error ERR_ENDPOINTCONFIG_102 [https://*.example.org/]",
            "prod.yaml:5:20 warning AJO_LIMITS_METHOD [get]",
            "prod.yaml:6:5 error AJO_LIMITS_ORG_ID [orgId]",
            "prod.yaml:8:7 error ERR_AUTHORING_ENDPOINTCONFIG_1 [datasource]",
            "prod.yaml:10:9 error AJO_LIMITS_UNKNOWN_KEY [maxHttpConnection]",
            "prod.yaml:10:9 warning ERR_ENDPOINTCONFIG_106 [maxHttpConnection: 5]",
            "prod.yaml:11:17 error ERR_ENDPOINTCONFIG_108 [{ maxCallsCount: '500', periodMs: 1000]",
            "prod.yaml:11:34 error ERR_ENDPOINTCONFIG_107 ['500']",
            "prod.yaml:11:41 error AJO_LIMITS_UNKNOWN_KEY [periodMs]",
            "prod.yaml:12:5 error ERR_ENDPOINTCONFIG_100 [methods: GET]",
            "prod.yaml:12:5 error ERR_ENDPOINTCONFIG_104 [methods: GET]",
            "prod.yaml:12:14 error ERR_ENDPOINTCONFIG_111 [GET]",
            "prod.yaml:13:5 error AJO_LIMITS_TYPE [nonsense]",
            "prod.yaml:15:3 error ERR_THROTTLING_CONFIG_100 [urlPattern]",
            "prod.yaml:16:12 error ERR_THROTTLING_CONFIG_100 [[]",
            "prod.yaml:17:18 error ERR_THROTTLING_CONFIG_101 [10]",
        ]
    );
}

#[test]
fn draft_mistakes_are_warnings() {
    let draft = example_with("    deployed: true\n", "    deployed: false\n");
    let limits = parse_one(&draft.replace("maxCallsCount: 500", "maxCallsCount: 0"));
    assert_eq!(limits.diagnostics[0].severity, Severity::Warning);
    assert_eq!(desired_configs(&limits).len(), 2);
    assert!(parse_one(&draft.replace("maxCallsCount: 500, ", "")).has_errors());
    assert!(parse_one(&draft.replace("https://api.example.org/data/2.5/*", "''")).has_errors());
    assert!(parse_one(&example_with("maxCallsCount: 500", "maxCallsCount: 0")).has_errors());
}

#[test]
fn declared_variables_are_substituted() {
    let url = "https://api.example.org/data/2.5/*";
    let declared = |text: &str| example_with(url, text).replacen("sandbox", "variables: [HOST, UNSET]\nsandbox", 1);
    let limits = parse_one(&declared("'https://${HOST}/$${x}/$$'"));
    assert_eq!(desired_configs(&limits)[0].key().url, "https://api.example.org/${x}/$$");

    for (text, marked) in [
        ("https://a/$${a}/${UNSET}/b", "${UNSET}"),
        ("'https://ä/${OTHER}'", "${OTHER}"),
        ("https://a/${1}", "${1}"),
        ("https://a/${HOST", "${HOST"),
        ("\"https://a/\\u0024{HOST}${UNSET}\"", "\"https://a/\\u0024{HOST}${UNSET}\""),
    ] {
        let all = diagnose(&declared(text));
        assert!(all[0].ends_with(&format!("AJO_LIMITS_VARIABLE [{marked}]")), "{text}: {all:?}");
        assert_eq!(all.len(), 1, "{all:?}");
    }
    assert!(
        diagnose(&example_with(url, "https://${HOST}/"))
            .iter()
            .any(|found| found.contains("AJO_LIMITS_VARIABLE [${HOST}]"))
    );
}

#[test]
fn variable_cannot_inject_yaml() {
    let text = example_with("name: partner-api", "name: ${X}").replacen("sandbox", "variables: [X]\nsandbox", 1);
    let value = "a\nmaxThroughput: 5000 # ${X}";
    let limits = parse_limits(&SourceSet::new(vec![source("a", &text)]), &|_| Some(value.to_owned()));
    let throttling = &desired_configs(&limits)[1].definition;
    assert_eq!((throttling.string_at(&["name"]), throttling.integer_at(&["maxThroughput"])), (Some(value), Some(400)));
}

#[test]
fn alias_mistake_is_reported_once() {
    let text = "version: 1
sandbox: prod
capping:
  - &one
    url: https://a.example/
    methods: [GET]
    services: &services { action: { maxHttpConnections: 1, rating: &r { maxCallsCount: 0, periodInMs: 1000 } } }
  - <<: *one
    methods: [PUT]
  - url: https://b.example/
    methods: [GET]
    services: *services
";
    assert_eq!(diagnose(text), ["prod.yaml:7:88 error ERR_ENDPOINTCONFIG_107 [0]"]);
    let limits = parse_one(&text.replace("maxCallsCount: 0", "maxCallsCount: 1"));
    let keys: Vec<_> = desired_configs(&limits).iter().map(|wanted| wanted.key().to_string()).collect();
    assert_eq!(
        keys,
        ["capping GET https://a.example/", "capping PUT https://a.example/", "capping GET https://b.example/"]
    );
}

proptest::proptest! {
    #[test]
    fn parsing_yaml_never_panics(text in r#"(version: 1\n|sandbox: prod\n|base: prod.yaml\n|capping:\n|  - |url: |\$\{|[:\[\]{}&*!|>'"%@`#,?<\-~ \n\r\t]|throttling: |services: |\PC|[a-z0-9]{1,4}){0,40}"#) {
        let _ = parse_one(&text);
    }

    #[test]
    fn parsing_any_string_never_panics(text in r"(?s).{0,80}") {
        let _ = parse_one(&text);
    }
}
