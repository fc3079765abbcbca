//! The older variables of Adobe's own command: `AIO_ims_contexts_<name>_client__id` and its siblings, one family for each
//! credential. In their names a single `_` separates levels, `__` stands for `_`, and case does not matter (documented by
//! the source of Adobe's `aio-lib-core-config`).
//!
//! Inferred, for no document says it: that a value is a JSON list or one text wherever several are possible, and that a
//! context with a private key and without `scopes` is of the JWT era.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::parsed_credential::{JWT_ENDED, ParsedCredential, form, list_of, secrets};
use crate::CredentialsError;

/// What the names of the family begin with, level by level, in lower case.
const LEVELS: [&str; 3] = ["aio", "ims", "contexts"];

/// The variables of one context, by the names that Adobe's command gives them inside.
#[derive(Debug, Default)]
struct Context<'v> {
    /// As it was written first.
    name: String,
    fields: BTreeMap<String, &'v str>,
}

/// All credentials among these variables, by name. A context may hold other things than a credential, such as a token.
pub(crate) fn read<'v>(
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Result<Vec<ParsedCredential>, CredentialsError> {
    let mut contexts: BTreeMap<String, Context<'v>> = BTreeMap::new();
    for (variable, value) in variables {
        if let Some((name, field)) = place(variable)
            && !value.trim().is_empty()
        {
            let context = contexts.entry(name.to_lowercase()).or_default();
            if context.name.is_empty() {
                context.name = name;
            }
            context.fields.insert(field, value);
        }
    }
    let mut jwt = false;
    let mut candidates = Vec::new();
    for Context { name, fields } in contexts.into_values() {
        let list = |names: [&str; 2]| {
            names.iter().find_map(|name| fields.get(*name)).map(|text| list_of(text)).unwrap_or_default()
        };
        if fields.contains_key("private_key") && !fields.contains_key("scopes") {
            jwt = true;
        } else if let Some(client_id) = fields.get("client_id") {
            candidates.push(ParsedCredential {
                is_jwt: false,
                name,
                client_id: (*client_id).to_owned(),
                // What is missing is told when this one is chosen.
                secrets: secrets(list(["client_secrets", "client_secret"])),
                org_id: fields.get("ims_org_id").copied().unwrap_or_default().to_owned(),
                scopes: list(["scopes", "meta_scopes"]),
            });
        }
    }
    if candidates.is_empty() && jwt { Err(form(JWT_ENDED)) } else { Ok(candidates) }
}

/// The context and the field that a variable is about.
fn place(variable: &str) -> Option<(String, String)> {
    let levels = levels(variable);
    let [first, second, third, name, field] = levels.as_slice() else { return None };
    let is_family =
        [first, second, third].iter().zip(LEVELS).all(|(level, expected)| level.eq_ignore_ascii_case(expected));
    (is_family && !name.is_empty()).then(|| (name.clone(), field.to_lowercase()))
}

/// The levels of a name. Of a run of more than two `_` each two are one, and none separates.
fn levels(name: &str) -> Vec<String> {
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
    fn one_underscore_separates_and_two_are_one() {
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
            let found = place(variable);
            let found = found.as_ref().map(|(name, field)| (name.as_str(), field.as_str()));
            assert_eq!(found, expected, "{variable}");
        }
    }
}
