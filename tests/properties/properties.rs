//! Properties of all parsers of untrusted input. Each function panics if its property does not hold.
//!
//! The suite `properties` checks them on the corpus and on generated input. The crate `fuzz`, outside the workspace, includes this file
//! and checks them under libFuzzer, so this file uses only the parts of `ajo-auth` and `ajo-core` without I/O.

use std::fmt::{Debug, Display};
use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, BaseUrl, ClientId, Credentials, CredentialsError, OrgId, Scopes, Secret, Timestamp,
};
use ajo_core::{ErrorResponse, SandboxName, Uid};
use ajo_engine::{decode_entry, encode_entry, parse_retry_after, parse_token_response};
use http::{HeaderValue, Uri};
use serde_json::{Value, json};

/// A client secret in the corpus. It must not appear in any error.
pub const SECRET: &str = "s3cr3t-canary";

/// An access token in the corpus. It must not appear in any error.
pub const TOKEN: &str = "t0k3n-canary";

/// The current time, in November 2026.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// Tokens with a longer lifetime are rejected as implausible.
const MAX_LIFETIME: Duration = Duration::from_secs(31 * 24 * 3600);

/// Maximum length of an error in bytes, for inputs of any length.
const MAX_ERROR_LENGTH: usize = 1200;

/// Asserts that untrusted text is safe for terminals and logs.
fn assert_printable(text: &str, longest: usize) {
    assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
    assert!(text.trim() == text && !text.is_empty(), "empty or not trimmed: {text:?}");
    assert!(text.chars().count() <= longest, "{} characters", text.chars().count());
}

fn assert_is_header(text: &str) {
    let value = HeaderValue::from_str(text).unwrap_or_else(|_| panic!("{text:?} is not a valid header value"));
    assert_eq!(value.to_str().ok(), Some(text));
}

fn assert_not_leaked(canary: &str, error: &(impl Debug + Display)) {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(canary), "{text}");
}

/// Parses a credential file.
pub fn credential_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let result = Credentials::parse(&text, None);
    let variable = ("AJO_CREDENTIALS".to_owned(), "file".to_owned());
    let by_variable = Credentials::from_vars([variable], |_| Ok::<_, String>(text.clone().into_owned()));
    assert_eq!(by_variable.is_ok(), result.is_ok(), "a variable with the file's path gives the same result");
    match result {
        Ok(credentials) => assert_usable_credentials(&credentials),
        Err(CredentialsError::Ambiguous(names)) => {
            assert!(names.len() > 1);
            assert_printable(&CredentialsError::Ambiguous(names.clone()).to_string(), usize::MAX);
            for name in names {
                match Credentials::parse(&text, Some(&name)) {
                    Ok(credentials) => assert_usable_credentials(&credentials),
                    Err(error) => assert!(!matches!(error, CredentialsError::Ambiguous(_)), "{error}"),
                }
            }
        }
        Err(error) => {
            assert_printable(&error.to_string(), MAX_ERROR_LENGTH);
            assert_not_leaked(SECRET, &error);
        }
    }
}

fn assert_usable_credentials(credentials: &Credentials) {
    let (client_id, org_id) = (credentials.client_id().as_str(), credentials.org_id().as_str());
    let scopes = credentials.scopes().to_string();
    assert_is_header(client_id);
    assert_is_header(org_id);
    assert!(credentials.scopes().iter().all(|scope| !scope.trim().is_empty()) && !scopes.is_empty());
    let secrets: Vec<&str> = credentials.secrets().iter().map(Secret::expose).collect();
    assert!(!secrets.is_empty() && secrets.iter().all(|secret| !secret.is_empty() && secret.trim() == *secret));
    // Other values may be printed, even if they contain the secret.
    if ![client_id, org_id, &scopes].iter().any(|text| text.contains(SECRET)) {
        assert!(!format!("{credentials:?}").contains(SECRET), "{credentials:?}");
    }
    let flat = json!({"CLIENT_ID": client_id, "ORG_ID": org_id, "CLIENT_SECRETS": secrets, "SCOPES": [scopes]});
    let again = Credentials::parse(&flat.to_string(), None).expect("the same credentials in another format");
    assert_eq!(again.client_id(), credentials.client_id());
    assert_eq!((again.org_id(), again.scopes()), (credentials.org_id(), credentials.scopes()));
    assert_eq!(again.secrets().iter().map(Secret::expose).collect::<Vec<_>>(), secrets);
}

