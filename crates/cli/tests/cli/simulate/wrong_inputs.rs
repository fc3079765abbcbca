//! Wrong inputs: one error each, which names the input and the next step.

use super::{CAPPING, LIMITS, folder, run_in};
use crate::support::{CommandOutput, ajo_command};

const LATENCY_HEADING: &str = "ENDPOINT,SUCCESSFUL_CALLS,P50_LATENCY_MS,P95_LATENCY_MS,P99_LATENCY_MS,P999_LATENCY_MS";

/// Runs a command line that fails with this exit code, and returns standard error.
fn problem(line: &str, exit_code: i32) -> String {
    let files = [
        ("capping.yaml", CAPPING),
        ("prod.yaml", LIMITS),
        ("methods.yaml", &LIMITS.replace("b.example/*", "a.example/*").replace("throttling: {", "#")),
        ("broken.yaml", &LIMITS.replace("600", "many")),
        ("dev.yaml", &LIMITS.replace("prod", "dev").replace("throttling", "#")),
        ("syntax.yaml", "url: https://a.example/\nmethods: [GET\n"),
        ("policy.yaml", "version: 1\ndeniedHosts: []\n"),
        ("empty.json", "{\"results\": []}"),
        ("latency.csv", "100\nslow\n"),
        ("zero.csv", "0\n"),
        ("none.csv", "latency\n"),
        ("export.csv", &format!("{LATENCY_HEADING}\nhttps://a.example/,1,1,2,3,4\nhttps://b.example/,1,1,2,3,4\n")),
        ("short.csv", &format!("{LATENCY_HEADING}\nhttps://a.example/,1,1,2\n")),
        ("calls.csv", "second,calls\n0,5\n0,5\n"),
    ];
    let folder = folder(&files);
    let output = run_in(folder.path(), line, "");
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(exit_code), ""), "{line}: {}", output.stderr);
    let errors = output.stderr.matches("error: ").count() + output.stderr.matches("{\"error\":").count();
    assert_eq!(errors, 1, "{line}: {}", output.stderr);
    output.stderr
}

#[test]
fn url_without_limit_lists_the_file() {
    assert_eq!(
        problem("simulate prod.yaml --traffic 1x1 --url https://c.example/", 1),
        "error: no limit matches https://c.example/
hint: the sources have:
  prod.yaml:4:5: capping GET https://a.example/*
  prod.yaml:7:5: capping POST https://b.example/*
  prod.yaml:10:13: throttling POST https://b.example/v1/*
"
    );
    let problem = problem("simulate prod.yaml --traffic 1x1 --url https://a.example/ --method PUT", 1);
    assert!(problem.starts_with("error: no limit matches PUT https://a.example/\n"), "{problem}");
}

#[test]
fn several_limits_need_a_selection() {
    let several = problem("simulate prod.yaml --traffic 1x1", 1);
    assert!(
        several.starts_with("error: prod.yaml has limits for several URLs\nhint: select one with --url:\n"),
        "{several}"
    );
    let methods = problem("simulate methods.yaml --traffic 1x1", 1);
    assert!(methods.contains("several methods\nhint: select one with --method:\n"), "{methods}");
    let methods = problem("simulate methods.yaml --traffic 1x1 --url https://a.example/*", 1);
    assert!(methods.starts_with("error: 2 capping limits match https://a.example/*\n"), "{methods}");
}

#[test]
fn wrong_limits_file_is_explained() {
    let broken = problem("simulate broken.yaml --traffic 1x1 --url https://a.example/x", 1);
    assert!(broken.contains("--> broken.yaml:9:52"), "{broken}");
    assert!(broken.ends_with("error: broken.yaml has errors, so it cannot be simulated\n"), "{broken}");
    let sandboxes = problem("simulate prod.yaml dev.yaml --traffic 1x1", 1);
    assert!(sandboxes.contains("AJO_LIMITS_MULTIPLE_SANDBOXES"), "{sandboxes}");
    let json = problem("simulate broken.yaml --traffic 1x1 --output json", 1);
    assert!(json.contains("\"diagnostics\":[{") && json.contains("\"line\":9"), "{json}");
}

#[test]
fn other_files_are_named() {
    let cases = [
        ("policy.yaml", "this is a policy, not a definition"),
        ("syntax.yaml", "error[AJO_LIMITS_YAML]"),
        ("empty.json", "the list is empty"),
        ("none.yaml", "failed to read none.yaml"),
        ("dir/none", "failed to read dir/none"),
    ];
    for (file, expected) in cases {
        let problem = problem(&format!("simulate {file} --traffic 1x1"), 1);
        assert!(problem.contains(expected), "{file}: {problem}");
    }
}

