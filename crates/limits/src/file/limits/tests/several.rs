//! Overlays, and files beside each other.

use super::*;

#[test]
fn an_overlay_is_merged_deeply_into_the_entry_with_its_key() {
    let over = "version: 1
base: base.yaml
sandbox: dev
capping:
  - url: https://api.example.org/data/2.5/*
    services:
      dataSource: { maxHttpConnections: null, rating: { maxCallsCount: 5 } }
  - url: https://new.example/
    methods: [GET]
    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } } }
throttling: { name: null, maxThroughput: 200 }
";
    let limits = read_over(EXAMPLE, over);
    let [capping, new, throttling] = wanted(&limits) else { panic!("three") };
    let limit = |name: &[&str]| capping.definition.integer(&[&["services", "dataSource"], name].concat());
    let rating = |name| limit(&["rating", name]);
    assert_eq!(
        (limit(&["maxHttpConnections"]), rating("maxCallsCount"), rating("periodInMs")),
        (None, Some(5), Some(1000))
    );
    assert_eq!(capping.place.as_ref().map(ToString::to_string).as_deref(), Some("prod.yaml:5:5"));
    assert_eq!(new.key().url, "https://new.example/");
    let definition = &throttling.definition;
    assert_eq!((definition.string(&["name"]), definition.integer(&["maxThroughput"])), (None, Some(200)));
    assert_eq!(limits.sandbox.expect("named").as_str(), "dev");
    assert_eq!(limits.files, ["prod.yaml", "base.yaml"]);
}

#[test]
fn a_finding_is_in_the_overlay_where_the_value_is_and_else_in_the_base() {
    let over = "version: 1\nbase: base.yaml\ncapping:\n  - url: https://api.example.org/data/2.5/*\n    services: \
                { dataSource: { rating: { maxCallsCount: -5 } } }\n";
    let base = with("periodInMs: 1000", "periodInMs: -1");
    assert_eq!(
        shown(&read_over(&base, over), &[("base.yaml", &base), ("prod.yaml", over)]),
        ["prod.yaml:5:56 error ERR_ENDPOINTCONFIG_107 [-5]", "base.yaml:7:87 error ERR_ENDPOINTCONFIG_108 [-1]",]
    );
}

#[test]
fn absent_removes_an_entry_and_says_so_where_there_is_none() {
    let head = "version: 1\nbase: base.yaml\n";
    let limits = read_over(EXAMPLE, &format!("{head}throttling: {{ absent: true }}\n"));
    assert_eq!(wanted(&limits).len(), 1);
    let limits = read_over(EXAMPLE, &format!("{head}throttling:\n"));
    assert_eq!(wanted(&limits).len(), 1);
    let over = format!("{head}capping:\n  - {{ url: 'https://api.example.org/data/2.5/*', absent: true }}\n");
    assert_eq!(wanted(&read_over(EXAMPLE, &over)).len(), 1);
    let over = format!("{head}capping:\n  - {{ url: https://other.example/, absent: true }}\n");
    let limits = read_over(EXAMPLE, &over);
    assert_eq!(
        (limits.findings[0].code.as_str(), limits.findings[0].severity),
        ("AJO_LIMITS_OVERLAY", Severity::Warning)
    );
    assert_eq!(
        found(&with("deployed: true", "absent: true")),
        ["prod.yaml:4:5 error AJO_LIMITS_OVERLAY [url: https://api.example.org/data/2.5/*]"]
    );
    let all = format!("{over}throttling: {{ absent: true }}\n")
        .replace("https://other.example/", "'https://api.example.org/data/2.5/*'");
    assert_eq!(read_over(EXAMPLE, &all).findings[0].code, "AJO_LIMITS_EMPTY");
}

#[test]
fn without_methods_an_overlay_must_mean_one_entry() {
    let base = with(
        "throttling:",
        "  - url: https://api.example.org/data/2.5/*\n    methods: [POST]\n    services:\n      action: { \
         maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } }\nthrottling:",
    );
    let over = |entry: &str| format!("version: 1\nbase: base.yaml\ncapping:\n  - {entry}\n");
    let url = "url: 'https://api.example.org/data/2.5/*'";
    let limits = read_over(&base, &over(&format!("{{ {url}, deployed: false }}")));
    assert_eq!(limits.findings[0].code, "AJO_LIMITS_OVERLAY");
    let message = "the base has 2 limits with this URL: base.yaml:4:5 GET; base.yaml:9:5 POST";
    assert_eq!(limits.findings[0].message, message);
    let limits = read_over(&base, &over(&format!("{{ {url}, methods: [POST], deployed: false }}")));
    let deployed: Vec<_> = wanted(&limits).iter().map(|wanted| wanted.deployed).collect();
    assert_eq!(deployed, [true, false, true]);
    let twice = over(&format!("{{ {url}, methods: [POST], deployed: false }}"))
        + &format!("  - {{ {url}, methods: [POST] }}\n");
    assert_eq!(read_over(&base, &twice).findings[0].code, "AJO_LIMITS_TWICE");
}

