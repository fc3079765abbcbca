//! Where each part of the credentials comes from.

use ajo_auth::{Credentials, CredentialsError};

use super::credential_input::credential_source;
use super::profile::ProfileName;
use super::profile_store::chosen_profile_name;
use super::setting::{Setting, SettingSource};
use super::settings_reader::SettingsReader;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::rejected_part::RejectedPart;

/// The sources of the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CredentialSources {
    pub(crate) client_id: SettingSource,
    pub(crate) client_secret: SettingSource,
    pub(crate) org_id: SettingSource,
    pub(crate) scopes: SettingSource,
    /// The source of a static access token, which overrides the credential.
    pub(crate) access_token: Option<SettingSource>,
}

impl CredentialSources {
    /// Finds the sources from the settings alone; reads no file.
    pub(crate) fn locate(reader: &SettingsReader<'_>) -> Result<Self, CommandError> {
        if let Some(profile) = reader.value(Setting::Profile)? {
            let name: ProfileName = profile.parse()?;
            return Self::with_base(reader, |_| SettingSource::Profile(name.to_string()));
        }
        if let Some(found) = reader.get(Setting::Credentials)? {
            return Self::with_base(reader, |_| credential_source(&found));
        }
        let variables = reader.credential_variables()?;
        match Credentials::from_vars(variables.iter().cloned(), |_| Err::<String, _>("no file")) {
            Err(CredentialsError::Missing(_)) => {
                let name = chosen_profile_name()?;
                Self::with_base(reader, |_| SettingSource::Profile(name.to_string()))
            }
            _ => Self::with_base(reader, |setting| variable_source(setting, &variables)),
        }
    }

    /// Settings override the sources of the base.
    pub(crate) fn with_base(
        reader: &SettingsReader<'_>,
        base: impl Fn(Setting) -> SettingSource,
    ) -> Result<Self, CommandError> {
        let source =
            |setting| Ok::<_, CommandError>(reader.get(setting)?.map_or_else(|| base(setting), |it| it.source));
        Ok(Self {
            client_id: source(Setting::ClientId)?,
            client_secret: source(Setting::ClientSecret)?,
            org_id: source(Setting::OrgId)?,
            scopes: source(Setting::Scopes)?,
            access_token: reader.get(Setting::AccessToken)?.map(|found| found.source),
        })
    }

    /// All sources of the parts in use, without duplicates.
    pub(crate) fn all(&self) -> Vec<SettingSource> {
        let parts = match &self.access_token {
            Some(token) => vec![token, &self.client_id, &self.org_id],
            None => vec![&self.client_id, &self.client_secret, &self.org_id, &self.scopes],
        };
        let mut all: Vec<SettingSource> = Vec::new();
        for source in parts {
            if !all.contains(source) {
                all.push(source.clone());
            }
        }
        all
    }

    /// Says where the rejected part comes from.
    pub(crate) fn describe(&self, part: RejectedPart) -> String {
        match (part, &self.access_token) {
            (RejectedPart::ClientId, _) => format!("the client id comes from {}", self.client_id),
            (RejectedPart::ClientSecret, _) => format!("the client secret comes from {}", self.client_secret),
            (RejectedPart::OrgId, _) => format!("the organization comes from {}", self.org_id),
            (RejectedPart::Scopes, _) => format!("the scopes come from {}", self.scopes),
            (RejectedPart::AccessToken, Some(token)) => {
                format!("the access token comes from {token}; unset it to use a credential")
            }
            (RejectedPart::Unknown, Some(token)) => {
                format!("the access token comes from {token}, and the organization from {}", self.org_id)
            }
            (RejectedPart::AccessToken | RejectedPart::Unknown, None) => {
                format!("the credential comes from {}", join_sources(&self.all()))
            }
        }
    }
}

/// The names of sources, for messages.
pub(crate) fn join_sources(sources: &[SettingSource]) -> String {
    sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Adds the source of the rejected part to an error.
pub(crate) fn name_rejected_source(settings: &GlobalSettings, failure: CommandError) -> CommandError {
    let Some(part) = failure.rejected_part().filter(|_| !settings.emulator) else { return failure };
    match CredentialSources::locate(&SettingsReader::new(settings)) {
        Ok(sources) => failure.with_rejected_source(&sources.describe(part)),
        Err(_) => failure,
    }
}

/// The variable of Adobe's command with this value.
fn variable_source(setting: Setting, variables: &[(String, String)]) -> SettingSource {
    let (ims, fields): (&str, &[&str]) = match setting {
        Setting::ClientId => ("IMS_OAUTH_S2S_CLIENT_ID", &["client__id"]),
        Setting::ClientSecret => ("IMS_OAUTH_S2S_CLIENT_SECRET", &["client__secret", "client__secrets"]),
        Setting::OrgId => ("IMS_OAUTH_S2S_ORG_ID", &["ims__org__id"]),
        _ => ("IMS_OAUTH_S2S_SCOPES", &["scopes", "meta__scopes"]),
    };
    let is_set = |name: &str| variables.iter().any(|(other, value)| other == name && !value.trim().is_empty());
    if is_set(ims) {
        return SettingSource::Variable(ims.to_owned());
    }
    let is_field = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("aio_ims_contexts_") && fields.iter().any(|field| name.ends_with(&format!("_{field}")))
    };
    let matching: Vec<&String> = variables.iter().map(|(name, _)| name).filter(|name| is_field(name)).collect();
    match matching.as_slice() {
        [only] => SettingSource::Variable((*only).clone()),
        _ => SettingSource::Variable(format!("AIO_ims_contexts_<name>_{}", fields[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_adobe_are_named() {
        let set = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect::<Vec<_>>();
        for (names, expected) in [
            (&["IMS_OAUTH_S2S_CLIENT_SECRET", "AIO_ims_contexts_a_client__secret"][..], "IMS_OAUTH_S2S_CLIENT_SECRET"),
            (&["AIO_IMS_CONTEXTS_a_CLIENT__SECRETS"], "AIO_IMS_CONTEXTS_a_CLIENT__SECRETS"),
            (
                &["AIO_ims_contexts_a_client__secret", "AIO_ims_contexts_b_client__secret"],
                "AIO_ims_contexts_<name>_client__secret",
            ),
        ] {
            assert_eq!(variable_source(Setting::ClientSecret, &set(names)).to_string(), expected);
        }
    }

    #[test]
    fn sources_have_no_duplicates() {
        let profile = || SettingSource::Profile(ProfileName::default().to_string());
        let sources = CredentialSources {
            client_id: profile(),
            client_secret: SettingSource::Variable("AJO_CLIENT_SECRET".to_owned()),
            org_id: profile(),
            scopes: SettingSource::Flag("--scopes"),
            access_token: None,
        };
        assert_eq!(join_sources(&sources.all()), "profile default, AJO_CLIENT_SECRET, --scopes");
        let secret = sources.describe(RejectedPart::ClientSecret);
        assert_eq!(secret, "the client secret comes from AJO_CLIENT_SECRET");
    }
}
