//! How a configuration differs, in parts that are told apart: what is saved, and what limits.

use ajo_core::Verb;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Change, Drift, Edit, InForce, Kind};
use serde_json::Value;

/// One comparison.
pub(super) struct Part {
    /// What is compared with what.
    pub(super) title: &'static str,
    /// How the two values of a line are told.
    relation: Relation,
    /// The fields that differ.
    lines: Vec<Line>,
}

/// How the two values of a line belong together. Arrows are for what a plan will do, and only for that.
#[derive(Clone, Copy)]
enum Relation {
    /// There is only one.
    Alone,
    /// The first becomes the second.
    Becomes,
    /// Each is somewhere.
    Places(&'static str, &'static str),
}

/// A field that differs. Its texts are harmless already.
struct Line {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

/// What a change changes, and what it found.
pub(super) fn of_change(change: &Change) -> Vec<Part> {
    let limits = |standing: &Option<ajo_limits::Standing>| standing.as_ref().map(ajo_limits::Standing::is_deployed);
    let deployed = Line::new("deployed", limits(&change.before), limits(&change.after));
    let mut fields = lines(&change.edits);
    if let Kind::Create | Kind::Delete = change.kind {
        fields.push(deployed);
        let title = if change.kind == Kind::Create { "new" } else { "goes" };
        return vec![Part { title, relation: Relation::Alone, lines: fields }];
    }
    let in_force = match &change.before {
        Some(before) if before.in_force == InForce::Unknown => {
            let hidden = Some("the service does not show it".to_owned());
            (Relation::Alone, vec![Line { field: "deployed definition".to_owned(), before: None, after: hidden }])
        }
        Some(before) => (SAVED_AND_DEPLOYED, lines(&before.live_edits())),
        None => (SAVED_AND_DEPLOYED, Vec::new()),
    };
    let whether = if deployed.before == deployed.after { Vec::new() } else { vec![deployed] };
    filled([
        Part { title: "saved -> file", relation: Relation::Becomes, lines: fields },
        Part { title: SAVED_AGAINST_DEPLOYED, relation: in_force.0, lines: in_force.1 },
        Part { title: "limits", relation: Relation::Becomes, lines: whether },
    ])
}

/// What a drift is.
pub(super) fn of_drift(drift: &Drift) -> Vec<Part> {
    let deployed = drift.deployed.map(|deployed| Line::new("deployed", Some(deployed.wanted), Some(deployed.is)));
    let with_file = Relation::Places("in the file", "saved");
    let whether = Relation::Places("in the file", "at the service");
    filled([
        Part { title: "file against saved", relation: with_file, lines: lines(&drift.saved) },
        Part { title: SAVED_AGAINST_DEPLOYED, relation: SAVED_AND_DEPLOYED, lines: lines(&drift.in_force) },
        Part { title: "limits", relation: whether, lines: deployed.into_iter().collect() },
    ])
}

const SAVED_AGAINST_DEPLOYED: &str = "saved against deployed";
const SAVED_AND_DEPLOYED: Relation = Relation::Places("saved", "deployed");

/// What has to be known of a change beside its fields.
pub(super) fn warning(change: &Change) -> Option<&'static str> {
    change.is_redeployed().then_some("nothing limits between undeploy and deploy")
}

/// The names of calls.
pub(super) fn calls<'v>(steps: impl IntoIterator<Item = &'v Verb>) -> String {
    let names: Vec<_> = steps.into_iter().map(|step| step.as_str()).collect();
    names.join(", ")
}

impl Line {
    fn new(field: &str, before: Option<bool>, after: Option<bool>) -> Self {
        let text = |value: Option<bool>| value.map(|value| value.to_string());
        Self { field: field.to_owned(), before: text(before), after: text(after) }
    }
}

impl Part {
    /// Each field with its values, in a line.
    pub(super) fn told(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|Line { field, before, after }| {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
            match self.relation {
                Relation::Alone => format!("{field}: {}", value(if after.is_some() { after } else { before })),
                Relation::Becomes => format!("{field}: {} -> {}", value(before), value(after)),
                Relation::Places(one, other) => format!("{field}: {one} {}, {other} {}", value(before), value(after)),
            }
        })
    }

    /// Each value in a line of its own, with the sign of a diff at its beginning.
    pub(super) fn signed(&self) -> impl Iterator<Item = String> {
        let (one, other) = match self.relation {
            Relation::Places(one, other) => (format!(" ({one})"), format!(" ({other})")),
            Relation::Alone | Relation::Becomes => (String::new(), String::new()),
        };
        self.lines.iter().flat_map(move |Line { field, before, after }| {
            let gone = before.as_ref().map(|value| format!("- {field}: {value}{one}"));
            gone.into_iter().chain(after.as_ref().map(|value| format!("+ {field}: {value}{other}")))
        })
    }
}

fn lines(edits: &[Edit]) -> Vec<Line> {
    let value = |value: &Value| (!value.is_null()).then(|| escape(&value.to_string()));
    edits
        .iter()
        .map(|edit| Line { field: escape(&edit.field), before: value(&edit.before), after: value(&edit.after) })
        .collect()
}

fn filled<const N: usize>(parts: [Part; N]) -> Vec<Part> {
    parts.into_iter().filter(|part| !part.lines.is_empty()).collect()
}
