//! Credentials from environment variables.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::Display;

use crate::parse::credentials::client_secret::parse_client_secrets;
use crate::parse::credentials::file_setting::{display_path, find_credential_content};
use crate::parse::credentials::formats::aio_variables;
use crate::parse::credentials::formats::parsed_credential::parse_list;
use crate::parse::credentials::formats::variables::{CLIENT_ID, CLIENT_SECRET, ORG_ID, SCOPES};
use crate::{Credentials, CredentialsError, Scopes, ScopesError, Secret};

/// The path of a credential file. The other variables override its values.
const FILE_VARIABLE: &str = "AJO_CREDENTIALS";
/// The name of the credential to use if the file contains several.
const NAME_VARIABLE: &str = "AJO_CREDENTIAL_NAME";

impl Credentials {
    /// Reads credentials from environment variables.
    ///
    /// Sources, in this order:
    ///
    /// 1. The file in `AJO_CREDENTIALS`. `AJO_CREDENTIAL_NAME` selects one of several credentials in it.
    /// 2. `AJO_CLIENT_ID`, `AJO_CLIENT_SECRET`, `AJO_ORG_ID`, and `AJO_SCOPES`, or the names of Adobe's CLI
    ///    (`IMS_OAUTH_S2S_CLIENT_ID` and so on), if all four are set, unless `AJO_CREDENTIAL_NAME` selects one of the next.
    /// 3. The older variables of Adobe's CLI, `AIO_ims_contexts_<name>_client__id` and so on.
    ///
    /// Each of the four `AJO_…` variables overrides the value from a file or from the older variables. If a name occurs
    /// twice, the last value wins. `read` reads a file.
    pub fn from_vars<E: Display>(
        vars: impl IntoIterator<Item = (String, String)>,
        read: impl Fn(&str) -> Result<String, E>,
    ) -> Result<Self, CredentialsError> {
        let vars: BTreeMap<String, String> = vars.into_iter().collect();
        let get = |name: &str| vars.get(name).filter(|value| !value.trim().is_empty()).cloned();
        if let Some(setting) = get(FILE_VARIABLE) {
            let (text, path) = if let Some(content) = find_credential_content(&setting) {
                (content, FILE_VARIABLE.to_owned())
            } else {
                let path = display_path(setting.trim());
                match read(setting.trim()) {
                    Ok(text) => (text, path),
                    Err(error) => return Err(CredentialsError::File { path, reason: error.to_string() }),
                }
            };
            return Self::parse_file(&text, get(NAME_VARIABLE).as_deref(), path)?.with_overrides(get);
        }
        let either = |names: [&str; 2]| get(names[0]).or_else(|| get(names[1]));
        let four = (either(CLIENT_ID), either(CLIENT_SECRET), either(ORG_ID), either(SCOPES));
        let complete = matches!(four, (Some(_), Some(_), Some(_), Some(_)));
        if !complete || get(NAME_VARIABLE).is_some() {
            let contexts = aio_variables::parse(vars.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            // Errors in the older variables only matter if they are needed.
            let contexts = if complete { contexts.unwrap_or_default() } else { contexts? };
            if !contexts.is_empty() {
                return Self::select(&contexts, get(NAME_VARIABLE).as_deref())?.with_overrides(get);
            }
        }
        match four {
            (Some(client_id), Some(secret), Some(org_id), Some(scopes)) => {
                // The name in an error is that of the variable in use.
                let name = |names: [&'static str; 2]| if get(names[0]).is_some() { names[0] } else { names[1] };
                Ok(Self {
                    client_id: in_variable(name(CLIENT_ID), client_id.parse())?,
                    secrets: parse_secrets_of(name(CLIENT_SECRET), &secret)?,
                    org_id: in_variable(name(ORG_ID), org_id.parse())?,
                    scopes: in_variable(name(SCOPES), parse_scopes(&scopes))?,
                })
            }
            (client_id, secret, org_id, scopes) => {
                let set = [
                    (CLIENT_ID[0], client_id.is_some()),
                    (CLIENT_SECRET[0], secret.is_some()),
                    (ORG_ID[0], org_id.is_some()),
                    (SCOPES[0], scopes.is_some()),
                ];
                let missing = set.into_iter().filter(|(_, set)| !set).map(|(name, _)| name).collect();
                Err(CredentialsError::Missing(missing))
            }
        }
    }

    /// Whether [`Credentials::from_vars`] reads the variable with this name.
    ///
    /// ```
    /// use ajo_engine::Credentials;
    ///
    /// assert!(Credentials::is_variable("AJO_CLIENT_ID") && Credentials::is_variable("AIO_ims_contexts_a_client__id"));
    /// assert!(!Credentials::is_variable("AJO_SANDBOX"));
    /// ```
    pub fn is_variable(name: &str) -> bool {
        let values = [CLIENT_ID, CLIENT_SECRET, ORG_ID, SCOPES];
        [FILE_VARIABLE, NAME_VARIABLE].contains(&name)
            || values.iter().flatten().any(|known| *known == name)
            || aio_variables::is_variable(name)
    }

    /// Overrides the values for which `get` returns `AJO_CLIENT_ID`, `AJO_CLIENT_SECRET`, `AJO_ORG_ID`, or
    /// `AJO_SCOPES`.
    pub fn with_overrides(mut self, get: impl Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        let get = |names: [&str; 2]| get(names[0]).filter(|value| !value.trim().is_empty());
        if let Some(text) = get(CLIENT_ID) {
            self.client_id = in_variable(CLIENT_ID[0], text.parse())?;
        }
        if let Some(text) = get(CLIENT_SECRET) {
            self.secrets = parse_secrets_of(CLIENT_SECRET[0], &text)?;
        }
        if let Some(text) = get(ORG_ID) {
            self.org_id = in_variable(ORG_ID[0], text.parse())?;
        }
        if let Some(text) = get(SCOPES) {
            self.scopes = in_variable(SCOPES[0], parse_scopes(&text))?;
        }
        Ok(self)
    }
}

/// Adds the name of the variable to an error.
fn in_variable<T, E: Into<CredentialsError>>(name: &'static str, result: Result<T, E>) -> Result<T, CredentialsError> {
    result.map_err(|error| error.into().in_variable(name))
}

fn parse_secrets_of(name: &'static str, text: &str) -> Result<Vec<Secret>, CredentialsError> {
    let mut secrets = Vec::new();
    in_variable(name, parse_client_secrets(text, &mut secrets))?;
    if secrets.is_empty() { in_variable(name, Err(CredentialsError::MissingSecret)) } else { Ok(secrets) }
}

fn parse_scopes(text: &str) -> Result<Scopes, ScopesError> {
    Scopes::new(parse_list(text).iter().map(Secret::expose))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    const FILE_TEXT: &str = r#"{
        "ORG_ID": "A1@AdobeOrg", "CLIENT_ID": "client-1 ", "CLIENT_SECRETS": ["s3cr3t\n", "0ther"],
        "SCOPES": ["openid", "AdobeID"], "TECHNICAL_ACCOUNT_ID": "t", "TECHNICAL_ACCOUNT_EMAIL": "e"
    }"#;

    fn credentials_from_vars(set: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        Credentials::from_vars(set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())), |path| {
            match path {
                "good.json" => Ok(FILE_TEXT.to_owned()),
                _ => Err(io::Error::from(io::ErrorKind::NotFound)),
            }
        })
    }

    #[test]
    fn all_missing_variables_are_named() {
        let all = [(CLIENT_ID[0], "c"), (CLIENT_SECRET[0], "s"), (ORG_ID[0], "A1@AdobeOrg"), (SCOPES[0], "openid")];
        assert_eq!(credentials_from_vars(&all).expect("credentials").client_id().as_str(), "c");
        let error = credentials_from_vars(&[(ORG_ID[0], "A1@AdobeOrg"), (SCOPES[0], " ")]).expect_err("incomplete");
        assert_eq!(
            error.to_string(),
            "no credentials: AJO_CLIENT_ID, AJO_CLIENT_SECRET, AJO_SCOPES are not set; set them, or set AJO_CREDENTIALS to \
             the path of a credential file"
        );
    }

    #[test]
    fn variable_overrides_file() {
        let credentials =
            credentials_from_vars(&[(FILE_VARIABLE, "good.json"), (CLIENT_ID[0], "another")]).expect("credentials");
        assert_eq!((credentials.client_id().as_str(), credentials.secrets().len()), ("another", 2));
        let rest = [(CLIENT_SECRET[0], "n3w\n"), (ORG_ID[0], "B2@AdobeOrg"), (SCOPES[0], "other")];
        let credentials =
            credentials_from_vars(&[&[(FILE_VARIABLE, "good.json")], &rest[..]].concat()).expect("credentials");
        let secrets: Vec<_> = credentials.secrets().iter().map(Secret::expose).collect();
        assert_eq!((secrets, credentials.client_id().as_str()), (vec!["n3w"], "client-1"));
        assert_eq!(
            (credentials.org_id().as_str(), credentials.scopes().to_string().as_str()),
            ("B2@AdobeOrg", "other")
        );
        let error = credentials_from_vars(&[(FILE_VARIABLE, "nowhere.json")]).expect_err("no such file");
        assert!(error.to_string().starts_with("failed to read the credentials in nowhere.json: "), "{error}");
    }
}
