//! Properties of any report.

use ajo_core::rules::Severity;
use ajo_core::{Api, LiveLimit, Verb};
use ajo_limits::{
    CommandOutcome, CommandReport, ConfigDrift, ConfigKey, DeployMismatch, DriftReport, FieldDiff, FileDiagnostic,
    SourceLocation, StepError, StepResult, StepState,
};
use clap::ValueEnum as _;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::samples;
use crate::report::{OutputFormat, TextStyle};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x7f]{0,30}",
        select(vec!["", "]]>", "-->", "`", "::", "https://a/*"]).prop_map(str::to_owned)
    ]
}

fn key() -> impl Strategy<Value = ConfigKey> {
    let api = select(vec![Api::Capping, Api::Throttling]);
    (api, text(), prop::collection::btree_set(text(), 0..3)).prop_map(|(api, url, methods)| ConfigKey {
        api,
        url,
        methods,
    })
}

fn location() -> impl Strategy<Value = Option<SourceLocation>> {
    let number = || prop_oneof![0..6_u32, any::<u32>()];
    let file = prop_oneof![Just(samples::FILE.to_owned()), text()];
    let location = (file, number(), number(), number());
    prop::option::of(location.prop_map(|(file, line, column, length)| SourceLocation { file, line, column, length }))
}

fn diagnostic() -> impl Strategy<Value = FileDiagnostic> {
    let severity = select(vec![Severity::Error, Severity::Warning, Severity::Note]);
    let optional = || prop::option::of(text());
    (text(), severity, text(), optional(), location(), prop::option::of(key()), optional()).prop_map(
        |(code, severity, message, hint, location, key, allowed)| FileDiagnostic {
            code,
            severity,
            message,
            hint,
            location,
            key,
            allowed,
        },
    )
}

fn result() -> impl Strategy<Value = StepResult> {
    let state = select(vec![StepState::Done, StepState::Failed, StepState::Unknown, StepState::NotStarted]);
    let step = select(vec![Verb::Create, Verb::CanDeploy, Verb::Deploy]);
    let uid = prop::option::of(select(vec!["a", "b"]).prop_map(|uid| uid.parse().expect("a uid")));
    let optional = || prop::option::of(text());
    let error = (text(), optional(), optional(), prop::option::of(any::<u16>()), optional());
    let error = error.prop_map(|(message, hint, code, status, request_id)| StepError {
        message,
        hint,
        code,
        status,
        request_id,
    });
    let live = prop::option::of(select(vec![LiveLimit::Old, LiveLimit::None, LiveLimit::Unknown]));
    (key(), uid, step, state, prop::option::of(error), live)
        .prop_map(|(key, uid, step, state, error, live)| StepResult { key, uid, step, state, error, live })
}

fn edits() -> impl Strategy<Value = Vec<FieldDiff>> {
    let value = || {
        prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text().prop_map(|text| json!([text, {}]))]
    };
    let edit = (text(), value(), value()).prop_map(|(field, before, after)| FieldDiff { field, before, after });
    prop::collection::vec(edit, 0..3)
}

fn drift() -> impl Strategy<Value = ConfigDrift> {
    let deployed =
        prop::option::of(any::<(bool, bool)>().prop_map(|(expected, actual)| DeployMismatch { expected, actual }));
    let details = (prop::collection::vec(text(), 0..3), prop::option::of(text()), prop::option::of(text()));
    (key(), any::<bool>(), edits(), edits(), deployed, details, location()).prop_map(
        |(
            key,
            exists,
            saved_diffs,
            live_diffs,
            deployed,
            (deploy_errors, last_modified_by, last_modified_at),
            location,
        )| ConfigDrift {
            key,
            uid: None,
            exists,
            saved_diffs,
            live_diffs,
            deploy_mismatch: deployed,
            deploy_errors,
            last_modified_by,
            last_modified_at,
            location,
        },
    )
}

