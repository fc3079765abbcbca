//! The older variables of Adobe's CLI, such as `AIO_ims_contexts_<name>_client__id`, with one context for each
//! credential.
//!
//! In the names, `_` separates levels, `__` is a literal `_`, and case does not matter (documented by the source of
//! Adobe's `aio-lib-core-config`). *Inferred*: a value that can have several items is a JSON list or a single string,
//! and a context with a private key and without `scopes` is a JWT credential.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::parsed_credential::{JWT_END_MESSAGE, ParsedCredential, format_error, parse_list};
use crate::{CredentialsError, Secret};

/// The first levels of the variable names, in lower case.
const NAME_PREFIX: [&str; 3] = ["aio", "ims", "contexts"];

/// The variables of one context, by field name.
#[derive(Debug, Default)]
struct AioContext<'v> {
    /// In the spelling of the first variable.
    name: String,
    fields: BTreeMap<String, &'v str>,
}

/// Parses all credentials in these variables, sorted by name. A context can also contain other data, such as a token.
pub(crate) fn parse<'v>(
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let mut contexts: BTreeMap<String, AioContext<'v>> = BTreeMap::new();
    for (variable, value) in variables {
        if let Some((name, field)) = parse_variable_name(variable)
            && !value.trim().is_empty()
        {
            let context = contexts.entry(name.to_lowercase()).or_default();
            if context.name.is_empty() {
                context.name = name;
            }
            context.fields.insert(field, value);
        }
    }
    let mut has_jwt = false;
    let mut credentials = Vec::new();
    for AioContext { name, fields } in contexts.into_values() {
        let list = |names: [&str; 2]| {
            names.iter().find_map(|name| fields.get(*name)).map(|text| parse_list(text)).unwrap_or_default()
        };
        if fields.contains_key("private_key") && !fields.contains_key("scopes") {
            has_jwt = true;
        } else if let Some(client_id) = fields.get("client_id") {
            // Missing values are reported only if this credential is selected.
            let org_id = fields.get("ims_org_id").map(|org_id| Secret::new(*org_id));
            let values = [
                vec![Secret::new(*client_id)],
                list(["client_secrets", "client_secret"]),
                org_id.into_iter().collect(),
                list(["scopes", "meta_scopes"]),
            ];
            credentials.push(ParsedCredential { is_jwt: false, name, values });
        }
    }
    if credentials.is_empty() && has_jwt { Err(format_error(JWT_END_MESSAGE)) } else { Ok(credentials) }
}

/// Whether a variable belongs to a context.
pub(crate) fn is_variable(name: &str) -> bool {
    parse_variable_name(name).is_some()
}

/// The context and the field in a variable name.
fn parse_variable_name(variable: &str) -> Option<(String, String)> {
    let levels = split_levels(variable);
    let [first, second, third, name, field] = levels.as_slice() else { return None };
    let has_prefix =
        [first, second, third].iter().zip(NAME_PREFIX).all(|(level, expected)| level.eq_ignore_ascii_case(expected));
    (has_prefix && !name.is_empty()).then(|| (name.clone(), field.to_lowercase()))
}

/// Splits a name into levels. In a run of several `_`, each pair is a literal `_`, and none is a separator.
fn split_levels(name: &str) -> Vec<String> {
    let mut levels = vec![String::new()];
    let mut rest = name;
    while let Some(start) = rest.find('_') {
        let run = rest[start..].bytes().take_while(|byte| *byte == b'_').count();
        if let Some(level) = levels.last_mut() {
            level.push_str(&rest[..start]);
            if run > 1 {
                level.push_str(&"_".repeat(run.div_ceil(2)));
            }
        }
        if run == 1 {
            levels.push(String::new());
        }
        rest = &rest[start + run..];
    }
    if let Some(level) = levels.last_mut() {
        level.push_str(rest);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underscores_separate_levels() {
        for (variable, expected) in [
            ("AIO_ims_contexts_my__ctx_client__id", Some(("my_ctx", "client_id"))),
            ("AIO_IMS_CONTEXTS_Project__160J_CLIENT__SECRETS", Some(("Project_160J", "client_secrets"))),
            ("AIO_ims_contexts_a___b_scopes", Some(("a__b", "scopes"))),
            ("AIO_ims_contexts_a-b.c_scopes", Some(("a-b.c", "scopes"))),
            ("AIO_ims_contexts_cli_access__token_token", None),
            ("AIO_ims_contexts_a", None),
            ("AIO_runtime_auth", None),
            ("AJO_CLIENT_ID", None),
            ("", None),
            ("_", None),
        ] {
            let found = parse_variable_name(variable);
            let found = found.as_ref().map(|(name, field)| (name.as_str(), field.as_str()));
            assert_eq!(found, expected, "{variable}");
        }
    }
}
