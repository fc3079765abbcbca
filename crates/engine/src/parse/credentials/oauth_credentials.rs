//! OAuth server-to-server credentials.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::json::Json;
use crate::parse::credentials::formats;
use crate::parse::credentials::formats::parsed_credential::{JWT_ENDED, ParsedCredential};
use crate::untrusted_text::excerpt;
use crate::{ClientId, CredentialsError, OrgId, Scopes, Secret};

/// What a client needs to be given tokens: client id, client secret, organization and scopes.
///
/// `Debug` shows no secret.
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

/// A name as errors show it.
fn printable(name: &str) -> String {
    excerpt(name.trim(), 60)
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

    /// Like [`Credentials::new`], with several secrets, of which the first that works is used. Adobe allows two at a time.
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

    /// From the text of a file in any format that people have: the JSON that the credential's page offers for download, the JSON
    /// of a project or workspace, a Postman environment, or lines `NAME=value`. A name chooses where it holds several.
    pub fn from_text(text: &str, name: Option<&str>) -> Result<Self, CredentialsError> {
        Self::choose(&formats::read(text)?, name)
    }

    /// From the JSON of such a file, parsed. A name chooses where it holds several.
    pub fn from_json(json: &impl Json, name: Option<&str>) -> Result<Self, CredentialsError> {
        Self::choose(&formats::of_json(json)?, name)
    }

    /// From the text of such a file that is JSON; lines `NAME=value` are not taken. It is for WebAssembly, where the code that
    /// reads those would have to be downloaded.
    pub fn from_json_text(text: &str, name: Option<&str>) -> Result<Self, CredentialsError> {
        Self::from_json(&formats::parse(text)?, name)
    }

    pub(crate) fn choose(candidates: &[ParsedCredential], name: Option<&str>) -> Result<Self, CredentialsError> {
        let usable: Vec<&ParsedCredential> = candidates.iter().filter(|one| !one.is_jwt).collect();
        let chosen = match (name.map(str::trim), usable.as_slice()) {
            (Some(wanted), _) => Self::named(candidates, wanted)?,
            (None, [only]) => only,
            (None, [first, ..]) if first.name.is_empty() => first,
            (None, _) => return Err(CredentialsError::Several(names(&usable))),
        };
        if chosen.is_jwt {
            return Err(CredentialsError::Form(JWT_ENDED.to_owned()));
        }
        let ParsedCredential { client_id, secrets, org_id, scopes, .. } = chosen;
        Self::from_parts(client_id, secrets, org_id, Scopes::new(scopes)?)
    }

    /// The one of this name or of this client id. A name that several have chooses none of them.
    fn named<'c>(candidates: &'c [ParsedCredential], wanted: &str) -> Result<&'c ParsedCredential, CredentialsError> {
        let all = |is: &dyn Fn(&ParsedCredential) -> bool| -> Vec<&'c ParsedCredential> {
            candidates.iter().filter(|one| is(one)).collect()
        };
        let exactly = all(&|one| one.name.trim() == wanted);
        let nearly = all(&|one| one.name.trim().eq_ignore_ascii_case(wanted));
        let by_id = all(&|one| one.client_id.trim() == wanted);
        let found = [exactly, by_id, nearly].into_iter().find(|found| !found.is_empty()).unwrap_or_default();
        match found.as_slice() {
            [only] => Ok(only),
            [] => {
                let usable: Vec<&ParsedCredential> = candidates.iter().filter(|one| !one.is_jwt).collect();
                Err(CredentialsError::NoSuchName { wanted: printable(wanted), there: names(&usable) })
            }
            several => Err(CredentialsError::Several(names(several))),
        }
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