/// Any drift; the other lists come from the sample, with any severity.
fn drift_report() -> impl Strategy<Value = Option<DriftReport>> {
    let severity = || select(vec![Severity::Error, Severity::Warning, Severity::Note]);
    let lists = (prop::collection::vec(drift(), 0..3), prop::collection::vec(severity(), 0..9));
    prop::option::of(lists.prop_map(|(configs, severities)| {
        let sample = samples::drift().drift.expect("a drift");
        let mut severities = severities.into_iter().cycle();
        let mut drift = DriftReport { configs, ..sample };
        let items = drift.unmanaged.iter_mut().map(|unmanaged| &mut unmanaged.severity);
        let items = items.chain(drift.duplicates.iter_mut().map(|duplicate| &mut duplicate.severity));
        for (item, severity) in
            items.chain(drift.overlaps.iter_mut().map(|overlap| &mut overlap.severity)).zip(&mut severities)
        {
            *item = severity;
        }
        drift
    }))
}

fn report() -> impl Strategy<Value = CommandReport> {
    let outcome = select(vec![
        CommandOutcome::Clean,
        CommandOutcome::Changes,
        CommandOutcome::Invalid,
        CommandOutcome::Partial,
        CommandOutcome::Cancelled,
    ]);
    let command = prop_oneof![select(vec!["validate", "plan", "apply", "drift"]).prop_map(str::to_owned), text()];
    let plan = select(vec![
        None,
        samples::all_changes().plan,
        samples::effects().plan,
        samples::blocked().plan,
        samples::no_changes().plan,
    ]);
    let head = (command, outcome, prop::option::of(text()), prop::collection::vec(text(), 0..3), plan);
    let lists = (
        prop::collection::vec(diagnostic(), 0..4),
        drift_report(),
        prop::collection::vec(result(), 0..5),
        prop::collection::vec(text(), 0..3),
    );
    (head, lists).prop_map(|((command, outcome, sandbox, files, plan), (findings, drift, results, notes))| {
        let mut report = CommandReport::new(&command, outcome);
        (report.sandbox, report.files, report.plan) = (sandbox, files, plan);
        (report.diagnostics, report.drift, report.results, report.notes) = (findings, drift, results, notes);
        report
    })
}

/// Runs a quarter of the default cases, because each renders every format. `AJO_TEST_FULL=1` runs all.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let full = std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1");
    let cases = if full { default.cases } else { default.cases / 4 };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_format_is_well_formed(report in report(), color: bool, width in 0..200_usize, source in text()) {
        let sources = |name: &str| (name == samples::FILE).then(|| source.clone());
        for format in OutputFormat::value_variants() {
            let text = format.render(&report, &sources, TextStyle { color, width }).into_string();
            match format {
                OutputFormat::Json => prop_assert_eq!(&serde_json::from_str::<CommandReport>(&text).unwrap(), &report),
                OutputFormat::Sarif => {
                    let log: Value = serde_json::from_str(&text).unwrap();
                    let run = &log["runs"][0];
                    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
                    for result in run["results"].as_array().unwrap() {
                        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                        prop_assert_eq!(&rules[index]["id"], &result["ruleId"]);
                    }
                }
                OutputFormat::Junit => {
                    let document = roxmltree::Document::parse(&text).unwrap();
                    let suite = document.root_element().first_element_child().unwrap();
                    let cases = suite.children().filter(|node| node.has_tag_name("testcase")).count().to_string();
                    prop_assert_eq!(suite.attribute("tests"), Some(cases.as_str()));
                }
                OutputFormat::Markdown => prop_assert!(text.len() <= 60_000 && text.starts_with("<!-- ajo-limits:")),
                OutputFormat::Github => prop_assert!(text.lines().all(|line| line.starts_with("::"))),
                OutputFormat::Text => prop_assert_eq!(text.contains('\x1b') && !color, false),
            }
        }
    }
}
