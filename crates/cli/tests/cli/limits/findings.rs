//! What commands print about findings in limits files, and about files that they cannot use.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::limits::fixture::LimitsFixture;

/// Limits without `maxHttpConnections`, which is a finding. `calls` is the rate of the first one.
fn limits_without_connections(count: u32, calls: u32) -> String {
    let mut text = "version: 1\nsandbox: prod\ncapping:\n".to_owned();
    for number in 0..count {
        let calls = if number == 0 { calls } else { 10 };
        writeln!(
            text,
            "  - url: https://h{number}.example.org/*\n    methods: [GET]\n    services: {{ action: {{ rating: {{ maxCallsCount: \
             {calls}, periodInMs: 1000 }} }} }}"
        )
        .expect("written");
    }
    text
}

const CODE: &str = "ERR_ENDPOINTCONFIG_106";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn findings_are_about_what_changes() {
    let fixture = LimitsFixture::start().await;
    fixture.write("my limits/prod.yaml", &limits_without_connections(120, 5));
    let file = "my limits/prod.yaml";
    let output = fixture.run_expecting(&["apply", file, "--yes"], 0).await;
    assert!(!output.stdout.contains(CODE), "{}", output.stdout);
    assert!(output.stdout.contains("\n120 findings: ajo validate 'my limits/prod.yaml'\n"), "{}", output.stdout);

    for arguments in [["plan", file], ["drift", file], ["verify", file]] {
        let output = fixture.run_expecting(&arguments, 0).await;
        assert!(output.stdout.contains("120 findings"), "{}", output.stdout);
        assert!(output.stdout.lines().count() < 10, "{}", output.stdout);
    }

    fixture.write(file, &limits_without_connections(120, 6));
    let text = fixture.run_expecting(&["plan", file], 0).await.stdout;
    assert_eq!(text.matches(CODE).count(), 1, "{text}");
    assert!(text.find("~ update") < text.find(CODE) && text.find(CODE) < text.find("\nPlan: "), "{text}");
    let rest = "\n1 warning in 1 file.\n119 more findings for unchanged limits: ajo validate 'my limits/prod.yaml'\n";
    assert!(text.contains(rest), "{text}");
    for format in ["markdown", "github"] {
        let text = fixture.run_expecting(&["plan", file, "--output", format], 0).await.stdout;
        let text = text.replace("&#95;", "_");
        assert!(text.matches(CODE).count() == 1 && text.contains("119 more findings"), "{format}: {text}");
    }
    for format in ["json", "sarif", "junit"] {
        let text = fixture.run_expecting(&["plan", file, "--output", format], 0).await.stdout;
        assert!(text.matches(CODE).count() >= 120, "{format}");
    }
    let text = fixture.run_expecting(&["validate", file], 0).await.stdout;
    assert!(text.matches(CODE).count() == 120 && text.ends_with("\n120 warnings in 1 file.\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_shows_findings_of_drifted_limits() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_without_connections(3, 5));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.write("prod.yaml", &limits_without_connections(3, 6));
    let text = fixture.run_expecting(&["drift", "prod.yaml"], 2).await.stdout;
    assert!(text.matches(CODE).count() == 1 && text.find("~ drifted") < text.find(CODE), "{text}");
    assert!(text.contains("2 more findings for unchanged limits"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn error_hides_other_findings_of_plan() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_without_connections(5, 0));
    let text = fixture.run_expecting(&["plan", "prod.yaml"], 1).await.stdout;
    assert!(text.contains("error[ERR_ENDPOINTCONFIG_107]") && !text.contains(CODE), "{text}");
    assert!(text.contains("\n1 error in 1 file.\n5 more findings: ajo validate prod.yaml\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn allowed_finding_is_kept_in_reports() {
    let fixture = LimitsFixture::start().await;
    let text = limits_without_connections(2, 5);
    fixture.write(
        "prod.yaml",
        &text.replacen("methods", &format!("# ajo: allow {CODE} - the owner agreed\n    methods"), 2),
    );
    let output = fixture.run_expecting(&["validate", "prod.yaml"], 0).await.stdout;
    assert_eq!(output, "No problems in 1 file.\n2 findings are allowed by comments.\n");
    let json = fixture.run_expecting(&["plan", "prod.yaml", "--output", "json"], 0).await.stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["diagnostics"][1]["allowed"], "the owner agreed");
    let sarif = fixture.run_expecting(&["validate", "prod.yaml", "--output", "sarif"], 0).await.stdout;
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    let suppression = &sarif["runs"][0]["results"][1]["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["justification"]), (&"inSource".into(), &"the owner agreed".into()));
    let junit = fixture.run_expecting(&["validate", "prod.yaml", "--output", "junit"], 0).await.stdout;
    assert!(junit.contains("allowed: the owner agreed"), "{junit}");
    let plan = fixture.run_expecting(&["plan", "prod.yaml"], 0).await.stdout;
    assert!(!plan.contains("finding") && !plan.contains(CODE), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unusable_file_is_one_error() {
    let fixture = LimitsFixture::start().await;
    let definition = "url: https://a.example/\nmethods: [GET]\nservices: {}\n";
    fixture.write("definition.yaml", definition);
    fixture.write("prod.yaml", &limits_without_connections(1, 5));
    fixture.run_expecting(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    fixture.write("credential.json", r#"{"CLIENT_ID": "a", "CLIENT_SECRETS": ["b"], "ORG_ID": "c"}"#);
    fixture.write("binary.yaml", "\0\u{1}\u{2}");
    let utf16 =
        |text: &str, bom: &[u8]| [bom, &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat();
    fs::write(fixture.path("utf16.yaml"), utf16("version: 1\n", b"\xff\xfe")).expect("written");
    fs::write(fixture.path("utf16-no-bom.yaml"), utf16("version: 1\n", b"")).expect("written");
    fs::write(fixture.path("latin1.yaml"), b"version: 1\nsandbox: pr\xf6d\n").expect("written");
    for (file, what) in [
        ("definition.yaml", "this is a capping definition, not a limits file"),
        ("plan.json", "this is a plan or a report of"),
        ("utf16.yaml", "UTF-16 text; save it as UTF-8"),
        ("utf16-no-bom.yaml", "UTF-16 text; save it as UTF-8"),
        ("latin1.yaml", "it is not UTF-8 text"),
        ("binary.yaml", "the file is binary"),
        ("missing.yaml", "it does not exist; check the path"),
        ("credential.json", "the file is neither a limits file nor a policy, so its content is not shown"),
    ] {
        for command in ["validate", "plan"] {
            let json = fixture.run_expecting(&[command, file, "--output", "json"], 1).await.stdout;
            let report: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{file}: {error}: {json}"));
            let errors = report["diagnostics"].as_array().expect("diagnostics");
            assert_eq!((errors.len(), &report["outcome"]), (1, &"invalid".into()), "{command} {file}: {json}");
            assert_eq!(errors[0]["location"]["file"], file);
            for format in ["text", "markdown", "github", "sarif", "junit"] {
                let output = fixture.run_expecting(&[command, file, "--output", format], 1).await;
                assert!(output.stdout.contains(what), "{command} {file} {format}: {}", output.stdout);
                assert_eq!(output.stderr, "", "{command} {file} {format}");
            }
        }
    }
    let output = fixture.run_expecting(&["validate", "latin1.yaml", "missing.yaml", "--policy", "utf16.yaml"], 1).await;
    assert!(output.stdout.contains("\n3 errors in 2 files.\n"), "{}", output.stdout);
}
