//! Overlays and several files of one run.

use super::*;

#[test]
fn overlay_merges_deeply() {
    let over = "version: 1
base: base.yaml
sandbox: dev
capping:
  - url: https://api.example.org/data/2.5/*
    services:
      action: { maxHttpConnections: null, rating: { maxCallsCount: 5 } }
  - url: https://new.example/
    methods: [GET]
    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } } }
throttling: { name: null, maxThroughput: 200 }
";
    let limits = parse_overlay(EXAMPLE, over);
    let [capping, new, throttling] = desired_configs(&limits) else { panic!("three") };
    let limit = |name: &[&str]| capping.definition.integer_at(&[&["services", "action"], name].concat());
    let rating = |name| limit(&["rating", name]);
    assert_eq!(
        (limit(&["maxHttpConnections"]), rating("maxCallsCount"), rating("periodInMs")),
        (None, Some(5), Some(1000))
    );
    assert_eq!(capping.location.as_ref().map(ToString::to_string).as_deref(), Some("prod.yaml:5:5"));
    assert_eq!(new.key().url, "https://new.example/");
    let definition = &throttling.definition;
    assert_eq!((definition.string_at(&["name"]), definition.integer_at(&["maxThroughput"])), (None, Some(200)));
    assert_eq!(limits.sandbox.expect("named").as_str(), "dev");
    assert_eq!(limits.files, ["prod.yaml", "base.yaml"]);
}

#[test]
fn diagnostic_points_into_overlay_or_base() {
    let over = "version: 1\nbase: base.yaml\ncapping:\n  - url: https://api.example.org/data/2.5/*\n    services: \
                { action: { rating: { maxCallsCount: -5 } } }\n";
    let base = example_with("periodInMs: 1000", "periodInMs: -1");
    assert_eq!(
        diagnostic_lines(&parse_overlay(&base, over), &[("base.yaml", &base), ("prod.yaml", over)]),
        ["prod.yaml:5:52 error ERR_ENDPOINTCONFIG_107 [-5]", "base.yaml:7:83 error ERR_ENDPOINTCONFIG_108 [-1]",]
    );
}

#[test]
fn overlay_matches_normal_form() {
    let over = "version: 1\nbase: base.yaml\ncapping:\n  - url: HTTPS://API.example.org:443/data/%32.5/*\n    deployed: false\n";
    let limits = parse_overlay(EXAMPLE, over);
    assert_eq!(desired_configs(&limits).len(), 2, "{:?}", limits.diagnostics);
    assert!(!desired_configs(&limits)[0].deployed);
}

#[test]
fn absent_removes_base_entry() {
    let head = "version: 1\nbase: base.yaml\n";
    let limits = parse_overlay(EXAMPLE, &format!("{head}throttling: {{ absent: true }}\n"));
    assert_eq!(desired_configs(&limits).len(), 1);
    let limits = parse_overlay(EXAMPLE, &format!("{head}throttling:\n"));
    assert_eq!(desired_configs(&limits).len(), 1);
    let over = format!("{head}capping:\n  - {{ url: 'https://api.example.org/data/2.5/*', absent: true }}\n");
    assert_eq!(desired_configs(&parse_overlay(EXAMPLE, &over)).len(), 1);
    let over = format!("{head}capping:\n  - {{ url: https://other.example/, absent: true }}\n");
    let limits = parse_overlay(EXAMPLE, &over);
    assert_eq!(
        (limits.diagnostics[0].code.as_str(), limits.diagnostics[0].severity),
        ("AJO_LIMITS_OVERLAY", Severity::Warning)
    );
    assert_eq!(
        diagnose(&example_with("deployed: true", "absent: true")),
        ["prod.yaml:4:5 error AJO_LIMITS_OVERLAY [url: https://api.example.org/data/2.5/*]"]
    );
    let all = format!("{over}throttling: {{ absent: true }}\n")
        .replace("https://other.example/", "'https://api.example.org/data/2.5/*'");
    assert_eq!(parse_overlay(EXAMPLE, &all).diagnostics[0].code, "AJO_LIMITS_EMPTY");
}

