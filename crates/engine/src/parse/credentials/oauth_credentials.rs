//! OAuth server-to-server credentials.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::json::JsonValue;
use crate::parse::credentials::client_secret::parse_client_secrets;
use crate::parse::credentials::formats;
use crate::parse::credentials::formats::parsed_credential::{JWT_END_MESSAGE, ParsedCredential};
use crate::text::{concat, trim};
use crate::untrusted_text::excerpt;
use crate::{ClientId, CredentialsError, OrgId, Scopes, Secret};

/// OAuth server-to-server credentials: client id, client secrets, organization id, and scopes.
///
/// `Debug` redacts the secrets.
///
/// ```no_run
/// use ajo_engine::Credentials;
///
/// let credentials = Credentials::new("my-client", "s3cr3t", "A1B2@AdobeOrg", "openid,AdobeID")?;
/// assert!(!format!("{credentials:?}").contains("s3cr3t"));
/// # Ok::<(), ajo_engine::CredentialsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(crate) client_id: ClientId,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) org_id: OrgId,
    pub(crate) scopes: Scopes,
}

/// The excerpt of a name for error messages.
fn display_name(name: &str) -> String {
    excerpt(trim(name), 60)
}

impl Credentials {
    /// Creates credentials from their values. White space is trimmed, because it often comes with copying.
    pub fn new(
        client_id: &str,
        secret: impl Into<Secret>,
        org_id: &str,
        scopes: &str,
    ) -> Result<Self, CredentialsError> {
        Self::from_parts(client_id, &[secret.into()], org_id, scopes.parse()?)
    }

    /// Like [`Credentials::new`], with several secrets; the first secret that works is used. Adobe allows two at a
    /// time.
    pub fn with_secrets(
        client_id: &str,
        secrets: &[Secret],
        org_id: &str,
        scopes: &str,
    ) -> Result<Self, CredentialsError> {
        Self::from_parts(client_id, secrets, org_id, scopes.parse()?)
    }

    pub(crate) fn from_parts(
        client_id: &str,
        secrets: &[Secret],
        org_id: &str,
        scopes: Scopes,
    ) -> Result<Self, CredentialsError> {
        let mut valid = Vec::new();
        for secret in secrets {
            parse_client_secrets(secret.expose(), &mut valid)?;
        }
        if valid.is_empty() {
            return Err(CredentialsError::MissingSecret);
        }
        Ok(Self { client_id: client_id.parse()?, secrets: valid, org_id: org_id.parse()?, scopes })
    }

    /// Parses a credential file in any supported format: the JSON from the credential's page, the JSON of a project or
    /// workspace, a Postman environment, or `NAME=value` lines. `name` selects one of several credentials.
    pub fn parse(text: &str, name: Option<&str>) -> Result<Self, CredentialsError> {
        Self::select(&formats::parse_credentials(text)?, name)
    }

    /// Like [`Credentials::parse`]. Errors name the file.
    pub fn parse_file(text: &str, name: Option<&str>, path: impl Into<String>) -> Result<Self, CredentialsError> {
        Self::parse(text, name).map_err(|error| error.in_file(path))
    }

    /// Like [`Credentials::parse`], for JSON that is already parsed.
    pub fn from_json(json: &impl JsonValue, name: Option<&str>) -> Result<Self, CredentialsError> {
        Self::select(&formats::parse_json_credentials(json)?, name)
    }

    /// Like [`Credentials::parse`], but without support for `NAME=value` lines. For WebAssembly, where the dotenv
    /// parser would increase the download size.
    pub fn parse_json(text: &str, name: Option<&str>) -> Result<Self, CredentialsError> {
        Self::from_json(&formats::parse_json(text)?, name)
    }

