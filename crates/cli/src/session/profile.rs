//! A profile: organization, sandbox, and credential under a name.

use std::fmt;
use std::str::FromStr;

use ajo_auth::{Credentials, CredentialsError, IMS_URL, Secret};
use ajo_core::{BASE_URL, SandboxName};
use serde::{Deserialize, Serialize};

use super::keychain;
use super::setting::Setting;
use super::settings_reader::SettingsReader;
use crate::command_error::CommandError;
use crate::secret_mask;

/// Version of the profile format. Older commands reject profiles with a newer version.
pub(crate) const PROFILE_VERSION: u32 = 1;

/// The name of a profile. Also the name of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProfileName(String);

impl Default for ProfileName {
    /// The profile in use if none is selected.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for ProfileName {
    type Err = CommandError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let good = text.bytes().next().is_some_and(plain)
            && text.len() <= 64
            && text.bytes().all(|byte| plain(byte) || b"._-".contains(&byte));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(CommandError::new(
                "invalid profile name: use up to 64 characters a-z, 0-9, `.`, `-`, and `_`, starting with a letter or a \
                 digit",
            )
            .into_usage_error())
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A stored profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: ProfileName,
    pub(crate) client_id: String,
    pub(crate) org_id: String,
    pub(crate) scopes: String,
    pub(crate) sandbox: SandboxName,
    /// The token endpoint that accepted the credential, if it is not Adobe's. The secret is sent nowhere else.
    pub(crate) ims_url: Option<String>,
    /// The base URL of the service, if it is not Adobe's.
    pub(crate) base_url: Option<String>,
    pub(crate) secrets: SecretStorage,
}

/// Where the client secrets of a profile are.
#[derive(Clone, Debug)]
pub(crate) enum SecretStorage {
    Inline(Vec<Secret>),
    Keychain,
}

impl fmt::Display for SecretStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inline(_) => "in the profile file",
            Self::Keychain => "in the system keychain",
        })
    }
}

impl Profile {
    /// The user name of the keychain entry.
    pub(crate) fn keychain_user(&self) -> String {
        format!("{}/{}", self.name, self.client_id)
    }

    /// The URL of the service, without settings that override it.
    pub(crate) fn service_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(BASE_URL)
    }

    /// The URL of the token endpoint, without settings that override it.
    pub(crate) fn token_endpoint(&self) -> &str {
        self.ims_url.as_deref().unwrap_or(IMS_URL)
    }

    /// The stored credential.
    pub(crate) fn load_credentials(&self) -> Result<Credentials, CommandError> {
        self.build_credentials(&self.load_secrets()?)
    }

    /// The credential with the settings that override it. Reads the keychain only if the secret is needed.
    pub(crate) fn load_overridden_credentials(&self, reader: &SettingsReader<'_>) -> Result<Credentials, CommandError> {
        let is_overridden = reader.value(Setting::ClientSecret)?.is_some();
        let secrets = if is_overridden { vec![Secret::new("overridden")] } else { self.load_secrets()? };
        reader.override_credentials(self.build_credentials(&secrets)?)
    }

    fn load_secrets(&self) -> Result<Vec<Secret>, CommandError> {
        match &self.secrets {
            SecretStorage::Inline(secrets) => Ok(registered(secrets.clone())),
            SecretStorage::Keychain => keychain::read(&self.keychain_user()).map(registered).map_err(|reason| {
                let problem = format!(
                    "failed to read the client secret of profile {} from the system keychain: {reason}",
                    self.name
                );
                CommandError::new(problem)
                    .with_hint("log in again with `ajo auth login`, or set AJO_CLIENT_SECRET")
                    .into_authentication_error()
            }),
        }
    }

    fn build_credentials(&self, secrets: &[Secret]) -> Result<Credentials, CommandError> {
        let credentials = Credentials::with_secrets(&self.client_id, secrets, &self.org_id, &self.scopes);
        credentials.map_err(|error| self.invalid_profile_error(&error))
    }

    fn invalid_profile_error(&self, error: &CredentialsError) -> CommandError {
        CommandError::new(format!("profile {}: {error}", self.name)).into_authentication_error()
    }

    pub(crate) fn to_json(&self) -> Secret {
        let file = ProfileFile {
            version: PROFILE_VERSION,
            client_id: self.client_id.clone(),
            org_id: self.org_id.clone(),
            scopes: self.scopes.clone(),
            sandbox: self.sandbox.to_string(),
            ims_url: self.ims_url.clone(),
            base_url: self.base_url.clone(),
            secrets: match &self.secrets {
                SecretStorage::Inline(secrets) => {
                    StoredSecrets::Inline(secrets.iter().map(|secret| secret.expose().to_owned()).collect())
                }
                SecretStorage::Keychain => StoredSecrets::External(SecretLocation::Keychain),
            },
        };
        // Strings and numbers always serialize.
        Secret::new(serde_json::to_string_pretty(&file).unwrap_or_default() + "\n")
    }

    /// Error messages contain no values, because a value may be the secret.
    pub(crate) fn from_json(name: ProfileName, text: &Secret) -> Result<Self, String> {
        // Windows editors add a byte order mark.
        let text = text.expose().trim_start_matches('\u{feff}');
        let version: ProfileVersion = serde_json::from_str(text)
            .map_err(|error| format!("invalid profile (line {}, column {})", error.line(), error.column()))?;
        if version.version != PROFILE_VERSION {
            return Err(format!("unsupported version {}; expected {PROFILE_VERSION}", version.version));
        }
        let file: ProfileFile = serde_json::from_str(text)
            .map_err(|error| format!("invalid profile (line {}, column {})", error.line(), error.column()))?;
        Ok(Self {
            name,
            client_id: file.client_id,
            org_id: file.org_id,
            scopes: file.scopes,
            sandbox: file.sandbox.parse().map_err(|error| format!("{error}"))?,
            ims_url: file.ims_url,
            base_url: file.base_url,
            secrets: match file.secrets {
                StoredSecrets::Inline(secrets) => SecretStorage::Inline(secrets.into_iter().map(Secret::new).collect()),
                StoredSecrets::External(SecretLocation::Keychain) => SecretStorage::Keychain,
            },
        })
    }
}