/// Parses an error response.
pub fn error_response(data: &[u8]) {
    const MAX_LENGTH: usize = 501;
    let text = String::from_utf8_lossy(data);
    for (status, header) in [(400, None), (401, Some("from-header")), (500, Some("")), (503, Some(&*text))] {
        let failure = ErrorResponse::parse(status, header, data);
        assert_eq!(failure, ErrorResponse::parse(status, header, data));
        assert_eq!(failure.status, status);
        assert_printable(&failure.message, MAX_LENGTH);
        let code = failure.code.as_ref().map(|code| code.as_str().to_owned());
        for part in [&code, &failure.family, &failure.request_id].into_iter().flatten() {
            assert_printable(part, MAX_LENGTH);
        }
        if header == Some("from-header") {
            assert!(failure.request_id.is_some(), "the request id of the header is missing");
        }
        if let Some(hint) = failure.hint() {
            assert_printable(hint, MAX_LENGTH);
        }
    }
    let Ok(json) = serde_json::from_slice::<Value>(data) else {
        // A proxy's error page can echo the request.
        let debug = format!("{:?}", ErrorResponse::parse(502, None, data));
        assert!(!debug.contains(SECRET) && !debug.contains(TOKEN), "{debug}");
        return;
    };
    // The service sends the error as an object or as a string with its JSON.
    if let Some(error) = json.get("error").filter(|error| error.is_object()) {
        let mut other = json.clone();
        other["error"] = Value::String(error.to_string());
        let parse = |json: &Value| ErrorResponse::parse(500, None, json.to_string().as_bytes());
        assert_eq!(parse(&json), parse(&other));
    }
}

/// Parses a token response.
pub fn token_response(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let issued =
        serde_json::from_slice::<Value>(data).ok().and_then(|json| Some(json["access_token"].as_str()?.to_owned()));
    for (secret, debug_id) in [(SECRET, None), ("s3 cr/3t-canary", Some(&*text))] {
        let secret = Secret::new(secret);
        for status in [200, 400, 401, 429, 500] {
            match parse_token_response(status, None, debug_id, Some(data), &secret, NOW) {
                Ok(token) => {
                    assert_eq!((status, Some(token.value().expose())), (200, issued.as_deref()));
                    assert_usable_token(&token);
                }
                Err(error) => {
                    assert!(matches!(&error, AuthError::Ims(error) if error.status == status), "{error}");
                    assert_printable(&error.to_string(), MAX_ERROR_LENGTH);
                    assert_not_leaked(secret.expose(), &error);
                    // A token such as `e` may appear in an error by coincidence.
                    if let Some(token) = issued.as_ref().filter(|token| token.contains(TOKEN)) {
                        assert_not_leaked(token, &error);
                    }
                }
            }
        }
    }
}

fn assert_usable_token(token: &AccessToken) {
    assert_is_header(token.value().expose());
    assert_is_header(&format!("Bearer {}", token.value().expose()));
    assert!(!token.lifetime().is_zero() && token.lifetime() <= MAX_LIFETIME, "{:?}", token.lifetime());
    assert!(!format!("{token:?}").contains(token.value().expose()) || !token.value().expose().contains(TOKEN));
    let again = decode_entry(&encode_entry(token), NOW).expect("an encoded entry decodes");
    assert_eq!(again.value().expose(), token.value().expose());
    assert_eq!((again.expires_at(), again.lifetime()), (token.expires_at(), token.lifetime()));
}

/// Decodes an entry of a token store.
pub fn store_entry(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match decode_entry(&Secret::new(&*text), NOW) {
        Ok(token) => assert_usable_token(&token),
        Err(error) => {
            assert_printable(&error.to_string(), MAX_ERROR_LENGTH);
            assert_not_leaked(TOKEN, &error);
        }
    }
    // The input as the token itself.
    if let Some(token) = AccessToken::new(Secret::new(&*text), NOW, Duration::from_secs(3600)) {
        assert_usable_token(&token);
    }
}

