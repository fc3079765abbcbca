//! The settings and where their values come from.

use std::fmt;

/// A setting with a variable, and most with a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    BaseUrl,
    ImsUrl,
    ClientId,
    ClientSecret,
    AccessToken,
    OrgId,
    Scopes,
    Sandbox,
    CredentialName,
    Credentials,
    Profile,
    TokenCache,
    ConfigDirectory,
    Keychain,
    EmulatorUrl,
    State,
    LeaseTime,
    Log,
}

impl Setting {
    pub(crate) const ALL: [Self; 18] = [
        Self::BaseUrl,
        Self::ImsUrl,
        Self::ClientId,
        Self::ClientSecret,
        Self::AccessToken,
        Self::OrgId,
        Self::Scopes,
        Self::Sandbox,
        Self::CredentialName,
        Self::Credentials,
        Self::Profile,
        Self::TokenCache,
        Self::ConfigDirectory,
        Self::Keychain,
        Self::EmulatorUrl,
        Self::State,
        Self::LeaseTime,
        Self::Log,
    ];

    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::BaseUrl => "AJO_BASE_URL",
            Self::ImsUrl => "AJO_IMS_URL",
            Self::ClientId => "AJO_CLIENT_ID",
            Self::ClientSecret => "AJO_CLIENT_SECRET",
            Self::AccessToken => "AJO_ACCESS_TOKEN",
            Self::OrgId => "AJO_ORG_ID",
            Self::Scopes => "AJO_SCOPES",
            Self::Sandbox => "AJO_SANDBOX",
            Self::CredentialName => "AJO_CREDENTIAL_NAME",
            Self::Credentials => "AJO_CREDENTIALS",
            Self::Profile => "AJO_PROFILE",
            Self::TokenCache => "AJO_TOKEN_CACHE",
            Self::ConfigDirectory => "AJO_CONFIG_DIR",
            Self::Keychain => "AJO_KEYCHAIN",
            Self::EmulatorUrl => "AJO_EMULATOR_URL",
            Self::State => "AJO_STATE",
            Self::LeaseTime => "AJO_LEASE_SECONDS",
            Self::Log => "AJO_LOG",
        }
    }

    /// `None` for secrets, because other processes can see arguments, and for settings of the machine.
    pub(crate) const fn flag(self) -> Option<&'static str> {
        match self {
            Self::BaseUrl => Some("--base-url"),
            Self::ImsUrl => Some("--ims-url"),
            Self::ClientId => Some("--client-id"),
            Self::OrgId => Some("--org-id"),
            Self::Scopes => Some("--scopes"),
            Self::Sandbox => Some("--sandbox"),
            Self::CredentialName => Some("--credential-name"),
            Self::Credentials => Some("--credentials"),
            Self::Profile => Some("--profile"),
            Self::EmulatorUrl => Some("--emulator-url"),
            Self::State => Some("--state"),
            // It stands for the value `debug`.
            Self::Log => Some("--debug"),
            Self::ClientSecret
            | Self::AccessToken
            | Self::TokenCache
            | Self::ConfigDirectory
            | Self::Keychain
            | Self::LeaseTime => None,
        }
    }

    /// The setting with this variable.
    pub(crate) fn from_variable(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.variable() == name)
    }
}

/// Where a value comes from, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingSource {
    Flag(&'static str),
    Variable(String),
    Profile(String),
    /// A credential file, with a path that can be shown.
    File(String),
    StandardInput,
    Prompt,
    Emulator,
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => f.write_str(name),
            Self::Variable(name) => f.write_str(name),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::File(path) => f.write_str(path),
            Self::StandardInput => f.write_str("standard input"),
            Self::Prompt => f.write_str("the prompt"),
            Self::Emulator => f.write_str("emulator"),
        }
    }
}

/// A value and its source. The value is trimmed and not empty.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SettingValue {
    pub(crate) value: String,
    pub(crate) source: SettingSource,
}

/// Shows only the source, because any value can be the secret.
impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingValue").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for setting in Setting::ALL {
            assert_eq!(Setting::from_variable(setting.variable()), Some(setting));
        }
        assert!(Setting::ClientSecret.flag().is_none() && Setting::AccessToken.flag().is_none());
    }

    #[test]
    fn debug_hides_the_value() {
        let value = SettingValue {
            value: "s3cr3t".to_owned(),
            source: SettingSource::Variable("AJO_CLIENT_SECRET".to_owned()),
        };
        assert!(!format!("{value:?}").contains("s3cr3t"));
    }
}