#[test]
fn overlay_without_methods_needs_one_match() {
    let base = example_with(
        "throttling:",
        "  - url: https://api.example.org/data/2.5/*\n    methods: [POST]\n    services:\n      action: { \
         maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } }\nthrottling:",
    );
    let over = |entry: &str| format!("version: 1\nbase: base.yaml\ncapping:\n  - {entry}\n");
    let url = "url: 'https://api.example.org/data/2.5/*'";
    let limits = parse_overlay(&base, &over(&format!("{{ {url}, deployed: false }}")));
    assert_eq!(limits.diagnostics[0].code, "AJO_LIMITS_OVERLAY");
    let message = "the base has 2 limits with this URL: base.yaml:4:5 GET; base.yaml:9:5 POST";
    assert_eq!(limits.diagnostics[0].message, message);
    let limits = parse_overlay(&base, &over(&format!("{{ {url}, methods: [POST], deployed: false }}")));
    let deployed: Vec<_> = desired_configs(&limits).iter().map(|wanted| wanted.deployed).collect();
    assert_eq!(deployed, [true, false, true]);
    let twice = over(&format!("{{ {url}, methods: [POST], deployed: false }}"))
        + &format!("  - {{ {url}, methods: [POST] }}\n");
    assert_eq!(parse_overlay(&base, &twice).diagnostics[0].code, "AJO_LIMITS_DUPLICATE");
}

#[test]
fn missing_or_circular_base_is_an_error() {
    let over = "version: 1\nsandbox: prod\nbase: base.yaml\n";
    let mut sources = SourceSet::new(vec![source("prod.yaml", over)]);
    assert_eq!(
        diagnostic_lines(&parse_limits(&sources, &variables), &[("prod.yaml", over)]),
        ["prod.yaml:3:7 error AJO_LIMITS_BASE [base.yaml]"]
    );
    sources.insert("base.yaml", Err("no such file".to_owned()));
    assert_eq!(parse_limits(&sources, &variables).diagnostics[0].message, "failed to read base.yaml: no such file");
    let limits = parse_overlay("version: 1\nbase: ./prod.yaml\n", over);
    assert_eq!(limits.diagnostics[0].message, "the bases form a cycle: prod.yaml → base.yaml → prod.yaml");
    let limits = parse_overlay("version: 1\nbase: base.yaml\n", over);
    assert_eq!(limits.diagnostics[0].location.as_ref().map(ToString::to_string).as_deref(), Some("base.yaml:2:7"));
}

#[test]
fn empty_overlay_changes_nothing() {
    let mut alone = parse_limits(&SourceSet::new(vec![source("base.yaml", EXAMPLE)]), &variables).desired;
    let desired = alone.as_mut().expect("a valid file");
    desired.files = vec!["prod.yaml".to_owned()];
    desired.configs.iter_mut().for_each(|config| config.file = Some("prod.yaml".to_owned()));
    assert_eq!(parse_overlay(EXAMPLE, "version: 1\nbase: base.yaml\n").desired, alone);
    assert_eq!(parse_overlay(EXAMPLE, "version: 1\nbase: base.yaml\ncapping: []\n").desired, alone);
}

#[test]
fn files_of_one_sandbox_are_merged() {
    let other = "version: 1\nsandbox: prod\nproduction: true\ncapping:\n  - url: https://other.example/\n    methods: \
                 [GET]\n    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } } }\n";
    let limits = parse_limits(
        &SourceSet::new(vec![source("a", EXAMPLE), source("b", other), source("./a", EXAMPLE)]),
        &variables,
    );
    assert_eq!(desired_configs(&limits).len(), 3);
    assert_eq!(limits.production, Some(true));

    let limits = parse_limits(&SourceSet::new(vec![source("a", EXAMPLE), source("b", EXAMPLE)]), &variables);
    assert_eq!(limits.desired, None);
    let messages: Vec<_> = limits.diagnostics.iter().map(|it| (it.code.as_str(), it.message.as_str())).collect();
    assert_eq!(
        messages,
        [
            ("AJO_LIMITS_DUPLICATE", "duplicate limit; first defined at a:4:5"),
            ("AJO_LIMITS_DUPLICATE", "duplicate limit; first defined at a:10:3")
        ]
    );
    assert_eq!(limits.diagnostics[0].location.as_ref().map(ToString::to_string).as_deref(), Some("b:4:5"));

    let another = EXAMPLE.replace("partner.example.com", "another.example.com").replace("[GET]", "[GET, PUT]");
    let limits = parse_limits(&SourceSet::new(vec![source("a", EXAMPLE), source("b", &another)]), &variables);
    let codes: Vec<_> = limits.diagnostics.iter().map(|found| (found.severity, found.code.as_str())).collect();
    assert_eq!(codes, [(Severity::Note, "AJO_LIMITS_OVERLAP"), (Severity::Error, "AJO_LIMITS_MULTIPLE_THROTTLING")]);
}

