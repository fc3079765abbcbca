//! The settings for credentials: flags override variables.

use super::env::variable;
use crate::arguments::GlobalSettings;

/// The value of a setting, if it is not blank.
pub(crate) fn non_blank(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}

/// The settings with a flag, by the name of their variable.
fn flags(settings: &GlobalSettings) -> [(&'static str, Option<&String>); 6] {
    [
        ("AJO_CREDENTIALS", settings.credentials.as_ref()),
        ("AJO_CREDENTIAL_NAME", settings.credential_name.as_ref()),
        ("AJO_PROFILE", settings.profile.as_ref()),
        ("AJO_CLIENT_ID", settings.client_id.as_ref()),
        ("AJO_ORG_ID", settings.org_id.as_ref()),
        ("AJO_SCOPES", settings.scopes.as_ref()),
    ]
}

/// Looks up a setting by the name of its variable. A flag overrides the variable.
pub(crate) fn setting(settings: &GlobalSettings, name: &str) -> Option<String> {
    match flags(settings).into_iter().find(|(flag, _)| *flag == name) {
        Some((_, value)) => value.cloned().filter(|value| !value.trim().is_empty()),
        None => variable(name),
    }
}

/// All variables, followed by the flags that override them.
pub(super) fn merged_variables(settings: &GlobalSettings) -> impl Iterator<Item = (String, String)> {
    // Variables of ajo are valid UTF-8; others are ignored.
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let flags = flags(settings).into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
    variables.chain(flags)
}
