//! Differences of a configuration, in sections: saved definition, live definition, and deployment.

use ajo_core::Verb;
use ajo_limits::{Action, ConfigChange, ConfigDrift, FieldDiff, LiveState};
use serde_json::Value;

use crate::safe_text::{SafeText, safe};

/// The result of one comparison.
pub(super) struct DiffSection {
    pub(super) title: &'static str,
    relation: ValueRelation,
    lines: Vec<FieldLine>,
}

/// How the two values of a line are related. Only planned changes use arrows.
#[derive(Clone, Copy)]
enum ValueRelation {
    /// There is only one value.
    Single,
    /// The plan replaces the first value with the second.
    OldToNew,
    /// Both values exist, at the two named locations.
    SideBySide(&'static str, &'static str),
}

/// A field that differs.
struct FieldLine {
    field: SafeText,
    before: Option<SafeText>,
    after: Option<SafeText>,
}

/// The sections for a planned change.
pub(super) fn change_sections(change: &ConfigChange) -> Vec<DiffSection> {
    let is_deployed =
        |state: &Option<ajo_limits::DeployState>| state.as_ref().map(ajo_limits::DeployState::is_deployed);
    let deployed = FieldLine::new("deployed", is_deployed(&change.before), is_deployed(&change.after));
    let mut fields = diff_lines(&change.field_diffs);
    if let Action::Create | Action::Delete = change.action {
        fields.push(deployed);
        let title = if change.action == Action::Create { "new" } else { "removed" };
        return vec![DiffSection { title, relation: ValueRelation::Single, lines: fields }];
    }
    let live = match &change.before {
        Some(before) if before.live == LiveState::Unknown => {
            let hidden = Some("not shown by the service".into());
            (
                ValueRelation::Single,
                vec![FieldLine { field: "deployed definition".into(), before: None, after: hidden }],
            )
        }
        Some(before) => (SAVED_AND_DEPLOYED, diff_lines(&before.live_diffs())),
        None => (SAVED_AND_DEPLOYED, Vec::new()),
    };
    let deployment = if deployed.before == deployed.after { Vec::new() } else { vec![deployed] };
    non_empty([
        DiffSection { title: "saved -> file", relation: ValueRelation::OldToNew, lines: fields },
        DiffSection { title: SAVED_VS_DEPLOYED, relation: live.0, lines: live.1 },
        DiffSection { title: "deployment", relation: ValueRelation::OldToNew, lines: deployment },
        DiffSection {
            title: "kept, not in the file",
            relation: ValueRelation::Single,
            lines: diff_lines(&change.preserved_fields),
        },
    ])
}

/// The sections for a drift.
pub(super) fn drift_sections(drift: &ConfigDrift) -> Vec<DiffSection> {
    let deployed = drift
        .deploy_mismatch
        .map(|deployed| FieldLine::new("deployed", Some(deployed.expected), Some(deployed.actual)));
    let with_file = ValueRelation::SideBySide("in the file", "saved");
    let deployment = ValueRelation::SideBySide("in the file", "at the service");
    non_empty([
        DiffSection { title: "file vs. saved", relation: with_file, lines: diff_lines(&drift.saved_diffs) },
        DiffSection { title: SAVED_VS_DEPLOYED, relation: SAVED_AND_DEPLOYED, lines: diff_lines(&drift.live_diffs) },
        DiffSection { title: "deployment", relation: deployment, lines: deployed.into_iter().collect() },
    ])
}

const SAVED_VS_DEPLOYED: &str = "saved vs. deployed";
const SAVED_AND_DEPLOYED: ValueRelation = ValueRelation::SideBySide("saved", "deployed");

/// How a change that replaces a live definition affects the limit.
pub(super) fn redeploy_note(change: &ConfigChange) -> Option<&'static str> {
    change
        .is_redeployed()
        .then_some("the old limit stays live until the new one is; a gap is possible only if the service refuses that")
}

/// What another URL or other methods mean for the limit.
pub(super) fn change_effects(change: &ConfigChange) -> Vec<SafeText> {
    let renamed = change.previous_key.as_ref().map(|key| safe!("it was {} before", key));
    renamed.into_iter().chain(change.effects().iter().map(SafeText::escape)).collect()
}

/// Joins the names of calls.
pub(super) fn join_verbs<'v>(steps: impl IntoIterator<Item = &'v Verb>) -> SafeText {
    SafeText::join(steps.into_iter().map(|step| SafeText::from(step.as_str())), ", ")
}

impl FieldLine {
    fn new(field: &'static str, before: Option<bool>, after: Option<bool>) -> Self {
        let text = |value: Option<bool>| value.map(|value| SafeText::escape(&value));
        Self { field: field.into(), before: text(before), after: text(after) }
    }
}

impl DiffSection {
    /// One line per field, with its values.
    pub(super) fn field_lines(&self) -> impl Iterator<Item = SafeText> {
        self.lines.iter().map(|FieldLine { field, before, after }| {
            let value = |value: &Option<SafeText>| value.clone().unwrap_or_else(|| "not set".into());
            match self.relation {
                ValueRelation::Single => safe!("{}: {}", field, value(if after.is_some() { after } else { before })),
                ValueRelation::OldToNew => safe!("{}: {} -> {}", field, value(before), value(after)),
                ValueRelation::SideBySide(one, other) => {
                    safe!("{}: {} {}, {} {}", field, one, value(before), other, value(after))
                }
            }
        })
    }

    /// One line per value, with the sign of a unified diff.
    pub(super) fn unified_diff_lines(&self) -> impl Iterator<Item = SafeText> {
        let (one, other) = match self.relation {
            ValueRelation::SideBySide(one, other) => (safe!(" ({})", one), safe!(" ({})", other)),
            ValueRelation::Single | ValueRelation::OldToNew => (SafeText::default(), SafeText::default()),
        };
        self.lines.iter().flat_map(move |FieldLine { field, before, after }| {
            let removed = before.as_ref().map(|value| safe!("- {}: {}{}", field, value, one));
            removed.into_iter().chain(after.as_ref().map(|value| safe!("+ {}: {}{}", field, value, other)))
        })
    }
}

fn diff_lines(edits: &[FieldDiff]) -> Vec<FieldLine> {
    let value = |value: &Value| (!value.is_null()).then(|| SafeText::escape(value));
    edits
        .iter()
        .map(|edit| FieldLine {
            field: SafeText::escape(&edit.field),
            before: value(&edit.before),
            after: value(&edit.after),
        })
        .collect()
}

fn non_empty<const N: usize>(parts: [DiffSection; N]) -> Vec<DiffSection> {
    parts.into_iter().filter(|part| !part.lines.is_empty()).collect()
}
