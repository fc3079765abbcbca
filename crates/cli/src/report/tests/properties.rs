//! What holds for any report.

use ajo_core::rules::Severity;
use ajo_core::{Api, Verb};
use ajo_limits::{Deployed, Drift, Edit, Finding, Key, Outcome, Place, Report, StepError, StepResult, StepState};
use clap::ValueEnum as _;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::samples;
use crate::report::{Format, TextStyle};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x7f]{0,30}",
        select(vec!["", "]]>", "-->", "`", "::", "https://a/*"]).prop_map(str::to_owned)
    ]
}

fn key() -> impl Strategy<Value = Key> {
    let api = select(vec![Api::Capping, Api::Throttling]);
    (api, text(), prop::collection::btree_set(text(), 0..3)).prop_map(|(api, url, methods)| Key { api, url, methods })
}

fn place() -> impl Strategy<Value = Option<Place>> {
    let number = || prop_oneof![0..6_u32, any::<u32>()];
    let file = prop_oneof![Just(samples::FILE.to_owned()), text()];
    let place = (file, number(), number(), number());
    prop::option::of(place.prop_map(|(file, line, column, length)| Place { file, line, column, length }))
}

fn finding() -> impl Strategy<Value = Finding> {
    let severity = select(vec![Severity::Error, Severity::Warning, Severity::Remark]);
    (text(), severity, text(), prop::option::of(text()), place(), prop::option::of(key()))
        .prop_map(|(code, severity, message, hint, place, key)| Finding { code, severity, message, hint, place, key })
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
    (key(), uid, step, state, prop::option::of(error)).prop_map(|(key, uid, step, state, error)| StepResult {
        key,
        uid,
        step,
        state,
        error,
    })
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let value = || {
        prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text().prop_map(|text| json!([text, {}]))]
    };
    let edit = (text(), value(), value()).prop_map(|(field, before, after)| Edit { field, before, after });
    prop::collection::vec(edit, 0..3)
}

fn drift() -> impl Strategy<Value = Drift> {
    let deployed = prop::option::of(any::<(bool, bool)>().prop_map(|(wanted, is)| Deployed { wanted, is }));
    let told = (prop::collection::vec(text(), 0..3), prop::option::of(text()), prop::option::of(text()));
    (key(), any::<bool>(), edits(), edits(), deployed, told, place()).prop_map(
        |(key, present, saved, in_force, deployed, (verdict, last_modified_by, last_modified_at), place)| Drift {
            key,
            uid: None,
            present,
            saved,
            in_force,
            deployed,
            verdict,
            last_modified_by,
            last_modified_at,
            place,
        },
    )
}

fn report() -> impl Strategy<Value = Report> {
    let outcome =
        select(vec![Outcome::Clean, Outcome::Changes, Outcome::Invalid, Outcome::Partial, Outcome::Cancelled]);
    let command = prop_oneof![select(vec!["validate", "plan", "apply", "drift"]).prop_map(str::to_owned), text()];
    let plan = select(vec![None, samples::every_change().plan, samples::refused().plan, samples::no_changes().plan]);
    let head = (command, outcome, prop::option::of(text()), prop::collection::vec(text(), 0..3), plan);
    let lists = (
        prop::collection::vec(finding(), 0..4),
        prop::collection::vec(drift(), 0..3),
        prop::collection::vec(result(), 0..5),
        prop::collection::vec(text(), 0..3),
    );
    (head, lists).prop_map(|((command, outcome, sandbox, files, plan), (findings, drifts, results, notes))| {
        let mut report = Report::new(&command, outcome);
        (report.sandbox, report.files, report.plan) = (sandbox, files, plan);
        (report.findings, report.drifts, report.results, report.notes) = (findings, drifts, results, notes);
        report
    })
}

/// A quarter of the usual cases, because each renders every format; all of them with `AJO_TEST_FULL=1`.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let full = std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1");
    let cases = if full { default.cases } else { default.cases / 4 };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_form_of_any_report_is_sound(report in report(), color: bool, width in 0..200_usize, source in text()) {
        let sources = |name: &str| (name == samples::FILE).then(|| source.clone());
        for format in Format::value_variants() {
            let text = format.render(&report, &sources, TextStyle { color, width });
            match format {
                Format::Json => prop_assert_eq!(&serde_json::from_str::<Report>(&text).unwrap(), &report),
                Format::Sarif => {
                    let log: Value = serde_json::from_str(&text).unwrap();
                    let run = &log["runs"][0];
                    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
                    for result in run["results"].as_array().unwrap() {
                        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                        prop_assert_eq!(&rules[index]["id"], &result["ruleId"]);
                    }
                }
                Format::Junit => {
                    let document = roxmltree::Document::parse(&text).unwrap();
                    let suite = document.root_element().first_element_child().unwrap();
                    let cases = suite.children().filter(|node| node.has_tag_name("testcase")).count().to_string();
                    prop_assert_eq!(suite.attribute("tests"), Some(cases.as_str()));
                }
                Format::Markdown => prop_assert!(text.len() <= 60_000 && text.starts_with("<!-- ajo-limits:")),
                Format::Github => prop_assert!(text.lines().all(|line| line.starts_with("::"))),
                Format::Text => prop_assert_eq!(text.contains('\x1b') && !color, false),
            }
        }
    }
}