#[test]
fn a_base_that_is_missing_or_leads_back_is_found_where_it_is_named() {
    let over = "version: 1\nsandbox: prod\nbase: base.yaml\n";
    let mut sources = Sources::new(vec![source("prod.yaml", over)]);
    assert_eq!(
        shown(&read(&sources, &variables), &[("prod.yaml", over)]),
        ["prod.yaml:3:7 error AJO_LIMITS_BASE [base.yaml]"]
    );
    sources.provide("base.yaml", Err("no such file".to_owned()));
    assert_eq!(read(&sources, &variables).findings[0].message, "base.yaml cannot be read: no such file");
    let limits = read_over("version: 1\nbase: ./prod.yaml\n", over);
    assert_eq!(limits.findings[0].message, "the base leads back to this file: prod.yaml → base.yaml → prod.yaml");
    let limits = read_over("version: 1\nbase: base.yaml\n", over);
    assert_eq!(limits.findings[0].place.as_ref().map(ToString::to_string).as_deref(), Some("base.yaml:2:7"));
}

#[test]
fn an_overlay_that_says_nothing_changes_nothing() {
    let alone = read(&Sources::new(vec![source("base.yaml", EXAMPLE)]), &variables);
    assert_eq!(read_over(EXAMPLE, "version: 1\nbase: base.yaml\n").desired, alone.desired);
    assert_eq!(read_over(EXAMPLE, "version: 1\nbase: base.yaml\ncapping: []\n").desired, alone.desired);
}

#[test]
fn files_of_one_sandbox_are_joined_and_what_stands_in_two_is_shown_with_both_places() {
    let other = "version: 1\nsandbox: prod\nproduction: true\ncapping:\n  - url: https://other.example/\n    methods: \
                 [GET]\n    services: { action: { maxHttpConnections: 1, rating: { maxCallsCount: 1, periodInMs: 1 } } }\n";
    let limits =
        read(&Sources::new(vec![source("a", EXAMPLE), source("b", other), source("./a", EXAMPLE)]), &variables);
    assert_eq!(wanted(&limits).len(), 3);
    assert_eq!(limits.production, Some(true));

    let limits = read(&Sources::new(vec![source("a", EXAMPLE), source("b", EXAMPLE)]), &variables);
    assert_eq!(limits.desired, None);
    let said: Vec<_> = limits.findings.iter().map(|found| (found.code.as_str(), found.message.as_str())).collect();
    assert_eq!(
        said,
        [
            ("AJO_LIMITS_TWICE", "the same limit stands at a:4:5"),
            ("AJO_LIMITS_TWICE", "the same limit stands at a:10:3")
        ]
    );
    assert_eq!(limits.findings[0].place.as_ref().map(ToString::to_string).as_deref(), Some("b:4:5"));

    let another = EXAMPLE.replace("partner.example.com", "another.example.com").replace("[GET]", "[GET, PUT]");
    let limits = read(&Sources::new(vec![source("a", EXAMPLE), source("b", &another)]), &variables);
    let codes: Vec<_> = limits.findings.iter().map(|found| (found.severity, found.code.as_str())).collect();
    assert_eq!(codes, [(Severity::Remark, "AJO_LIMITS_OVERLAP"), (Severity::Error, "AJO_LIMITS_ONE_THROTTLING")]);
}

#[test]
fn two_sandboxes_are_an_error_together_and_fine_each() {
    let dev = EXAMPLE.replace("prod", "dev");
    let sources = Sources::new(vec![source("prod.yaml", EXAMPLE), source("dev.yaml", &dev)]);
    let limits = read(&sources, &variables);
    assert_eq!(limits.desired, None);
    assert_eq!(limits.findings[0].message, "this is about sandbox dev, and prod.yaml:2:10 about prod");
    let each = read_each(&sources, &variables);
    assert!(each.len() == 2 && each.iter().all(|limits| limits.desired.is_some() && limits.findings.is_empty()));
    let another = dev.replace("maxThroughput: 400", "maxThroughput: 500");
    let each = read_each(&Sources::new(vec![source("prod.yaml", EXAMPLE), source("dev.yaml", &another)]), &variables);
    assert_eq!(each[1].findings[0].message, "there is another throttling at prod.yaml:10:3, for another sandbox");
}

#[test]
fn a_base_that_was_given_too_is_read_as_a_base_only_unless_it_is_for_another_sandbox() {
    let over = "version: 1\nsandbox: prod\nbase: base.yaml\n";
    let without = with("sandbox: prod\n", "");
    let limits =
        |base: &str| read_each(&Sources::new(vec![source("./base.yaml", base), source("prod.yaml", over)]), &variables);
    for base in [EXAMPLE, &without] {
        let limits = limits(base);
        assert_eq!((limits.len(), wanted(&limits[0]).len()), (1, 2));
    }
    assert_eq!(limits(&EXAMPLE.replace("prod", "dev")).len(), 2);
}

#[test]
fn a_file_with_an_error_wants_nothing_whatever_the_others_say() {
    let limits = read(&Sources::new(vec![source("a", EXAMPLE), source("b", "version: [")]), &variables);
    assert_eq!((limits.desired.clone(), limits.findings.len()), (None, 1));
}
