//! A document as it is read on: merge keys merged, names told apart, and places that show something.

use std::collections::HashMap;

use super::findings::{Findings, quote};
use super::node::{Is, Map, Node};
use super::span::Mark;

/// Merges `<<`, finds names that stand twice, and gives what has no text of its own a place that can be shown.
pub(crate) fn normalize(node: &mut Node, findings: &mut Findings) {
    match &mut node.is {
        Is::List(items) => items.iter_mut().for_each(|item| normalize(item, findings)),
        Is::Map(map) => {
            for (name, value) in map.iter_mut() {
                normalize(value, findings);
                if value.is_null() && value.mark.bytes.0 == value.mark.bytes.1 {
                    (value.mark, value.used) = (name.mark.clone(), name.used.clone());
                }
            }
            duplicate_keys(map, findings);
            merge(map, findings);
        }
        _ => {}
    }
    first_line(node);
}

/// The first of names that stand twice is kept.
fn duplicate_keys(map: &mut Map, findings: &mut Findings) {
    let mut seen: HashMap<String, Mark> = HashMap::new();
    map.retain(|(name, _)| {
        let shown = name.shown();
        if let Some(first) = seen.get(&shown) {
            let message = format!("`{}` stands here twice; first at {}", quote(&shown), first.place());
            findings.error("AJO_LIMITS_DUPLICATE_KEY", &name.mark, message);
            return false;
        }
        seen.insert(shown, name.mark.clone());
        true
    });
}

/// What `<<` brings in, where nothing is said beside it; of several, the first says it.
fn merge(map: &mut Map, findings: &mut Findings) {
    let Some(at) = map.iter().position(|(name, _)| name.text() == Some("<<")) else { return };
    let (_, merged) = map.remove(at);
    let (mark, others) = (merged.used.clone(), if let Is::List(items) = merged.is { items } else { vec![merged] });
    for other in others {
        let Is::Map(other) = other.is else {
            findings.error("AJO_LIMITS_YAML", &mark, "`<<` takes a mapping, or a list of mappings");
            continue;
        };
        for (name, value) in other {
            if !map.iter().any(|(known, _)| known.shown() == name.shown()) {
                map.push((name, value));
            }
        }
    }
}

/// Of a map or a list the parser marks one character; its first line says more.
fn first_line(node: &mut Node) {
    if !matches!(node.is, Is::List(_) | Is::Map(_)) {
        return;
    }
    if let Some(whole) = last_on_line(node, &node.mark).and_then(|last| node.mark.until(last)) {
        if node.used == node.mark {
            node.used = whole.clone();
        }
        node.mark = whole;
    }
}

/// The last text within that begins on the line of a mark.
fn last_on_line<'n>(node: &'n Node, start: &Mark) -> Option<&'n Mark> {
    if node.mark.line != start.line {
        return None;
    }
    let inner = match &node.is {
        Is::List(items) => items.iter().rev().find_map(|item| last_on_line(item, start)),
        Is::Map(map) => {
            let of = |(name, value): &'n (Node, Node)| last_on_line(value, start).or_else(|| last_on_line(name, start));
            map.iter().rev().find_map(of)
        }
        _ => None,
    };
    inner.or(Some(&node.mark))
}
