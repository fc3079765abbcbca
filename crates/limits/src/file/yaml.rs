//! The one module that knows the YAML parser.

use std::fmt;
use std::rc::Rc;

use ajo_engine::untrusted_text::escape;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{
    DuplicateKeyPolicy, Error, Location, MergeKeyPolicy, MessageFormatter as _, NonFiniteFloatPolicy, Options, Spanned,
    UserMessageFormatter,
};

use super::node::{Is, Node};
use super::span::{Mark, Marks};

/// Most bytes of a file. Chosen here: a thousand limits are 300 KB.
const MAX_LENGTH: usize = 4 * 1024 * 1024;
/// Deepest nesting, a count. Chosen here: a limits file has six levels, and each takes 40 KB of the stack in a debug build.
const MAX_DEPTH: usize = 16;
/// Most values and names of a file, with what aliases repeat. Chosen here: a thousand limits are 20,000.
const MAX_NODES: usize = 400_000;

/// Why a text is no YAML document that can be used.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) mark: Mark,
}

/// Reads the one document of a text. Of an empty one it is nothing.
pub(crate) fn parse(file: &Rc<str>, text: &str) -> Result<Node, Problem> {
    let problem = |message: String| Problem { message, mark: Mark::start(file) };
    if text.len() > MAX_LENGTH {
        return Err(problem(format!("the file is longer than {} MiB", MAX_LENGTH / 1024 / 1024)));
    }
    if text.contains('\0') {
        return Err(problem("the file is binary and no text".to_owned()));
    }
    let marks = Marks::new(file, text);
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options()) {
        Ok(raw) => Ok(node(raw, &marks)),
        Err(error) => {
            let mark = error.location().map_or_else(|| Mark::start(file), |location| mark(location, &marks));
            Err(Problem { message: said(&error), mark })
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            // One anchor that a thousand limits use is no attack; what aliases repeat is bounded by itself.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
        emit_comments: false,
        // Found here, so that all are found, each with both places.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        // YAML 1.2: `on` and `no` are texts.
        strict_booleans: true,
        // `!include` would be read as the text after it.
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// A value as the parser gives it.
enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        // It is too large for every number that a limits file has, and stays a number.
        Ok(Number::from_i128(value).map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Number::from_u128(value).map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Number::from_f64(value).map_or_else(|| Raw::Text(value.to_string()), Raw::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

fn node(raw: Spanned<Raw>, marks: &Marks<'_>) -> Node {
    let mark = mark(raw.defined, marks);
    let used = if raw.referenced == raw.defined { mark.clone() } else { self::mark(raw.referenced, marks) };
    let is = match raw.value {
        Raw::Null => Is::Null,
        Raw::Bool(value) => Is::Bool(value),
        Raw::Number(number) => Is::Number(number),
        Raw::Text(text) => Is::Text(text),
        Raw::List(items) => Is::List(items.into_iter().map(|item| node(item, marks)).collect()),
        Raw::Map(map) => {
            Is::Map(map.into_iter().map(|(name, value)| (node(name, marks), node(value, marks))).collect())
        }
    };
    Node { is, mark, used }
}

fn mark(location: Location, marks: &Marks<'_>) -> Mark {
    let index = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), length) => {
            let start = index(start);
            marks.between(start, start.saturating_add(index(length.unwrap_or_default())))
        }
        (None, _) => marks.at(index(location.line()), index(location.column())),
    }
}

/// What is wrong, in the parser's words where these are not about its own options.
fn said(error: &Error) -> String {
    match error.without_snippet() {
        Error::AliasError { error, .. } => said(error),
        Error::MultipleDocuments { .. } => "a second document begins here (`---`), and one is expected".to_owned(),
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            format!("it is nested deeper than {MAX_DEPTH} levels")
        }
        Error::Budget { .. } | Error::AliasReplayLimitExceeded { .. } | Error::AliasReplayStackDepthExceeded { .. } => {
            format!("the file has more than {MAX_NODES} values and names, with what its aliases repeat")
        }
        error => escape(&UserMessageFormatter.format_message(error)),
    }
}

#[cfg(test)]
mod tests;