/// The names to choose by; where several are the same, with the client id, which can be given in place of the name.
fn names(candidates: &[&ParsedCredential]) -> Vec<String> {
    let shown = |one: &&ParsedCredential| {
        let same = candidates.iter().filter(|other| other.name.trim() == one.name.trim()).count();
        if same > 1 {
            format!("{} ({})", printable(&one.name), printable(&one.client_id))
        } else {
            printable(&one.name)
        }
    };
    candidates.iter().filter(|one| !one.name.is_empty()).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE_TEXT: &str = r#"{
        "ORG_ID": "A1@AdobeOrg", "CLIENT_ID": "client-1 ", "CLIENT_SECRETS": ["s3cr3t\n", "0ther"],
        "SCOPES": ["openid", "AdobeID"], "TECHNICAL_ACCOUNT_ID": "t", "TECHNICAL_ACCOUNT_EMAIL": "e"
    }"#;

    #[test]
    fn the_downloaded_file_is_read_and_trimmed() {
        let credentials = Credentials::from_text(FILE_TEXT, None).expect("credentials");
        assert_eq!(credentials.client_id().as_str(), "client-1");
        assert_eq!(credentials.org_id().as_str(), "A1@AdobeOrg");
        assert_eq!(credentials.scopes().to_string(), "openid,AdobeID");
        let secrets: Vec<_> = credentials.secrets().iter().map(Secret::expose).collect();
        assert_eq!(secrets, ["s3cr3t", "0ther"]);
    }

    #[test]
    fn a_bad_file_is_named_by_place_and_never_by_value() {
        let cases = [
            ("", "this is not JSON (line 1, column 0)"),
            ("{\n  \"CLIENT_SECRETS\": [\"s3cr3t\" \"x\"]\n}", "this is not JSON (line 2, column 31)"),
            ("\"s3cr3t\"", "the file must hold a JSON object, or lines"),
            (r#"{"CLIENT_SECRETS": "s3cr3t"}"#, "the field CLIENT_ID is missing"),
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
            let error = Credentials::from_text(text, None).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    fn summary(text: &str, name: Option<&str>) -> Result<String, String> {
        let credentials = Credentials::from_text(text, name).map_err(|error| error.to_string())?;
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
    fn json_is_read_as_from_the_file_and_lines_are_not() {
        let read = Credentials::from_json_text(FILE_TEXT, None).expect("credentials");
        assert_eq!(read.client_id(), Credentials::from_text(FILE_TEXT, None).expect("credentials").client_id());
        let lines = Credentials::from_json_text("AJO_CLIENT_SECRET=s3cr3t", None).expect_err("lines").to_string();
        assert!(lines.starts_with("this is not JSON (line 1") && !lines.contains("s3cr3t"), "{lines}");
    }

    #[test]
    fn a_project_needs_a_name_where_it_has_several_credentials() {
        assert_eq!(
            summary(PROJECT, None).expect_err("several"),
            "there are several credentials; choose one by name: events, moved"
        );
        assert_eq!(summary(PROJECT, Some("events")).expect("one"), "c1 s3cr3t-1+s3cr3t-2 A1@AdobeOrg openid,AdobeID");
        assert_eq!(summary(PROJECT, Some("moved")).expect("one"), "c2 s3cr3t-3 A1@AdobeOrg openid");
        let jwt = summary(PROJECT, Some("old")).expect_err("jwt");
        assert!(jwt.starts_with("this is a JWT (service account) credential, and those ended on 2025-06-30"), "{jwt}");
        assert_eq!(
            summary(PROJECT, Some("new")).expect_err("none"),
            "no credential is called new; there are: events, moved"
        );
        let spaced = PROJECT.replace("\"events\"", "\"events \"");
        assert_eq!(summary(&spaced, Some("events ")).expect("one"), "c1 s3cr3t-1+s3cr3t-2 A1@AdobeOrg openid,AdobeID");
        let same = PROJECT.replace("\"moved\"", "\"events\"");
        for chosen in [None, Some("events")] {
            assert_eq!(
                summary(&same, chosen).expect_err("two of this name"),
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
    fn a_postman_environment_is_read_with_scopes_as_text_or_list() {
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
    fn variables_are_read_by_our_names_and_by_those_of_adobes_command() {
        let ours = "# emulator\nexport AJO_CLIENT_ID='c1'\nAJO_CLIENT_SECRET=\"s3cr3t\"\nAJO_ORG_ID=A1@AdobeOrg\nAJO_SCOPES=openid, AdobeID\n";
        let theirs = "IMS_OAUTH_S2S_CLIENT_ID=c1\nIMS_OAUTH_S2S_CLIENT_SECRET=s3cr3t\nIMS_OAUTH_S2S_ORG_ID=A1@AdobeOrg\n\
                      IMS_OAUTH_S2S_SCOPES=[\"openid\",\"AdobeID\"]\n";
        for text in [ours, theirs] {
            assert_eq!(summary(text, None).expect("one"), "c1 s3cr3t A1@AdobeOrg openid,AdobeID");
        }
        let set = theirs.lines().filter_map(|line| line.split_once('='));
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let credentials = Credentials::from_vars(set, |_| Err::<String, _>("no file is named")).expect("credentials");
        assert_eq!(credentials.scopes().to_string(), "openid,AdobeID");
        assert_eq!(
            summary("AJO_CLIENT_ID=c1\nOTHER=s3cr3t\n", None).expect_err("incomplete"),
            "neither AJO_CLIENT_SECRET nor IMS_OAUTH_S2S_CLIENT_SECRET is set in it"
        );
    }

    #[test]
    fn what_jwt_left_behind_is_told_from_a_mistake() {
        let key = "-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----\n";
        let era = r#"{"CLIENT_ID": "c", "API_KEY": "c", "CLIENT_SECRET": "s3cr3t", "ORG_ID": "A1@AdobeOrg"}"#;
        let only = r#"{"project": {"org": {"ims_org_id": "A1@AdobeOrg"}, "workspace": {"details": {"credentials": [
            {"name": "old", "integration_type": "service", "jwt": {"client_secret": "s3cr3t"}}]}}}}"#;
        for text in [key, era, only] {
            let error = summary(text, None).expect_err("jwt");
            assert!(error.contains("ended on 2025-06-30; add an OAuth server-to-server credential"), "{error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_shows_what_it_holds() {
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
            let error = Credentials::from_text(text, None).expect_err(text);
            assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{text}: {error}");
        }
    }
}
