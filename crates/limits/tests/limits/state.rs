//! Serials, parts, and edits of the state.

use std::path::Path;

use ajo_core::SandboxName;
use ajo_limits::{LimitsState, ManagedConfig, SetOrder, StateSet};

use super::support::{FILE, capping, observed_config, throttling, uid};

fn set(sandbox: &str) -> StateSet {
    StateSet::Sandbox(sandbox.parse().expect("a name"))
}

fn entry(sandbox: &str, number: usize, is_capping: bool) -> ManagedConfig {
    let url = format!("https://a.example/{number}");
    let definition = if is_capping { capping(&url, 500) } else { throttling(&url, 500) };
    let found = observed_config(number, ajo_limits::DeployState::from_desired(definition, true));
    let sandbox: SandboxName = sandbox.parse().expect("a name");
    ManagedConfig::unsettled(&sandbox, found.key(), Some(FILE.to_owned()), &found)
}

/// Capping in `prod` and `dev`, and throttling that was applied from `prod`.
fn example() -> LimitsState {
    let mut state = LimitsState { organization: Some("A1@AdobeOrg".to_owned()), ..LimitsState::default() };
    state.configs = vec![entry("prod", 1, true), entry("dev", 2, true), entry("prod", 3, false)];
    state.advance_serials(&LimitsState::default());
    state
}

fn serials(state: &LimitsState) -> [u64; 3] {
    [set("prod"), set("dev"), StateSet::Throttling].map(|set| state.serials.get(&set))
}

/// The state after a save that replaces `saved`.
fn saved_over(saved: &LimitsState, mut state: LimitsState) -> LimitsState {
    state.advance_serials(saved);
    state
}

#[test]
fn save_advances_changed_sets_only() {
    let first = example();
    assert_eq!(serials(&first), [1, 1, 1]);
    assert_eq!(saved_over(&first, first.clone()), first);

    let mut edited = first.clone();
    edited.configs[0].orphaned = true;
    edited.configs.reverse();
    let second = saved_over(&first, edited.clone());
    assert_eq!(serials(&second), [2, 1, 1]);
    // A command that saves twice passes the old serials.
    edited.remove(&uid(3));
    assert_eq!(serials(&saved_over(&second, edited)), [2, 1, 2]);

    let empty = saved_over(&second, LimitsState::default());
    assert_eq!(serials(&empty), [3, 2, 2]);
    assert_eq!(empty.sets().len(), 3);
}

#[test]
fn sets_are_compared_by_serial() {
    let first = example();
    let edited = |number: usize| {
        let mut state = first.clone();
        state.configs[0].file = Some(format!("{number}.yaml"));
        saved_over(&first, state)
    };
    let (second, fork) = (edited(2), edited(3));
    let prod = set("prod");
    for (one, other, expected) in [
        (&first, &first, SetOrder::Same),
        (&second, &first, SetOrder::Newer),
        (&first, &second, SetOrder::Older),
        (&second, &fork, SetOrder::Diverged),
        (&first, &LimitsState::default(), SetOrder::Newer),
        (&LimitsState::default(), &first, SetOrder::Older),
    ] {
        assert_eq!(one.compare_set(other, &prod), expected);
        let others = [set("dev"), StateSet::Throttling].map(|set| one.compare_set(other, &set));
        let is_empty = |state: &LimitsState| state.configs.is_empty();
        assert!(is_empty(one) || is_empty(other) || others == [SetOrder::Same; 2]);
    }
    // A state without serials is newer than none.
    let mut without = first.clone();
    without.serials = ajo_limits::StateSerials::default();
    assert_eq!(without.compare_set(&LimitsState::default(), &prod), SetOrder::Newer);
}

#[test]
fn parts_form_the_state() {
    let state = example();
    let mut joined = LimitsState::default();
    for set in state.sets() {
        let part = state.part(&set);
        assert_eq!((part.configs.len(), part.sets().len()), (1, 1), "{set}");
        joined.replace_part(&set, &part);
    }
    assert_eq!(joined.to_json_string(), state.to_json_string());

    let mut other = state.clone();
    other.remove(&uid(1));
    let other = saved_over(&state, other);
    joined.replace_part(&set("prod"), &other);
    assert_eq!((joined.get(&uid(1)), joined.configs.len(), serials(&joined)), (None, 2, [2, 1, 1]));
}

#[test]
fn state_with_invalid_sandbox_is_rejected() {
    let text = example().to_json_string();
    assert_eq!(LimitsState::parse(&text).expect("valid").to_json_string(), text);
    for (old, new) in [(r#""sandbox": "dev""#, r#""sandbox": "../dev""#), (r#""dev": 1"#, r#""a/b": 1"#)] {
        assert!(text.contains(old), "{text}");
        let error = LimitsState::parse(&text.replace(old, new)).expect_err("invalid").to_string();
        assert!(error.starts_with("not a state file: `") && error.contains("sandbox name"), "{error}");
    }
}

#[test]
fn entries_move_to_another_file() {
    let mut state = example();
    assert_eq!(state.move_to_file("a.yaml", |managed| managed.uid == uid(2)), 1);
    assert_eq!(state.move_to_file("b.yaml", |managed| managed.file.as_deref() == Some(FILE)), 2);
    assert_eq!(state.move_to_file("b.yaml", |_| true), 1);
    assert!(state.configs.iter().all(|managed| managed.file.as_deref() == Some("b.yaml")));
}

#[test]
fn removal_is_all_or_nothing() {
    let mut state = example();
    assert_eq!(state.remove_all(&[uid(1), uid(8), uid(9)]), Err(vec![uid(8), uid(9)]));
    assert_eq!(state.configs.len(), 3);
    assert_eq!(state.remove_all(&[uid(1), uid(3), uid(1)]), Ok(()));
    assert_eq!(state.configs.len(), 1);
}

#[cfg(unix)]
#[test]
fn files_are_rebased() {
    for (from, to, file, expected) in [
        ("/r/limits", "/r", "prod.yaml", "limits/prod.yaml"),
        ("/r", "/r/limits", "limits/prod.yaml", "prod.yaml"),
        ("/r/limits", "/r/states/x", "../base/prod.yaml", "../../base/prod.yaml"),
        ("/a", "/b", "/c/prod.yaml", "../c/prod.yaml"),
        ("/r", "/s", "-", "-"),
    ] {
        let mut state = example();
        state.configs[0].file = Some(file.to_owned());
        state.configs[1].file = None;
        let before = state.clone();
        state.rebase_files(Path::new(from), Path::new(to));
        assert_eq!(state.configs[0].file.as_deref(), Some(expected), "{from} {to} {file}");
        assert_eq!(state.configs[1].file, None);
        if !file.starts_with('/') {
            state.rebase_files(Path::new(to), Path::new(from));
            assert_eq!(state, before, "{from} {to} {file}");
        }
    }
}