    pub(crate) fn select(credentials: &[ParsedCredential], name: Option<&str>) -> Result<Self, CredentialsError> {
        let usable = filter(credentials, &|credential| !credential.is_jwt);
        let found = match (name, usable.as_slice()) {
            (Some(name), _) => find_by_name(credentials, trim(name)),
            (None, [first, _, ..]) if first.name.is_empty() => vec![*first],
            (None, _) => usable,
        };
        let chosen = match (found.as_slice(), name) {
            ([only], _) => only,
            ([], Some(name)) => {
                let usable = filter(credentials, &|credential| !credential.is_jwt);
                let (name, available) = (display_name(name), credential_names(&usable));
                return Err(CredentialsError::UnknownName { name, available });
            }
            (several, _) => return Err(CredentialsError::Ambiguous(credential_names(several))),
        };
        if chosen.is_jwt {
            return Err(CredentialsError::InvalidFormat(JWT_END_MESSAGE.to_owned()));
        }
        let [_, secrets, _, scopes] = &chosen.values;
        let scopes = Scopes::new(scopes.iter().map(Secret::expose))?;
        Self::from_parts(chosen.client_id(), secrets, chosen.org_id(), scopes)
    }

    /// The client id, which is also the API key.
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The client secrets, at least one. Adobe allows two at a time.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    pub const fn org_id(&self) -> &OrgId {
        &self.org_id
    }

    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }
}

fn filter<'c>(
    credentials: &'c [ParsedCredential],
    is_match: &dyn Fn(&ParsedCredential) -> bool,
) -> Vec<&'c ParsedCredential> {
    credentials.iter().filter(|credential| is_match(credential)).collect()
}

/// The credentials with this name; if there are none, those with this client id, or with this name in other letter case.
fn find_by_name<'c>(credentials: &'c [ParsedCredential], wanted: &str) -> Vec<&'c ParsedCredential> {
    let mut found = filter(credentials, &|credential| trim(&credential.name) == wanted);
    if found.is_empty() {
        found = filter(credentials, &|credential| trim(credential.client_id()) == wanted);
    }
    if found.is_empty() {
        found = filter(credentials, &|credential| trim(&credential.name).eq_ignore_ascii_case(wanted));
    }
    found
}

