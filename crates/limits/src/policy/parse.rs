//! Parses policy files.

use std::rc::Rc;

use jiff::Timestamp;

use super::check::{PatternRule, Policy};
use super::freeze_window::FreezeWindow;
use super::glob::Glob;
use super::maximum_rule::{EffectMaximum, MaximumRule};
use super::schema_types;
use crate::file::{
    FileDiagnostics, FileKind, SourceFile, SourceSpan, YamlNode, YamlValue, check_keys, check_version, parse_root,
    quote_excerpt, resolve_path,
};
use crate::{Digest, EffectMetric, FileDiagnostic};

/// The version of the policy file format.
pub(crate) const POLICY_FILE_VERSION: u64 = 1;

/// The keys of maximums of the effect on observed traffic, with the factor from their unit to the unit of the metric.
const EFFECT_MAXIMUMS: [(&str, EffectMetric, u64); 4] = [
    ("maxRejectedPerMinute", EffectMetric::RejectedPerMinute, 1),
    ("maxP95WaitSeconds", EffectMetric::P95Wait, 1000),
    ("maxDropped", EffectMetric::Dropped, 1),
    ("maxTimedOut", EffectMetric::TimedOut, 1),
];

const TYPE_CODE: &str = "AJO_LIMITS_TYPE";
const POLICY_FILE_CODE: &str = "AJO_LIMITS_POLICY_FILE";

impl Policy {
    /// Parses a policy file. Returns `None` if it contains an error, because a partial policy would allow too much.
    ///
    /// ```
    /// use ajo_limits::{Policy, file::SourceFile};
    ///
    /// let text = "version: 1\nrequireDeployed: true\n";
    /// let (policy, diagnostics) = Policy::parse(&SourceFile { name: "policy.yaml".to_owned(), content: text.to_owned() });
    /// assert!(policy.is_some() && diagnostics.is_empty());
    /// ```
    pub fn parse(source: &SourceFile) -> (Option<Self>, Vec<FileDiagnostic>) {
        let mut diagnostics = FileDiagnostics::default();
        let file: Rc<str> = source.name.as_str().into();
        let policy = parse_root(&file, &source.content, FileKind::Policy, &mut diagnostics).map(|root| {
            check_keys(&root, schema_types::POLICY_FILE_KEYS, &mut Vec::new(), &mut diagnostics);
            check_version(&root, POLICY_FILE_VERSION, &mut diagnostics);
            let mut parser = PolicyParser { diagnostics: &mut diagnostics };
            Self {
                name: source.name.clone(),
                digest: Digest::compute(&source.content),
                maximums: parser.parse_list(&root, "maximums", PolicyParser::parse_maximum),
                denied_hosts: parser
                    .parse_list(&root, "deniedHosts", |parser, node| parser.parse_pattern(node, Glob::for_host)),
                require_deployed: parser.parse_require_deployed(&root),
                freeze_windows: parser.parse_list(&root, "freezeWindows", PolicyParser::parse_freeze_window),
                observed: parser.parse_observed(&root, source),
            }
        });
        let policy = policy.filter(|_| !diagnostics.has_errors());
        (policy, diagnostics.into_sorted(std::slice::from_ref(&source.name)))
    }
}

struct PolicyParser<'f> {
    diagnostics: &'f mut FileDiagnostics,
}

