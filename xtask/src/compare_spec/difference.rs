//! One difference between two shapes.

use std::collections::BTreeSet;
use std::fmt;

use super::shape::{Content, Kind, Shape};

/// A difference: where, and what. Both are compared as text with what is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) place: String,
    pub(super) what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// What two shapes have in common, counted, and where they differ.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) operations: usize,
    pub(super) parameters: usize,
    pub(super) bodies: usize,
    pub(super) fields: usize,
    pub(super) differences: Vec<Difference>,
}

impl Comparison {
    fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Operation => self.operations += 1,
            Kind::Parameter => self.parameters += 1,
            Kind::Body => self.bodies += 1,
            Kind::Field => self.fields += 1,
        }
    }
}

/// Compares place by place; the differences come out sorted by place. Below a place that one side lacks, or that has
/// another type there, nothing is compared.
pub(super) fn between(ours: &Shape, theirs: &Shape) -> Comparison {
    let mut comparison = Comparison::default();
    let mut closed: BTreeSet<&str> = BTreeSet::new();
    let places: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    // A parent's place is shorter than those of its parts, so it is seen before them.
    let mut places: Vec<&String> = places.into_iter().collect();
    places.sort_by_key(|place| (depth(place, ours, theirs), (*place).clone()));
    for place in places {
        let parent = ours.get(place).or_else(|| theirs.get(place)).and_then(|part| part.parent.as_deref());
        if parent.is_some_and(|parent| closed.contains(parent)) {
            closed.insert(place);
            continue;
        }
        if let Some(part) = ours.get(place).filter(|_| theirs.contains_key(place)) {
            comparison.count(part.kind);
        }
        let mut add = |what: String| comparison.differences.push(Difference { place: place.clone(), what });
        match (ours.get(place), theirs.get(place)) {
            (Some(ours), Some(theirs)) => {
                if contents(&ours.content, &theirs.content, &mut add) {
                    closed.insert(place);
                }
            }
            (Some(_), None) => {
                add("only ours".to_owned());
                closed.insert(place);
            }
            (None, Some(theirs)) => {
                // Said here, because below an explained place nothing else would tell that it came to be required.
                let required = if theirs.content.required == Some(true) { ", required" } else { "" };
                add(format!("only theirs{required}"));
                closed.insert(place);
            }
            (None, None) => {}
        }
    }
    comparison.differences.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
    comparison
}

/// How many parents a place has.
fn depth(place: &str, ours: &Shape, theirs: &Shape) -> usize {
    let parent = |place: &str| ours.get(place).or_else(|| theirs.get(place)).and_then(|part| part.parent.clone());
    std::iter::successors(parent(place), |place| parent(place)).count()
}

/// Compares two contents; says whether they have another type.
fn contents(ours: &Content, theirs: &Content, add: &mut impl FnMut(String)) -> bool {
    let other_type = ours.types != theirs.types;
    if other_type {
        add(format!("type: ours {}, theirs {}", ours.types, theirs.types));
    }
    if let (Some(ours), Some(theirs)) = (ours.required, theirs.required)
        && ours != theirs
    {
        let said = |required: bool| if required { "yes" } else { "no" };
        add(format!("required: ours {}, theirs {}", said(ours), said(theirs)));
    }
    let none = BTreeSet::new();
    let (our_values, their_values) = (ours.values.as_ref().unwrap_or(&none), theirs.values.as_ref().unwrap_or(&none));
    let only = |side: &str, some: &BTreeSet<String>, others: &BTreeSet<String>| {
        let only: Vec<&str> = some.difference(others).map(String::as_str).collect();
        (!only.is_empty()).then(|| format!("only {side} {}", only.join(" ")))
    };
    let values: Vec<String> = [only("ours", our_values, their_values), only("theirs", their_values, our_values)]
        .into_iter()
        .flatten()
        .collect();
    if !values.is_empty() {
        add(format!("values: {}", values.join(", ")));
    }
    other_type
}
