//! OAuth server-to-server credentials.

use std::path::Path;

use serde_json::Value;

use crate::{ClientId, ClientIdError, OrgId, OrgIdError, Scopes, ScopesError, Secret};

/// A file with credentials; the other variables go before what it says.
const FILE: &str = "AJO_CREDENTIALS";
const CLIENT_ID: &str = "AJO_CLIENT_ID";
const CLIENT_SECRET: &str = "AJO_CLIENT_SECRET";
const ORG_ID: &str = "AJO_ORG_ID";
const SCOPES: &str = "AJO_SCOPES";

/// What a client needs to be given tokens: client id, client secret, organization and scopes.
///
/// `Debug` shows no secret.
///
/// ```
/// use ajo_auth::Credentials;
///
/// let credentials = Credentials::new("my-client", "s3cr3t", "A1B2@AdobeOrg", "openid, AdobeID")?;
/// assert!(!format!("{credentials:?}").contains("s3cr3t"));
/// # Ok::<(), ajo_auth::CredentialsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    client_id: ClientId,
    secrets: Vec<Secret>,
    org_id: OrgId,
    scopes: Scopes,
}

/// What is wrong with credentials. Never shows a value that may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Some are not set.
    #[error("no credentials: {} not set; set {}, or name a credential file in {FILE}", listed(.0), if .0.len() == 1 { "it" } else { "them" })]
    Missing(Vec<&'static str>),
    /// The file cannot be read.
    #[error("failed to read the credentials in {path}: {problem}")]
    File {
        /// The path as it was given.
        path: String,
        /// Why.
        problem: String,
    },
    /// The text is not JSON.
    #[error("this is not JSON (line {line}, column {column})")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The JSON is not of a known form.
    #[error("{0}")]
    Form(String),
    /// The client id cannot be used.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// The organization id cannot be used.
    #[error(transparent)]
    OrgId(#[from] OrgIdError),
    /// The scopes cannot be used.
    #[error(transparent)]
    Scopes(#[from] ScopesError),
    /// There is no secret.
    #[error("the client secret is empty")]
    NoSecret,
}

fn listed(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}

impl Credentials {
    /// From their values. White space around each is taken off: it comes with copying.
    pub fn new(
        client_id: &str,
        secret: impl Into<Secret>,
        org_id: &str,
        scopes: &str,
    ) -> Result<Self, CredentialsError> {
        Self::from_parts(client_id, &[secret.into()], org_id, scopes.parse()?)
    }

    fn from_parts(client_id: &str, secrets: &[Secret], org_id: &str, scopes: Scopes) -> Result<Self, CredentialsError> {
        let secrets: Vec<Secret> = secrets
            .iter()
            .map(|secret| secret.expose().trim())
            .filter(|text| !text.is_empty())
            .map(Secret::new)
            .collect();
        if secrets.is_empty() {
            return Err(CredentialsError::NoSecret);
        }
        Ok(Self { client_id: client_id.parse()?, secrets, org_id: org_id.parse()?, scopes })
    }

    /// From `AJO_CLIENT_ID`, `AJO_CLIENT_SECRET`, `AJO_ORG_ID` and `AJO_SCOPES`. With `AJO_CREDENTIALS` the named file is
    /// read first, and those of the four that are set go before what it says.
    pub fn from_env() -> Result<Self, CredentialsError> {
        Self::from_vars(|name| std::env::var(name).ok(), |path| std::fs::read_to_string(path))
    }

    /// Like [`Credentials::from_env`], from any source of variables and files.
    pub fn from_vars(
        get: impl Fn(&str) -> Option<String>,
        read: impl Fn(&str) -> std::io::Result<String>,
    ) -> Result<Self, CredentialsError> {
        let get = |name: &'static str| get(name).filter(|value| !value.trim().is_empty());
        let (client_id, secret, org_id, scopes) = (get(CLIENT_ID), get(CLIENT_SECRET), get(ORG_ID), get(SCOPES));
        if let Some(path) = get(FILE) {
            let mut credentials = Self::read(&path, read(&path))?;
            if let Some(text) = client_id {
                credentials.client_id = text.parse()?;
            }
            if let Some(text) = secret {
                credentials.secrets = vec![Secret::new(text.trim())];
            }
            if let Some(text) = org_id {
                credentials.org_id = text.parse()?;
            }
            if let Some(text) = scopes {
                credentials.scopes = text.parse()?;
            }
            return Ok(credentials);
        }
        match (client_id, secret, org_id, scopes) {
            (Some(client_id), Some(secret), Some(org_id), Some(scopes)) => {
                Self::new(&client_id, secret, &org_id, &scopes)
            }
            (client_id, secret, org_id, scopes) => {
                let set = [
                    (CLIENT_ID, client_id.is_some()),
                    (CLIENT_SECRET, secret.is_some()),
                    (ORG_ID, org_id.is_some()),
                    (SCOPES, scopes.is_some()),
                ];
                let missing = set.into_iter().filter(|(_, set)| !set).map(|(name, _)| name).collect();
                Err(CredentialsError::Missing(missing))
            }
        }
    }

    /// From the JSON file that the credential's page offers for download.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, CredentialsError> {
        let path = path.as_ref();
        Self::read(&path.display().to_string(), std::fs::read_to_string(path))
    }

    fn read(path: &str, content: std::io::Result<String>) -> Result<Self, CredentialsError> {
        let failed = |problem: String| CredentialsError::File { path: path.to_owned(), problem };
        let content = content.map_err(|error| failed(error.to_string()))?;
        Self::from_json(&content).map_err(|error| failed(error.to_string()))
    }

    /// From the text of that file: `ORG_ID`, `CLIENT_ID`, `CLIENT_SECRETS` and `SCOPES`; other fields are passed over.
    pub fn from_json(text: &str) -> Result<Self, CredentialsError> {
        // serde's own errors repeat the value they stumble over, which may be the secret: only the place is kept.
        let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| CredentialsError::NotJson { line: error.line(), column: error.column() })?;
        let field = |name: &str| {
            match &json {
            Value::Object(fields) => fields.get(name).ok_or_else(|| {
                CredentialsError::Form(format!(
                    "the field {name} is missing; download the JSON of an OAuth server-to-server credential from its page in \
                     Adobe's Developer Console"
                ))
            }),
            _ => Err(CredentialsError::Form("the file must hold a JSON object".to_owned())),
        }
        };
        let text_of = |name: &str| {
            field(name)?.as_str().ok_or_else(|| CredentialsError::Form(format!("the field {name} must be text")))
        };
        let list_of = |name: &str| {
            let list =
                field(name)?.as_array().and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
            list.ok_or_else(|| CredentialsError::Form(format!("the field {name} must be a list of texts")))
        };
        let secrets: Vec<_> = list_of("CLIENT_SECRETS")?.into_iter().map(Secret::new).collect();
        Self::from_parts(text_of("CLIENT_ID")?, &secrets, text_of("ORG_ID")?, Scopes::new(list_of("SCOPES")?)?)
    }

    /// The client id, which is also the API key.
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The client secrets, at least one. Adobe allows two at a time.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// The organization.
    pub const fn org_id(&self) -> &OrgId {
        &self.org_id
    }

    /// The scopes.
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io;

    use super::*;

    const FILE_TEXT: &str = r#"{
        "ORG_ID": "A1@AdobeOrg", "CLIENT_ID": "client-1 ", "CLIENT_SECRETS": ["s3cr3t\n", "0ther"],
        "SCOPES": ["openid", "AdobeID"], "TECHNICAL_ACCOUNT_ID": "t", "TECHNICAL_ACCOUNT_EMAIL": "e"
    }"#;

    fn vars(set: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        let set: HashMap<String, String> =
            set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Credentials::from_vars(
            |name| set.get(name).cloned(),
            |path| match path {
                "good.json" => Ok(FILE_TEXT.to_owned()),
                _ => Err(io::Error::from(io::ErrorKind::NotFound)),
            },
        )
    }

    #[test]
    fn the_downloaded_file_is_read_and_trimmed() {
        let credentials = Credentials::from_json(FILE_TEXT).expect("credentials");
        assert_eq!(credentials.client_id().as_str(), "client-1");
        assert_eq!(credentials.org_id().as_str(), "A1@AdobeOrg");
        assert_eq!(credentials.scopes().to_string(), "openid,AdobeID");
        let secrets: Vec<_> = credentials.secrets().iter().map(Secret::expose).collect();
        assert_eq!(secrets, ["s3cr3t", "0ther"]);
    }

    #[test]
    fn the_environment_is_read_and_everything_missing_named_at_once() {
        let all = [(CLIENT_ID, "c"), (CLIENT_SECRET, "s"), (ORG_ID, "A1@AdobeOrg"), (SCOPES, "openid")];
        assert_eq!(vars(&all).expect("credentials").client_id().as_str(), "c");
        let error = vars(&[(ORG_ID, "A1@AdobeOrg"), (SCOPES, " ")]).expect_err("incomplete");
        assert_eq!(
            error.to_string(),
            "no credentials: AJO_CLIENT_ID, AJO_CLIENT_SECRET, AJO_SCOPES are not set; set them, or name a credential file in \
             AJO_CREDENTIALS"
        );
    }

    #[test]
    fn a_variable_goes_before_the_file() {
        let credentials = vars(&[(FILE, "good.json"), (CLIENT_ID, "another")]).expect("credentials");
        assert_eq!((credentials.client_id().as_str(), credentials.secrets().len()), ("another", 2));
        let error = vars(&[(FILE, "nowhere.json")]).expect_err("no such file");
        assert!(error.to_string().starts_with("failed to read the credentials in nowhere.json: "), "{error}");
    }

    #[test]
    fn a_bad_file_is_named_by_place_and_never_by_value() {
        let cases = [
            ("", "this is not JSON (line 1, column 0)"),
            ("{\n  \"CLIENT_SECRETS\": [\"s3cr3t\" \"x\"]\n}", "this is not JSON (line 2, column 31)"),
            ("\"s3cr3t\"", "the file must hold a JSON object"),
            (r#"{"CLIENT_SECRETS": "s3cr3t"}"#, "the field CLIENT_SECRETS must be a list of texts"),
            (r#"{"CLIENT_SECRETS": ["s3cr3t", 7]}"#, "the field CLIENT_SECRETS must be a list of texts"),
            (r#"{"CLIENT_SECRETS": ["s3cr3t"], "CLIENT_ID": {"s3cr3t": 1}}"#, "the field CLIENT_ID must be text"),
            (r#"{"CLIENT_SECRETS": ["s3cr3t"], "CLIENT_ID": "c"}"#, "the field ORG_ID is missing"),
            (
                r#"{"CLIENT_SECRETS": [" "], "CLIENT_ID": "c", "ORG_ID": "A1@AdobeOrg", "SCOPES": ["o"]}"#,
                "the client secret is empty",
            ),
            (
                r#"{"CLIENT_SECRETS": ["s3cr3t"], "CLIENT_ID": "c", "ORG_ID": "A1", "SCOPES": ["o"]}"#,
                "the organization id must look like",
            ),
            (
                r#"{"CLIENT_SECRETS": ["s3cr3t"], "CLIENT_ID": "c", "ORG_ID": "A1@AdobeOrg", "SCOPES": []}"#,
                "no scope is named",
            ),
        ];
        for (text, expected) in cases {
            let error = Credentials::from_json(text).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
