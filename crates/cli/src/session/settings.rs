//! The settings of a credential: flags take precedence over variables.

use super::env::variable;
use crate::arguments::Settings;

/// A setting that says something.
pub(crate) fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}

/// Those settings that have a flag, by the names of their variables.
fn flags(settings: &Settings) -> [(&'static str, Option<&String>); 6] {
    [
        ("AJO_CREDENTIALS", settings.credentials.as_ref()),
        ("AJO_CREDENTIAL_NAME", settings.credential_name.as_ref()),
        ("AJO_PROFILE", settings.profile.as_ref()),
        ("AJO_CLIENT_ID", settings.client_id.as_ref()),
        ("AJO_ORG_ID", settings.org_id.as_ref()),
        ("AJO_SCOPES", settings.scopes.as_ref()),
    ]
}

/// A setting by the name of its variable; the flag takes precedence.
pub(crate) fn setting(settings: &Settings, name: &str) -> Option<String> {
    match flags(settings).into_iter().find(|(flag, _)| *flag == name) {
        Some((_, value)) => value.cloned().filter(|value| !value.trim().is_empty()),
        None => variable(name),
    }
}

/// All variables, then the flags, which override them.
pub(super) fn variables(settings: &Settings) -> impl Iterator<Item = (String, String)> {
    // A name or value that is no UTF-8 is none of ours.
    let set =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let flags = flags(settings).into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
    set.chain(flags)
}
