//! Wraps the YAML parser; no other module uses it directly.

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

use super::parse_error_cause::find_cause;
use super::source_span::{LineIndex, SourceSpan};
use super::yaml_node::{YamlNode, YamlValue};

/// The maximum file size in bytes. A thousand limits take 300 KB.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The maximum nesting depth. A limits file has six levels, and each takes 40 KB of stack in a debug build.
const MAX_DEPTH: usize = 16;
/// The maximum number of values and keys, counting alias expansions. A thousand limits have 20,000.
const MAX_NODES: usize = 400_000;

/// Why a text is not a usable YAML document.
#[derive(Debug, PartialEq)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    pub(crate) span: SourceSpan,
}

/// Parses a file with a single document. An empty file is null.
pub(crate) fn parse_yaml(file: &Rc<str>, text: &str) -> Result<YamlNode, YamlError> {
    let file_error = |message: String| YamlError { message, span: SourceSpan::file_start(file) };
    if text.len() > MAX_BYTES {
        return Err(file_error(format!("the file is longer than {} MiB", MAX_BYTES / 1024 / 1024)));
    }
    if text.contains('\0') {
        // Without a byte order mark, ASCII letters in UTF-16 are valid UTF-8.
        let is_utf16 =
            text.len() > 3 && text.bytes().skip(usize::from(!text.starts_with('\0'))).step_by(2).all(|it| it == 0);
        let problem = if is_utf16 { "the file is UTF-16 text; save it as UTF-8" } else { "the file is binary" };
        return Err(file_error(problem.to_owned()));
    }
    let line_index = LineIndex::new(file, text);
    match serde_saphyr::from_str_with_options::<Spanned<RawYaml>>(text, parser_options()) {
        Ok(raw) => Ok(to_node(raw, &line_index)),
        Err(error) => {
            let span = error.location().map_or_else(|| SourceSpan::file_start(file), |it| to_span(it, &line_index));
            let message = error_message(&error);
            let (message, span) = find_cause(&line_index, text, &message, span.line).unwrap_or((message, span));
            Err(YamlError { message, span })
        }
    }
}

fn parser_options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            // A thousand limits may use one anchor; alias expansion has its own limit.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
        emit_comments: false,
            // `normalize` reports all duplicates, each with both positions.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
            // YAML 1.2: `on` and `no` are strings.
        strict_booleans: true,
            // Otherwise `!include` would be read as the string after it.
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// A value as returned by the parser.
enum RawYaml {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Sequence(Vec<Spanned<RawYaml>>),
    Mapping(Vec<(Spanned<RawYaml>, Spanned<RawYaml>)>),
}

impl<'de> Deserialize<'de> for RawYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawYamlVisitor)
    }
}

struct RawYamlVisitor;

impl<'de> Visitor<'de> for RawYamlVisitor {
    type Value = RawYaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<RawYaml, E> {
        Ok(RawYaml::Null)
    }

    fn visit_none<E>(self) -> Result<RawYaml, E> {
        Ok(RawYaml::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawYaml, D::Error> {
        RawYaml::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawYaml, D::Error> {
        RawYaml::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawYaml, E> {
        Ok(RawYaml::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawYaml, E> {
        Ok(RawYaml::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawYaml, E> {
        Ok(RawYaml::Number(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<RawYaml, E> {
        // Too large for any field of a limits file, but still a number.
        Ok(Number::from_i128(value).map_or_else(|| RawYaml::String(value.to_string()), RawYaml::Number))
    }

    fn visit_u128<E>(self, value: u128) -> Result<RawYaml, E> {
        Ok(Number::from_u128(value).map_or_else(|| RawYaml::String(value.to_string()), RawYaml::Number))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RawYaml, E> {
        Ok(Number::from_f64(value).map_or_else(|| RawYaml::String(value.to_string()), RawYaml::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<RawYaml, E> {
        Ok(RawYaml::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<RawYaml, E> {
        Ok(RawYaml::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawYaml, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawYaml::Sequence(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawYaml, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(RawYaml::Mapping(map))
    }
}

fn to_node(raw: Spanned<RawYaml>, line_index: &LineIndex<'_>) -> YamlNode {
    let span = to_span(raw.defined, line_index);
    let reference_span = if raw.referenced == raw.defined { span.clone() } else { to_span(raw.referenced, line_index) };
    let value = match raw.value {
        RawYaml::Null => YamlValue::Null,
        RawYaml::Bool(value) => YamlValue::Bool(value),
        RawYaml::Number(number) => YamlValue::Number(number),
        RawYaml::String(text) => YamlValue::String(text),
        RawYaml::Sequence(items) => {
            YamlValue::Sequence(items.into_iter().map(|item| to_node(item, line_index)).collect())
        }
        RawYaml::Mapping(map) => YamlValue::Mapping(
            map.into_iter().map(|(name, value)| (to_node(name, line_index), to_node(value, line_index))).collect(),
        ),
    };
    YamlNode { value, span, reference_span }
}

fn to_span(location: Location, line_index: &LineIndex<'_>) -> SourceSpan {
    let index = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), length) => {
            let start = index(start);
            line_index.byte_span(start, start.saturating_add(index(length.unwrap_or_default())))
        }
        (None, _) => line_index.line_column_span(index(location.line()), index(location.column())),
    }
}

/// The parser's message, unless it would mention parser options that the user does not know.
fn error_message(error: &Error) -> String {
    match error.without_snippet() {
        Error::AliasError { error, .. } => error_message(error),
        Error::MultipleDocuments { .. } => "expected a single document, but another one starts here (`---`)".to_owned(),
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            format!("nested deeper than {MAX_DEPTH} levels")
        }
        Error::Budget { .. } | Error::AliasReplayLimitExceeded { .. } | Error::AliasReplayStackDepthExceeded { .. } => {
            format!("the file has more than {MAX_NODES} values and keys, counting alias expansions")
        }
        error => {
            let message = escape(&UserMessageFormatter.format_message(error));
            if message.contains("expected <document start>") {
                return "expected a single document, but more text follows it".to_owned();
            }
            message
        }
    }
}

#[cfg(test)]
mod tests;