#[test]
fn uid_needs_credentials() {
    let no_credentials = problem("simulate none --traffic 1x1", 3);
    assert!(no_credentials.contains("hint: there is no file `none`, so it is read as a uid; "), "{no_credentials}");
    let unknown = problem("simulate none --traffic 1x1 --emulator", 1);
    assert!(unknown.starts_with("error: no configuration in sandbox prod has the uid none\nhint: "), "{unknown}");
    let invalid = problem("simulate a:b --traffic 1x1", 64);
    assert!(invalid.contains("`a:b` is not a valid configuration uid"), "{invalid}");
}

#[test]
fn wrong_csv_names_the_line() {
    let cases = [
        ("--traffic 1x1 --latency latency.csv", "latency.csv: line 2: `slow` is not a number of milliseconds"),
        ("--traffic 1x1 --latency zero.csv", "zero.csv: the latency must be from "),
        (
            "--traffic 1x1 --latency none.csv",
            "none.csv: the file has no latencies; write one number of milliseconds per line",
        ),
        (
            "--traffic 1x1 --latency export.csv",
            "export.csv: the export has several endpoints, such as https://a.example/ and https://b.example/; keep the rows of one",
        ),
        ("--traffic 1x1 --latency short.csv", "short.csv: line 2"),
        ("--traffic 1x1 --latency x.csv", "failed to read x.csv"),
        ("--csv calls.csv", "calls.csv: line 3: second 0 follows second 0"),
    ];
    for (options, expected) in cases {
        let problem = problem(&format!("simulate {options}"), 1);
        assert!(problem.starts_with(&format!("error: {expected}")), "{options}: {problem}");
    }
}

#[test]
fn wrong_traffic_is_a_usage_error() {
    let cases = [
        ("--audience 1000", "--reading-rate <N>"),
        ("--audience 1000 --reading-rate 499", "499 is not in 500..=20000"),
        ("--audience 1000 --reading-rate 20001", "20001 is not in 500..=20000"),
        ("--audience 0 --reading-rate 500", "0 is not in 1.."),
        (
            "--audience 43200001 --reading-rate 500",
            "reading 43200001 profiles at 500 per second takes longer than a day",
        ),
        ("--traffic a=1x1 --traffic a=2x1", "two journeys have the name `a`"),
        ("--traffic a=1", "part 1 of the traffic, `1`: expected"),
        ("capping.yaml - --csv -", "standard input can only be used once"),
        ("capping.yaml capping.yaml --traffic 1x1", "both definitions are for capping"),
        ("--traffic 1x1 --capacity 5 --servers 5", "cannot be used with"),
        ("--traffic 1x1 --arrivals poisson --mode cohort", "cohort mode spreads calls evenly"),
        ("--traffic 1x1 --expect rejected", "needs a metric, an operator, and a value"),
    ];
    for (options, expected) in cases {
        let problem = problem(&format!("simulate {options}"), 64);
        assert!(problem.contains(expected), "{options}: {problem}");
    }
}

#[test]
fn exact_mode_has_a_bound() {
    let problem = problem("simulate --traffic 2000x60000 --mode exact", 1);
    assert!(problem.contains("exact mode simulates at most 100000000 requests"), "{problem}");
}

#[test]
fn latency_file_error_shows_no_secret() {
    let limits = LIMITS
        .replace("sandbox: prod", "sandbox: prod\nsecrets: [TOKEN]")
        .replace("a.example/*", "a.example/${TOKEN}/*");
    let secret = "canary-0123456789abcdef";
    let rows = format!("{LATENCY_HEADING}\nhttps://a.example/{secret}/x,1,1,2,3,4\nhttps://b.example/,1,1,2,3,4\n");
    let folder = folder(&[("prod.yaml", &limits), ("latency.csv", &rows)]);
    let line = ["simulate", "prod.yaml", "--url", "https://b.example/", "--traffic", "1x1", "--latency", "latency.csv"];
    let mut command = ajo_command(&line);
    let output: CommandOutput =
        command.env("TOKEN", secret).current_dir(folder.path()).output().expect("ajo runs").into();
    assert!(output.stderr.contains("several endpoints, such as https://a.example/[redacted]/x"), "{}", output.stderr);
}
