//! Substitutes `${NAME}` in the strings of a file.

use ajo_core::rules::{describe_character, is_invisible};
use ajo_engine::Secret;

use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::source_span::{LineIndex, SourceSpan};
use super::yaml_node::{YamlNode, YamlValue};
use crate::SecretValues;
use crate::secrets::MIN_SECRET_LENGTH;

pub(crate) const CODE: &str = "AJO_LIMITS_VARIABLE";

/// Prefixes of the variables that hold credentials. Values in a limits file are shown in reviews, so these are rejected.
const RESERVED_PREFIXES: [&str; 3] = ["AJO_", "IMS_", "AIO_"];

/// A shorter secret of the credentials is found only if it is the whole value: another value may contain it by coincidence.
const MIN_CREDENTIAL_LENGTH: usize = 8;

/// Resolves the declared variables and secrets.
pub(crate) struct VariableResolver<'v> {
    pub(crate) declared: Vec<String>,
    /// The names under `secrets`.
    pub(crate) declared_secrets: Vec<String>,
    /// Whether secrets can be used here: only in limits.
    pub(crate) accepts_secrets: bool,
    pub(crate) lookup: &'v dyn Fn(&str) -> Option<String>,
    /// Values that must not be printed.
    pub(crate) secrets: &'v [Secret],
}

impl VariableResolver<'_> {
    /// Substitutes the variables in every string of a value. The strings are already parsed, so a value cannot change the
    /// structure of the file.
    pub(crate) fn substitute(&self, node: &mut YamlNode, lines: &LineIndex<'_>, diagnostics: &mut FileDiagnostics) {
        match &mut node.value {
            YamlValue::Sequence(items) => items.iter_mut().for_each(|item| self.substitute(item, lines, diagnostics)),
            YamlValue::Mapping(map) => map.iter_mut().for_each(|(_, value)| self.substitute(value, lines, diagnostics)),
            YamlValue::String(text) if text.contains("${") => {
                let filled = self.substitute_string(text, &node.span, lines, diagnostics);
                *text = filled;
            }
            _ => {}
        }
    }

    fn substitute_string(
        &self,
        text: &str,
        span: &SourceSpan,
        lines: &LineIndex<'_>,
        diagnostics: &mut FileDiagnostics,
    ) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                filled.push_str(before);
                filled.push_str("${");
                rest = &from[2..];
                continue;
            }
            filled.push_str(before);
            let (name, after) = from[2..].split_once('}').map_or((None, ""), |(name, after)| (Some(name), after));
            match self.resolve(name) {
                Ok(value) => filled.push_str(&value),
                Err((message, hint)) => {
                    let span = variable_span(text, text.len() - from.len(), from.len() - after.len(), span, lines);
                    diagnostics.error(CODE, &span, message).hint = Some(hint);
                    // Most likely only the value is missing; the name avoids follow-up errors.
                    filled.push_str(name.filter(|name| is_variable_name(name)).unwrap_or_default());
                }
            }
            rest = after;
        }
        filled + rest
    }

    fn resolve(&self, name: Option<&str>) -> Result<String, (String, String)> {
        let escape_hint = "write `$${` for a literal `${`";
        let Some(name) = name.filter(|name| is_variable_name(name)) else {
            return Err(("`${` must be followed by a name and `}`".to_owned(), escape_hint.to_owned()));
        };
        let quoted = quote_excerpt(name);
        // Variables of Adobe's CLI are case-insensitive.
        let upper = name.to_ascii_uppercase();
        if RESERVED_PREFIXES.iter().any(|prefix| upper.starts_with(prefix)) {
            let message = format!("the variable `{quoted}` has a reserved prefix, because it may hold a secret");
            return Err((message, "use another name; values in a limits file are printed".to_owned()));
        }
        let is_secret = self.declared_secrets.iter().any(|declared| declared == name);
        if is_secret && !self.accepts_secrets {
            let message = format!("the secret `{quoted}` can only be used in a limit");
            return Err((message, "declare it under `variables` if it is not a secret".to_owned()));
        }
        if !is_secret && !self.declared.iter().any(|declared| declared == name) {
            let message = format!("the variable `{quoted}` is not declared in this file");
            return Err((message, format!("declare it with `variables: [{quoted}]`; {escape_hint}")));
        }
        let kind = if is_secret { "secret" } else { "variable" };
        let value = (self.lookup)(name)
            .ok_or_else(|| (format!("the {kind} `{quoted}` is not set"), "set it in the environment".to_owned()))?;
        if let Some(hidden) = value.chars().find(|character| is_invisible(*character)) {
            let message =
                format!("the value of `{quoted}` contains the invisible character {}", describe_character(hidden));
            return Err((message, "set a value without it".to_owned()));
        }
        let is_credential = |secret: &Secret| {
            let secret = secret.expose().trim();
            value.trim() == secret || secret.len() >= MIN_CREDENTIAL_LENGTH && value.contains(secret)
        };
        if self.secrets.iter().any(is_credential) {
            let message = format!("the {kind} `{quoted}` contains a secret of the credentials");
            return Err((message, "use a value without secrets; values in a limits file are printed".to_owned()));
        }
        if is_secret {
            check_secret(&quoted, &value)?;
        }
        Ok(value)
    }

    /// The values of the declared secrets, even of unused and invalid ones, to hide them.
    pub(crate) fn secret_values(&self) -> SecretValues {
        let mut values = SecretValues::default();
        for name in &self.declared_secrets {
            let value = (self.lookup)(name).filter(|value| value.chars().count() >= MIN_SECRET_LENGTH);
            if let Some(value) = value {
                values.insert(name, value.into());
            }
        }
        values
    }
}

fn check_secret(quoted: &str, value: &str) -> Result<(), (String, String)> {
    if value.chars().count() < MIN_SECRET_LENGTH {
        let message = format!("the value of the secret `{quoted}` has fewer than {MIN_SECRET_LENGTH} characters");
        return Err((message, "a short value cannot be hidden; use a longer one".to_owned()));
    }
    if value.contains('*') {
        let message = format!("the value of the secret `{quoted}` contains `*`, which is a wildcard");
        return Err((message, "write wildcards in the file; `%2A` is a literal `*`".to_owned()));
    }
    Ok(())
}

/// Whether a string consists of ASCII letters, digits, and `_`, and does not start with a digit.
pub(crate) fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The span of the variable itself if the source spells it like the parsed string; otherwise the span of the whole string.
fn variable_span(text: &str, start: usize, length: usize, span: &SourceSpan, lines: &LineIndex<'_>) -> SourceSpan {
    let raw = lines.source_at(span);
    let variable = &text[start..start + length];
    let index = text[..start].matches("${").count();
    let same = raw.matches("${").count() == text.matches("${").count();
    let found = raw.match_indices("${").nth(index).filter(|(at, _)| same && raw[*at..].starts_with(variable));
    let exact = |(at, _)| lines.byte_span(span.bytes.0 + at, span.bytes.0 + at + variable.len());
    found.map_or_else(|| span.clone(), exact)
}