/// The names to select from. A name that occurs several times is followed by the client id, which can also be used.
fn credential_names(credentials: &[&ParsedCredential]) -> Vec<String> {
    let mut names = Vec::new();
    for credential in credentials {
        let name = &credential.name;
        let shown = display_name(name);
        let same = credentials.iter().filter(|other| trim(&other.name) == trim(name)).count();
        match name.as_str() {
            "" => {}
            _ if same > 1 => names.push(concat(&[&shown, " (", &display_name(credential.client_id()), ")"])),
            _ => names.push(shown),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE_TEXT: &str = r#"{
        "ORG_ID": "A1@AdobeOrg", "CLIENT_ID": "client-1 ", "CLIENT_SECRETS": ["s3cr3t\n", "0ther"],
        "SCOPES": ["openid", "AdobeID"], "TECHNICAL_ACCOUNT_ID": "t", "TECHNICAL_ACCOUNT_EMAIL": "e"
    }"#;

    #[test]
    fn downloaded_file_is_trimmed() {
        let credentials = Credentials::parse(FILE_TEXT, None).expect("credentials");
        assert_eq!(credentials.client_id().as_str(), "client-1");
        assert_eq!(credentials.org_id().as_str(), "A1@AdobeOrg");
        assert_eq!(credentials.scopes().to_string(), "openid,AdobeID");
        let secrets: Vec<_> = credentials.secrets().iter().map(Secret::expose).collect();
        assert_eq!(secrets, ["s3cr3t", "0ther"]);
    }

    #[test]
    fn errors_show_no_values() {
        let cases = [
            ("", "the file is empty"),
            ("{\n  \"CLIENT_SECRETS\": [\"s3cr3t\" \"x\"]\n}", "invalid JSON at line 2, column 31"),
            ("\"s3cr3t\"", "the file must contain a JSON object or lines"),
            (r#"{"CLIENT_SECRETS": "s3cr3t"}"#, "the field CLIENT_ID is missing"),
            (r#"{"CLIENT_SECRETS": ["s3cr3t", 7]}"#, "the field CLIENT_SECRETS must be a list of strings"),
            (r#"{"CLIENT_SECRETS": ["s3cr3t"], "CLIENT_ID": {"s3cr3t": 1}}"#, "the field CLIENT_ID must be a string"),
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
                "the scopes are empty",
            ),
        ];
        for (text, expected) in cases {
            let error = Credentials::parse(text, None).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    fn summary(text: &str, name: Option<&str>) -> Result<String, String> {
        let credentials = Credentials::parse(text, name).map_err(|error| error.to_string())?;
        let secrets: Vec<_> = credentials.secrets.iter().map(Secret::expose).collect();
        Ok(format!("{} {} {} {}", credentials.client_id, secrets.join("+"), credentials.org_id, credentials.scopes))
    }

    const PROJECT: &str = r#"{"project": {"org": {"ims_org_id": "A1@AdobeOrg"}, "workspace": {"details": {"credentials": [
        {"name": "events", "integration_type": "oauth_server_to_server",
         "oauth_server_to_server": {"client_id": "c1", "client_secrets": ["s3cr3t-1", "s3cr3t-2"], "scopes": ["openid", "AdobeID"]}},
        {"name": "old", "integration_type": "service", "jwt": {"client_id": "j"}},
        {"name": "moved", "integration_type": "oauth_server_to_server_migrate", "jwt": {"client_id": "c2"},
         "oauth_server_to_server": {"client_id": "c2", "client_secrets": ["s3cr3t-3"], "scopes": ["openid"]}}
    ]}}}}"#;

    #[test]
    fn parse_json_rejects_dotenv() {
        let read = Credentials::parse_json(FILE_TEXT, None).expect("credentials");
        assert_eq!(read.client_id(), Credentials::parse(FILE_TEXT, None).expect("credentials").client_id());
        let lines = Credentials::parse_json("AJO_CLIENT_SECRET=s3cr3t", None).expect_err("lines").to_string();
        assert!(lines.starts_with("invalid JSON at line 1") && !lines.contains("s3cr3t"), "{lines}");
    }

    #[test]
    fn several_credentials_need_a_name() {
        assert_eq!(
            summary(PROJECT, None).expect_err("several"),
            "there are several credentials; choose one by name: events, moved"
        );
        assert_eq!(summary(PROJECT, Some("events")).expect("one"), "c1 s3cr3t-1+s3cr3t-2 A1@AdobeOrg openid,AdobeID");
        assert_eq!(summary(PROJECT, Some("moved")).expect("one"), "c2 s3cr3t-3 A1@AdobeOrg openid");
        let jwt = summary(PROJECT, Some("old")).expect_err("jwt");
        assert!(
            jwt.starts_with("this is a JWT (service account) credential, which Adobe retired on 2025-06-30"),
            "{jwt}"
        );
        assert_eq!(
            summary(PROJECT, Some("new")).expect_err("none"),
            "no credential is named new; available: events, moved"
        );
        let spaced = PROJECT.replace("\"events\"", "\"events \"");
        assert_eq!(summary(&spaced, Some("events ")).expect("one"), "c1 s3cr3t-1+s3cr3t-2 A1@AdobeOrg openid,AdobeID");
        let same = PROJECT.replace("\"moved\"", "\"events\"");
        for chosen in [None, Some("events")] {
            assert_eq!(
                summary(&same, chosen).expect_err("two with this name"),
                "there are several credentials; choose one by name: events (c1), events (c2)"
            );
        }
        assert_eq!(summary(&same, Some("c2")).expect("by its id"), "c2 s3cr3t-3 A1@AdobeOrg openid");
        let odd = PROJECT.replace("\"moved\"", &format!("\"\\u001b[31m{}\"", "x".repeat(100)));
        let error = summary(&odd, None).expect_err("several");
        assert!(error.len() < 130 && !error.contains('\u{1b}'), "{error}");
        for nameless in ["", "\"name\": \"\", ", "\"name\": \" \\u001b\", "] {
            let unnamed = PROJECT.replace("\"name\": \"events\", ", nameless);
            assert_eq!(
                summary(&unnamed, None).expect_err("several"),
                "there are several credentials; choose one by name: c1, moved"
            );
        }
        let alone = PROJECT.replace("\"oauth_server_to_server\",", "\"service\",");
        assert_eq!(summary(&alone, None).expect("the only one"), "c2 s3cr3t-3 A1@AdobeOrg openid");
    }

    #[test]
    fn postman_environment_is_parsed() {
        for scopes in [r#""openid, AdobeID""#, r#"["openid", "AdobeID"]"#] {
            let text = format!(
                r#"{{"name": "Adobe IO", "values": [
                    {{"key": "CLIENT_SECRET", "value": "old", "type": "secret", "enabled": false}},
                    {{"key": "CLIENT_SECRET", "value": "s3cr3t", "type": "secret", "enabled": true}},
                    {{"key": "API_KEY", "value": "c1 "}}, {{"key": "IMS_ORG", "value": "A1@AdobeOrg"}},
                    {{"key": "ACCESS_TOKEN", "value": ""}}, {{"key": "SCOPES", "value": {scopes}}}]}}"#
            );
            assert_eq!(summary(&text, None).expect("one"), "c1 s3cr3t A1@AdobeOrg openid,AdobeID");
        }
        let error =
            summary(r#"{"values": [{"key": "API_KEY", "value": "c1"}, {"key": "CLIENT_SECRET", "value": " "}]}"#, None);
        assert_eq!(error.expect_err("no secret"), "the Postman environment has no value for CLIENT_SECRET");
    }

    #[test]
    fn dotenv_has_two_sets_of_names() {
        let own_names = "# emulator\nexport AJO_CLIENT_ID='c1'\nAJO_CLIENT_SECRET=\"s3cr3t\"\nAJO_ORG_ID=A1@AdobeOrg\nAJO_SCOPES=openid, AdobeID\n";
        let adobe_names = "IMS_OAUTH_S2S_CLIENT_ID=c1\nIMS_OAUTH_S2S_CLIENT_SECRET=s3cr3t\nIMS_OAUTH_S2S_ORG_ID=A1@AdobeOrg\n\
                      IMS_OAUTH_S2S_SCOPES=[\"openid\",\"AdobeID\"]\n";
        for text in [own_names, adobe_names] {
            assert_eq!(summary(text, None).expect("one"), "c1 s3cr3t A1@AdobeOrg openid,AdobeID");
        }
        let set = adobe_names.lines().filter_map(|line| line.split_once('='));
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let credentials = Credentials::from_vars(set, |_| Err::<String, _>("no file is named")).expect("credentials");
        assert_eq!(credentials.scopes().to_string(), "openid,AdobeID");
        assert_eq!(
            summary("AJO_CLIENT_ID=c1\nOTHER=s3cr3t\n", None).expect_err("incomplete"),
            "neither AJO_CLIENT_SECRET nor IMS_OAUTH_S2S_CLIENT_SECRET is set"
        );
    }

    #[test]
    fn jwt_credential_has_its_own_error() {
        let key = "-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----\n";
        let download = r#"{"CLIENT_ID": "c", "API_KEY": "c", "CLIENT_SECRET": "s3cr3t", "ORG_ID": "A1@AdobeOrg"}"#;
        let only = r#"{"project": {"org": {"ims_org_id": "A1@AdobeOrg"}, "workspace": {"details": {"credentials": [
            {"name": "old", "integration_type": "service", "jwt": {"client_secret": "s3cr3t"}}]}}}}"#;
        for text in [key, download, only] {
            let error = summary(text, None).expect_err("jwt");
            assert!(error.contains("retired on 2025-06-30; add an OAuth server-to-server credential"), "{error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn invalid_text_never_leaks_or_panics() {
        for text in [
            "{}",
            "[]",
            "\u{feff}{}",
            "=",
            "A=",
            "s3cr3t",
            "{\"values\": \"s3cr3t\"}",
            "{\"values\": [1, {}]}",
            "{\"project\": \"s3cr3t\"}",
            "{\"project\": {\"org\": {\"ims_org_id\": \"s3cr3t\"}}}",
            "{\"CLIENT_SECRETS\": [[\"s3cr3t\"]]}",
            "X=s3cr3t",
            "{\"values\": [{\"key\": \"CLIENT_SECRET\", \"value\": {\"s3cr3t\": 1}}]}",
        ] {
            let error = Credentials::parse(text, None).expect_err(text);
            assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{text}: {error}");
        }
    }
}