impl PolicyParser<'_> {
    fn parse_list<T>(
        &mut self,
        root: &YamlNode,
        name: &str,
        parse_item: impl Fn(&mut Self, &YamlNode) -> Option<T>,
    ) -> Vec<T> {
        match root.get(name) {
            None | Some(YamlNode { value: YamlValue::Null, .. }) => Vec::new(),
            Some(YamlNode { value: YamlValue::Sequence(items), .. }) => {
                items.iter().filter_map(|item| parse_item(self, item)).collect()
            }
            Some(node) => {
                self.add_type_error(&format!("`{name}`"), "a list", node);
                Vec::new()
            }
        }
    }

    fn parse_require_deployed(&mut self, root: &YamlNode) -> Vec<PatternRule> {
        match root.get("requireDeployed") {
            Some(YamlNode { value: YamlValue::Bool(false), .. }) => Vec::new(),
            Some(YamlNode { value: YamlValue::Bool(true), span, .. }) => {
                vec![PatternRule { glob: Glob::for_url("*"), location: span.to_location() }]
            }
            Some(node) if !matches!(node.value, YamlValue::Sequence(_) | YamlValue::Null) => {
                self.add_type_error("`requireDeployed`", "true, false, or a list of URLs", node);
                Vec::new()
            }
            _ => self.parse_list(root, "requireDeployed", |parser, node| parser.parse_pattern(node, Glob::for_url)),
        }
    }

    /// The paths of one export or several.
    fn parse_observed(&mut self, root: &YamlNode, source: &SourceFile) -> Vec<String> {
        let parse_path = |parser: &mut Self, node: &YamlNode| {
            let path = node.as_str().filter(|path| !path.is_empty());
            if path.is_none() {
                parser.diagnostics.error(TYPE_CODE, &node.span, "a path must be a non-empty string");
            }
            path.map(|path| resolve_path(&source.name, path))
        };
        match root.get("observed") {
            Some(node) if node.as_str().is_some() => parse_path(self, node).into_iter().collect(),
            Some(node) if !matches!(node.value, YamlValue::Sequence(_) | YamlValue::Null) => {
                self.add_type_error("`observed`", "a path, or a list of paths", node);
                Vec::new()
            }
            _ => self.parse_list(root, "observed", parse_path),
        }
    }

    fn parse_pattern(&mut self, node: &YamlNode, glob: impl Fn(&str) -> Glob) -> Option<PatternRule> {
        let Some(text) = node.as_str().filter(|text| !text.is_empty()) else {
            self.diagnostics.error(TYPE_CODE, &node.span, "a pattern must be a non-empty string");
            return None;
        };
        Some(PatternRule { glob: glob(text), location: node.span.to_location() })
    }

    fn parse_maximum(&mut self, node: &YamlNode) -> Option<MaximumRule> {
        self.require_mapping("a maximum", node, schema_types::MAXIMUM_RULE_KEYS)?;
        let url = self.parse_string(node, "url");
        let [calls_per_second, http_connections, throughput] =
            ["maxCallsPerSecond", "maxHttpConnections", "maxThroughput"].map(|name| self.parse_count(node, name, 1));
        let effects = EFFECT_MAXIMUMS.iter().filter_map(|(name, metric, unit)| {
            let maximum = self.parse_count(node, name, 0)?.unsigned_abs().saturating_mul(*unit);
            Some(EffectMaximum { metric: *metric, maximum })
        });
        let effects = effects.collect();
        if schema_types::MAXIMUM_RULE_KEYS.iter().skip(1).all(|name| node.get(name).is_none_or(YamlNode::is_null)) {
            let [_, bounds @ ..] = schema_types::MAXIMUM_RULE_KEYS else { return None };
            self.diagnostics.error(POLICY_FILE_CODE, &node.span, "the maximum sets no bound").hint =
                Some(format!("set at least one of {}", bounds.join(", ")));
        }
        let location = node.span.to_location();
        Some(MaximumRule {
            url: Glob::for_url(&url?),
            max_calls_per_second: calls_per_second,
            max_http_connections: http_connections,
            max_throughput: throughput,
            effects,
            location,
        })
    }

    fn parse_freeze_window(&mut self, node: &YamlNode) -> Option<FreezeWindow> {
        self.require_mapping("a freeze window", node, schema_types::FREEZE_WINDOW_KEYS)?;
        let [from, to] = ["from", "to"].map(|name| self.parse_timestamp(node, name));
        let reason = self.parse_string(node, "reason");
        let (from, to) = (from?, to?);
        if from >= to {
            self.diagnostics.error(POLICY_FILE_CODE, &node.span, "the freeze window must end after it starts");
            return None;
        }
        Some(FreezeWindow { from, to, reason: reason?, location: node.span.to_location() })
    }

    /// Reports an error and returns `None` unless the node is a mapping; also checks its keys.
    fn require_mapping(&mut self, what: &str, node: &YamlNode, keys: &[&str]) -> Option<()> {
        if node.as_mapping().is_none() {
            self.add_type_error(what, "a mapping", node);
            return None;
        }
        check_keys(node, keys, &mut Vec::new(), self.diagnostics);
        Some(())
    }

    fn parse_string(&mut self, node: &YamlNode, name: &str) -> Option<String> {
        let (value, span) = self.required_value(node, name)?;
        let text = value.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.diagnostics.error(TYPE_CODE, span, format!("`{name}` must be a non-empty string"));
        }
        text.map(str::to_owned)
    }

    fn parse_timestamp(&mut self, node: &YamlNode, name: &str) -> Option<Timestamp> {
        let (value, span) = self.required_value(node, name)?;
        let timestamp = value.as_str().and_then(|text| text.parse().ok());
        if timestamp.is_none() {
            let message = format!("`{}` is not an RFC 3339 timestamp", quote_excerpt(&value.to_key_string()));
            self.diagnostics.error(POLICY_FILE_CODE, span, message).hint =
                Some("write it like 2026-11-26T00:00:00Z".to_owned());
        }
        timestamp
    }

    fn required_value<'n>(&mut self, node: &'n YamlNode, name: &str) -> Option<(&'n YamlNode, &'n SourceSpan)> {
        let value = node.get(name);
        if value.is_none() {
            self.diagnostics.error(POLICY_FILE_CODE, &node.span, format!("`{name}` is missing"));
        }
        value.map(|value| (value, &value.span))
    }

    fn parse_count(&mut self, node: &YamlNode, name: &str, minimum: i64) -> Option<i64> {
        let value = node.get(name).filter(|value| !value.is_null())?;
        let count = if let YamlValue::Number(number) = &value.value {
            number.as_i64().filter(|count| *count >= minimum)
        } else {
            None
        };
        if count.is_none() {
            let message = format!("`{name}` must be an integer >= {minimum}");
            self.diagnostics.error(TYPE_CODE, &value.span, message);
        }
        count
    }

    fn add_type_error(&mut self, what: &str, expected: &str, node: &YamlNode) {
        self.diagnostics.error(TYPE_CODE, &node.span, format!("{what} must be {expected}, not {}", node.type_name()));
    }
}