#[test]
fn sandboxes_must_be_parsed_separately() {
    let dev = EXAMPLE.replace("prod", "dev");
    let sources = SourceSet::new(vec![source("prod.yaml", EXAMPLE), source("dev.yaml", &dev)]);
    let limits = parse_limits(&sources, &variables);
    assert_eq!(limits.desired, None);
    assert_eq!(limits.diagnostics[0].message, "the sandbox is dev here, but prod at prod.yaml:2:10");
    let each = parse_limits_by_sandbox(&sources, &variables);
    assert!(each.len() == 2 && each.iter().all(|limits| limits.desired.is_some() && limits.diagnostics.is_empty()));
    let another = dev.replace("maxThroughput: 400", "maxThroughput: 500");
    let each = parse_limits_by_sandbox(
        &SourceSet::new(vec![source("prod.yaml", EXAMPLE), source("dev.yaml", &another)]),
        &variables,
    );
    let message = "another sandbox has a different throttling configuration at prod.yaml:10:3";
    assert_eq!(each[1].diagnostics[0].message, message);
}

#[test]
fn base_input_is_only_a_base() {
    let over = "version: 1\nsandbox: prod\nbase: base.yaml\n";
    let without = example_with("sandbox: prod\n", "");
    let limits = |base: &str| {
        parse_limits_by_sandbox(
            &SourceSet::new(vec![source("./base.yaml", base), source("prod.yaml", over)]),
            &variables,
        )
    };
    for base in [EXAMPLE, &without] {
        let limits = limits(base);
        assert_eq!((limits.len(), desired_configs(&limits[0]).len()), (1, 2));
    }
    assert_eq!(limits(&EXAMPLE.replace("prod", "dev")).len(), 2);
}

#[test]
fn one_error_prevents_desired_limits() {
    let limits = parse_limits(&SourceSet::new(vec![source("a", EXAMPLE), source("b", "version: [")]), &variables);
    assert_eq!((limits.desired.clone(), limits.diagnostics.len()), (None, 1));
}

/// The location of the state and where a file names it.
fn state_of(limits: &ParsedLimits) -> Option<(String, String)> {
    limits.state.as_ref().map(|state| (state.location.to_string(), state.at.to_string()))
}

#[test]
fn state_is_relative_to_its_file() {
    let pair = |location: &str, at: &str| Some((location.to_owned(), at.to_owned()));
    let with_state = |state: &str| example_with("sandbox: prod", &format!("sandbox: prod\nstate: {state}"));
    let one = |name: &str, state: &str| {
        let limits = parse_limits(&SourceSet::new(vec![source(name, &with_state(state))]), &variables);
        assert_eq!(limits.diagnostics, []);
        state_of(&limits)
    };
    assert_eq!(state_of(&parse_one(EXAMPLE)), None);
    assert_eq!(one("limits/prod.yaml", "../states/prod.json"), pair("states/prod.json", "limits/prod.yaml:3:8"));
    assert_eq!(one("limits/prod.yaml", "s3://bucket/team-a/"), pair("s3://bucket/team-a", "limits/prod.yaml:3:8"));

    let over = "version: 1\nbase: ../base.yaml\n";
    let overlay = |over: &str| {
        let mut sources = SourceSet::new(vec![source("limits/prod.yaml", over)]);
        sources.insert("base.yaml", Ok(with_state("base.json")));
        state_of(&parse_limits(&sources, &variables))
    };
    assert_eq!(overlay(over), pair("base.json", "base.yaml:3:8"));
    assert_eq!(overlay(&format!("{over}state: gs://b\n")), pair("gs://b", "limits/prod.yaml:3:8"));
}

#[test]
fn different_states_are_one_error() {
    let limit = |name: &str, state: &str| {
        let capping = format!("url: https://a.example/{name}, methods: [GET]");
        let services = "services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } } }";
        source(name, &format!("version: 1\nsandbox: prod\n{state}capping: [{{ {capping}, {services} }}]\n"))
    };
    let parse = |files: Vec<SourceFile>| parse_limits(&SourceSet::new(files), &variables);
    let same = parse(vec![limit("a", ""), limit("x/b", "state: ../s.json\n"), limit("c", "state: s.json\n")]);
    assert!(same.desired.is_some());
    assert_eq!(same.state.expect("one").location.to_string(), "s.json");

    let limits = parse(vec![limit("a", "state: s3://one\n"), limit("b", "state: two.json\n"), limit("c", "")]);
    let errors: Vec<_> = limits.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    let [found] = errors[..] else { panic!("{errors:?}") };
    assert_eq!(found.message, "the state is two.json here, but s3://one at a:3:8");
    assert_eq!(found.location.as_ref().map(ToString::to_string).as_deref(), Some("b:3:8"));
    assert!(limits.desired.is_none() && found.hint.is_some());
}