/// Parses the header `Retry-After`.
pub fn retry_after(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let parsed = parse_retry_after(&text, NOW);
    assert_eq!(parse_retry_after(&format!(" {text}\t"), NOW), parsed, "surrounding white space is ignored");
    let digits = text.trim();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = digits.parse().unwrap_or(u64::MAX);
        assert_eq!(parsed, Some(Duration::from_secs(seconds)));
    } else if let Some(wait) = parsed {
        // A second later, the wait until a date is a second shorter.
        let second = Duration::from_secs(1);
        assert_eq!(parse_retry_after(&text, NOW.saturating_add(second)), Some(wait.saturating_sub(second)));
    }
}

/// Parses identifiers, names, and URLs that become part of paths and headers.
pub fn identifier(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    check_uid(text);
    check_header_values(text);
    check_endpoint(text);
}

fn check_uid(text: &str) {
    let json = serde_json::to_string(text).expect("a string");
    let uid = text.parse::<Uid>();
    assert_eq!(serde_json::from_str::<Uid>(&json).ok(), uid.clone().ok(), "JSON and `FromStr` agree");
    match uid {
        Ok(uid) => {
            assert_eq!(uid.to_string(), text);
            assert_eq!(uid.to_string().parse(), Ok(uid.clone()));
            assert!(text.len() <= 128 && !text.contains(['/', '\\', '%', '?', '#']) && ![".", ".."].contains(&text));
            assert_is_header(text);
            let path = format!("/endpointConfigs/{uid}/canDeploy");
            let uri: Uri = format!("https://a.example{path}").parse().expect("a URL");
            assert_eq!((uri.path(), uri.query()), (path.as_str(), None));
        }
        Err(error) => assert_printable(&error.to_string(), MAX_ERROR_LENGTH),
    }
}

fn check_header_values(text: &str) {
    match text.parse::<SandboxName>() {
        Ok(sandbox) => {
            assert_eq!(sandbox.as_str(), text);
            assert_eq!(text.to_lowercase(), text);
            assert_is_header(text);
        }
        Err(error) => assert_printable(&error.to_string(), MAX_ERROR_LENGTH),
    }
    if let Ok(id) = text.parse::<ClientId>() {
        assert_is_header(id.as_str());
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(id) = text.parse::<OrgId>() {
        assert_is_header(id.as_str());
        assert!(id.as_str().ends_with("@AdobeOrg"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(scopes) = text.parse::<Scopes>() {
        assert!(scopes.iter().all(|scope| !scope.is_empty() && scope.trim() == scope && !scope.contains(',')));
        assert_eq!(scopes.to_string().parse(), Ok(scopes));
    }
}

fn check_endpoint(text: &str) {
    match BaseUrl::parse(text) {
        Ok(endpoint) => {
            let url = endpoint.as_str();
            assert_eq!(BaseUrl::parse(url), Ok(endpoint.clone()), "{url:?}");
            assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
            assert!(!url.contains(['?', '#', '\\']) && !url.ends_with('/'), "{url:?}");
            assert!(url.split('/').nth(2).is_some_and(|authority| !authority.contains('@')), "{url:?}");
            assert!(url.starts_with(if endpoint.is_plain_http() { "http://" } else { "https://" }), "{url:?}");
            let uri: Uri = format!("{url}/list/endpointConfigs").parse().expect("a URL with a path");
            assert!(uri.host().is_some_and(|host| !host.is_empty()), "{url:?}");
            assert!(!uri.path().split('/').any(|part| part == "." || part == ".."), "{url:?}");
        }
        Err(error) => assert_printable(&error.to_string(), MAX_ERROR_LENGTH),
    }
    match BaseUrl::parse_origin(text) {
        Ok(root) => assert_eq!(root.as_str().matches('/').count(), 2, "{root}"),
        Err(error) => assert_printable(&error.to_string(), MAX_ERROR_LENGTH),
    }
    if text.contains(SECRET) {
        return;
    }
    for address in
        [format!("https://me:{SECRET}@{text}"), format!("https://{text}?{SECRET}"), format!("{text}#{SECRET}")]
    {
        assert_not_leaked(SECRET, &BaseUrl::parse(&address).expect_err("a secret in a URL"));
    }
}
