//! One organization, sandbox and credential, under a name.

use std::fmt;
use std::str::FromStr;

use ajo_auth::{Credentials, CredentialsError, Secret};
use ajo_core::Sandbox;
use serde::{Deserialize, Serialize};

use super::keychain;
use crate::failure::Failure;

/// Of the form below. A later form gets another number, so that an older command refuses it.
pub(crate) const VERSION: u32 = 1;

/// The name of a profile, which is also that of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProfileName(String);

impl Default for ProfileName {
    /// The one that is used where none is named.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for ProfileName {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let good = text.bytes().next().is_some_and(plain)
            && text.len() <= 64
            && text.bytes().all(|byte| plain(byte) || b"._-".contains(&byte));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Failure::new(
                "the name of a profile has up to 64 characters a-z, 0-9, dots, dashes and underscores, and begins with a \
                 letter or a digit",
            )
            .usage())
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A profile as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: ProfileName,
    pub(crate) client_id: String,
    pub(crate) org_id: String,
    pub(crate) scopes: String,
    pub(crate) sandbox: Sandbox,
    /// Another token host than Adobe's, with which the credential was tried; its secret goes nowhere else.
    pub(crate) ims_url: Option<String>,
    /// Another service than Adobe's.
    pub(crate) base_url: Option<String>,
    pub(crate) secrets: Secrets,
}

/// Where the client secrets of a profile are.
#[derive(Clone, Debug)]
pub(crate) enum Secrets {
    Here(Vec<Secret>),
    Keychain,
}

impl fmt::Display for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here(_) => "in the file of the profile",
            Self::Keychain => "in the system keychain",
        })
    }
}

impl Profile {
    /// What its secrets are kept under in the keychain.
    pub(crate) fn keychain_user(&self) -> String {
        format!("{}/{}", self.name, self.client_id)
    }

    /// The credential, with what `get` has in place of what it says. The keychain is asked only where its secret is needed.
    pub(crate) fn credentials(&self, get: impl Fn(&str) -> Option<String>) -> Result<Credentials, Failure> {
        let secrets = match (get("AJO_CLIENT_SECRET"), &self.secrets) {
            (Some(secret), _) => vec![Secret::new(secret)],
            (None, Secrets::Here(secrets)) => secrets.clone(),
            (None, Secrets::Keychain) => keychain::read(&self.keychain_user()).map_err(|reason| {
                let problem = format!("the client secret of profile {} is in the system keychain: {reason}", self.name);
                Failure::new(problem)
                    .hint("log in again with `ajo auth login`, or set AJO_CLIENT_SECRET")
                    .authentication()
            })?,
        };
        let credentials = Credentials::with_secrets(&self.client_id, &secrets, &self.org_id, &self.scopes);
        credentials.and_then(|credentials| credentials.overridden(get)).map_err(|error| self.broken(&error))
    }

    fn broken(&self, error: &CredentialsError) -> Failure {
        Failure::new(format!("profile {}: {error}", self.name)).authentication()
    }

    pub(crate) fn to_json(&self) -> Secret {
        let kept = Kept {
            version: VERSION,
            client_id: self.client_id.clone(),
            org_id: self.org_id.clone(),
            scopes: self.scopes.clone(),
            sandbox: self.sandbox.to_string(),
            ims_url: self.ims_url.clone(),
            base_url: self.base_url.clone(),
            secrets: match &self.secrets {
                Secrets::Here(secrets) => {
                    KeptSecrets::Here(secrets.iter().map(|secret| secret.expose().to_owned()).collect())
                }
                Secrets::Keychain => KeptSecrets::There(Place::Keychain),
            },
        };
        // Texts and numbers always encode; an empty text would be refused when it is read.
        Secret::new(serde_json::to_string_pretty(&kept).unwrap_or_default() + "\n")
    }

    /// What is wrong is told without any value, which may be the secret.
    pub(crate) fn from_json(name: ProfileName, text: &Secret) -> Result<Self, String> {
        let version: Version = serde_json::from_str(text.expose())
            .map_err(|error| format!("it is no profile (line {}, column {})", error.line(), error.column()))?;
        if version.version != VERSION {
            return Err(format!("it is of version {}, and this command knows version {VERSION}", version.version));
        }
        let kept: Kept = serde_json::from_str(text.expose())
            .map_err(|error| format!("it is no profile (line {}, column {})", error.line(), error.column()))?;
        Ok(Self {
            name,
            client_id: kept.client_id,
            org_id: kept.org_id,
            scopes: kept.scopes,
            sandbox: kept.sandbox.parse().map_err(|error| format!("{error}"))?,
            ims_url: kept.ims_url,
            base_url: kept.base_url,
            secrets: match kept.secrets {
                KeptSecrets::Here(secrets) => Secrets::Here(secrets.into_iter().map(Secret::new).collect()),
                KeptSecrets::There(Place::Keychain) => Secrets::Keychain,
            },
        })
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    version: u32,
    client_id: String,
    org_id: String,
    scopes: String,
    sandbox: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ims_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    secrets: KeptSecrets,
}

/// The secrets themselves, or the word that says where they are.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum KeptSecrets {
    There(Place),
    Here(Vec<String>),
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Place {
    Keychain,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(secrets: Secrets) -> Profile {
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
    fn a_profile_is_read_back_as_it_was_kept() {
        let here = profile(Secrets::Here(vec![Secret::new("s3cr3t-1"), Secret::new("s3cr3t-2")]));
        for (profile, mark) in [(here, "s3cr3t-2"), (profile(Secrets::Keychain), "\"secrets\": \"keychain\"")] {
            let text = profile.to_json();
            assert!(text.expose().contains(mark));
            let read = Profile::from_json(ProfileName::default(), &text).expect("a profile");
            assert_eq!(read.to_json().expose(), text.expose());
        }
    }

    #[test]
    fn what_is_no_profile_is_told_without_its_values() {
        let good = profile(Secrets::Here(vec![Secret::new("s3cr3t")])).to_json().expose().to_owned();
        for (text, expected) in [
            (String::new(), "it is no profile (line 1, column 0)"),
            (good.replace('[', "{"), "it is no profile (line 10, column 3)"),
            (good.replace("[\n    \"s3cr3t\"\n  ]", "\"s3cr3t\""), "it is no profile (line "),
            (good.replace(": 1", ": 2"), "it is of version 2, and this command knows version 1"),
            (good.replace("\"prod\"", "\"Prod\""), "it has capitals"),
        ] {
            let error = Profile::from_json(ProfileName::default(), &Secret::new(text.clone())).expect_err(&text);
            assert!(error.contains(expected), "{expected}: {error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn a_name_is_one_of_a_file_and_stays_in_its_directory() {
        for good in ["default", "0", "a.b-c_d", &"a".repeat(64)] {
            assert!(good.parse::<ProfileName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "-a", "_a", "A", "a/b", "a\\b", "a b", "é", &"a".repeat(65)] {
            assert!(bad.parse::<ProfileName>().is_err(), "{bad}");
        }
    }
}
