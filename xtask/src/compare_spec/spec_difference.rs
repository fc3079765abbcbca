//! Compares two flattened specs.

use std::collections::BTreeSet;
use std::fmt;

use super::spec_shape::{PartContent, PartKind, SpecShape};

/// A difference at one location. An explanation must have the same two fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpecDifference {
    pub(super) location: String,
    pub(super) description: String,
}

impl fmt::Display for SpecDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.description)
    }
}

/// The number of compared parts, and the differences.
#[derive(Debug, Default)]
pub(super) struct SpecComparison {
    pub(super) operations: usize,
    pub(super) parameters: usize,
    pub(super) bodies: usize,
    pub(super) fields: usize,
    pub(super) differences: Vec<SpecDifference>,
}

impl SpecComparison {
    fn count(&mut self, kind: PartKind) {
        match kind {
            PartKind::Operation => self.operations += 1,
            PartKind::Parameter => self.parameters += 1,
            PartKind::Body => self.bodies += 1,
            PartKind::Field => self.fields += 1,
        }
    }
}

/// Compares two specs by location and returns the differences in that order. Nothing is compared below a location that is missing on
/// one side or has a different type.
pub(super) fn compare_shapes(local: &SpecShape, upstream: &SpecShape) -> SpecComparison {
    let mut comparison = SpecComparison::default();
    let mut closed: BTreeSet<&str> = BTreeSet::new();
    let locations: BTreeSet<&String> = local.keys().chain(upstream.keys()).collect();
    // Parents come before their parts.
    let mut locations: Vec<&String> = locations.into_iter().collect();
    locations.sort_by_key(|location| (depth(location, local, upstream), (*location).clone()));
    for location in locations {
        let parent = local.get(location).or_else(|| upstream.get(location)).and_then(|part| part.parent.as_deref());
        if parent.is_some_and(|parent| closed.contains(parent)) {
            closed.insert(location);
            continue;
        }
        if let Some(part) = local.get(location).filter(|_| upstream.contains_key(location)) {
            comparison.count(part.kind);
        }
        let mut add = |description: String| {
            comparison.differences.push(SpecDifference { location: location.clone(), description });
        };
        match (local.get(location), upstream.get(location)) {
            (Some(local), Some(upstream)) => {
                if compare_contents(&local.content, &upstream.content, &mut add) {
                    closed.insert(location);
                }
            }
            (Some(_), None) => {
                add("only local".to_owned());
                closed.insert(location);
            }
            (None, Some(upstream)) => {
                // Part of the description, so a field that becomes required needs a new explanation.
                let required = if upstream.content.required == Some(true) { ", required" } else { "" };
                add(format!("only upstream{required}"));
                closed.insert(location);
            }
            (None, None) => {}
        }
    }
    comparison.differences.sort_by(|a, b| (&a.location, &a.description).cmp(&(&b.location, &b.description)));
    comparison
}

/// The number of parents of a location.
fn depth(location: &str, local: &SpecShape, upstream: &SpecShape) -> usize {
    let parent =
        |location: &str| local.get(location).or_else(|| upstream.get(location)).and_then(|part| part.parent.clone());
    std::iter::successors(parent(location), |location| parent(location)).count()
}

/// Compares two contents and returns whether their types differ.
fn compare_contents(local: &PartContent, upstream: &PartContent, add: &mut impl FnMut(String)) -> bool {
    let other_type = local.types != upstream.types;
    if other_type {
        add(format!("type: local {}, upstream {}", local.types, upstream.types));
    }
    if let (Some(local), Some(upstream)) = (local.required, upstream.required)
        && local != upstream
    {
        let yes_no = |required: bool| if required { "yes" } else { "no" };
        add(format!("required: local {}, upstream {}", yes_no(local), yes_no(upstream)));
    }
    let none = BTreeSet::new();
    let (our_values, their_values) =
        (local.values.as_ref().unwrap_or(&none), upstream.values.as_ref().unwrap_or(&none));
    let only = |side: &str, values: &BTreeSet<String>, others: &BTreeSet<String>| {
        let only: Vec<&str> = values.difference(others).map(String::as_str).collect();
        (!only.is_empty()).then(|| format!("only {side} {}", only.join(" ")))
    };
    let values: Vec<String> = [only("local", our_values, their_values), only("upstream", their_values, our_values)]
        .into_iter()
        .flatten()
        .collect();
    if !values.is_empty() {
        add(format!("values: {}", values.join(", ")));
    }
    other_type
}