#[derive(Deserialize)]
struct ProfileVersion {
    version: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileFile {
    version: u32,
    client_id: String,
    org_id: String,
    scopes: String,
    sandbox: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ims_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    secrets: StoredSecrets,
}

/// The secrets themselves, or their location.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum StoredSecrets {
    External(SecretLocation),
    Inline(Vec<String>),
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum SecretLocation {
    Keychain,
}

/// From now on no output shows the secrets.
fn registered(secrets: Vec<Secret>) -> Vec<Secret> {
    secrets.iter().for_each(secret_mask::register);
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(secrets: SecretStorage) -> Profile {
        Profile {
            name: ProfileName::default(),
            client_id: "c".to_owned(),
            org_id: "A1@AdobeOrg".to_owned(),
            scopes: "openid,AdobeID".to_owned(),
            sandbox: "prod".parse().expect("a name"),
            ims_url: None,
            base_url: Some("https://gateway.example".to_owned()),
            secrets,
        }
    }

    #[test]
    fn profile_round_trips() {
        let here = profile(SecretStorage::Inline(vec![Secret::new("s3cr3t-1"), Secret::new("s3cr3t-2")]));
        for (profile, mark) in [(here, "s3cr3t-2"), (profile(SecretStorage::Keychain), "\"secrets\": \"keychain\"")] {
            let text = profile.to_json();
            assert!(text.expose().contains(mark));
            let read = Profile::from_json(ProfileName::default(), &text).expect("a profile");
            assert_eq!(read.to_json().expose(), text.expose());
        }
    }

    #[test]
    fn byte_order_mark_is_ignored() {
        let text = profile(SecretStorage::Keychain).to_json();
        let marked = Secret::new(format!("\u{feff}{}", text.expose()));
        let read = Profile::from_json(ProfileName::default(), &marked).expect("a profile");
        assert_eq!(read.to_json().expose(), text.expose());
    }

    #[test]
    fn parse_error_hides_values() {
        let good = profile(SecretStorage::Inline(vec![Secret::new("s3cr3t")])).to_json().expose().to_owned();
        for (text, expected) in [
            (String::new(), "invalid profile (line 1, column 0)"),
            (good.replace('[', "{"), "invalid profile (line 10, column 3)"),
            (good.replace("[\n    \"s3cr3t\"\n  ]", "\"s3cr3t\""), "invalid profile (line "),
            (good.replace(": 1", ": 2"), "unsupported version 2; expected 1"),
            (good.replace("\"prod\"", "\"Prod\""), "it contains upper case letters"),
        ] {
            let error = Profile::from_json(ProfileName::default(), &Secret::new(text.clone())).expect_err(&text);
            assert!(error.contains(expected), "{expected}: {error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn profile_name_is_a_safe_file_name() {
        for good in ["default", "0", "a.b-c_d", &"a".repeat(64)] {
            assert!(good.parse::<ProfileName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "-a", "_a", "A", "a/b", "a\\b", "a b", "é", &"a".repeat(65)] {
            assert!(bad.parse::<ProfileName>().is_err(), "{bad}");
        }
    }
}
