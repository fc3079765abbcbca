//! What must hold for any input that comes from outside: one function for each kind of input, which panics where it does not.
//!
//! The suite `properties` checks them on the committed corpus and on generated input, and the crate `fuzz` outside the workspace
//! under libFuzzer. That one includes this file, so it needs nothing but the pure halves of `ajo-auth` and `ajo-core`.

use std::fmt::{Debug, Display};
use std::time::Duration;

use ajo_auth::{AccessToken, ClientId, Credentials, CredentialsError, Endpoint, OrgId, Scopes, Secret, Timestamp};
use ajo_core::{Failure, Sandbox, Uid};
use ajo_engine::{decode_entry, encode_entry, parse_retry_after, parse_token_response};
use http::{HeaderValue, Uri};
use serde_json::{Value, json};

/// Stands for a client secret in the corpus; must not be seen in any error.
pub const SECRET: &str = "s3cr3t-canary";

/// Stands for an access token in the corpus; must not be seen in any error.
pub const TOKEN: &str = "t0k3n-canary";

/// When the properties are checked: in November 2026.
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// No token is taken that lives longer: a host that says so is not believed.
const LONGEST_LIFE: Duration = Duration::from_secs(31 * 24 * 3600);

/// No error about an input is longer, in bytes, however long the input is.
const LONGEST_ERROR: usize = 1200;

/// A text that came from outside goes to terminals and logs.
fn assert_printable(text: &str, longest: usize) {
    assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
    assert!(text.trim() == text && !text.is_empty(), "blank or not trimmed: {text:?}");
    assert!(text.chars().count() <= longest, "{} characters", text.chars().count());
}

fn assert_is_header(text: &str) {
    let value = HeaderValue::from_str(text).unwrap_or_else(|_| panic!("{text:?} is no header value"));
    assert_eq!(value.to_str().ok(), Some(text));
}

fn assert_hides(canary: &str, what: &(impl Debug + Display)) {
    let shown = format!("{what} {what:?}");
    assert!(!shown.contains(canary), "{shown}");
}

/// A file with credentials.
pub fn credential_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let result = Credentials::from_text(&text, None);
    let variable = ("AJO_CREDENTIALS".to_owned(), "file".to_owned());
    let by_variable = Credentials::from_vars([variable], |_| Ok::<_, String>(text.clone().into_owned()));
    assert_eq!(by_variable.is_ok(), result.is_ok(), "a variable that names the file comes to the same");
    match result {
        Ok(credentials) => credentials_are_usable(&credentials),
        Err(CredentialsError::Several(names)) => {
            assert!(names.len() > 1);
            assert_printable(&CredentialsError::Several(names.clone()).to_string(), usize::MAX);
            for name in names {
                match Credentials::from_text(&text, Some(&name)) {
                    Ok(credentials) => credentials_are_usable(&credentials),
                    Err(error) => assert!(!matches!(error, CredentialsError::Several(_)), "{error}"),
                }
            }
        }
        Err(error) => {
            assert_printable(&error.to_string(), LONGEST_ERROR);
            assert_hides(SECRET, &error);
        }
    }
}

fn credentials_are_usable(credentials: &Credentials) {
    let (client_id, org_id) = (credentials.client_id().as_str(), credentials.org_id().as_str());
    let scopes = credentials.scopes().to_string();
    assert_is_header(client_id);
    assert_is_header(org_id);
    assert!(credentials.scopes().iter().all(|scope| !scope.trim().is_empty()) && !scopes.is_empty());
    let secrets: Vec<&str> = credentials.secrets().iter().map(Secret::expose).collect();
    assert!(!secrets.is_empty() && secrets.iter().all(|secret| !secret.is_empty() && secret.trim() == *secret));
    // Whoever writes the secret in place of another value has it shown.
    if ![client_id, org_id, &scopes].iter().any(|text| text.contains(SECRET)) {
        assert!(!format!("{credentials:?}").contains(SECRET), "{credentials:?}");
    }
    let flat = json!({"CLIENT_ID": client_id, "ORG_ID": org_id, "CLIENT_SECRETS": secrets, "SCOPES": [scopes]});
    let again = Credentials::from_text(&flat.to_string(), None).expect("the same credentials in another form");
    assert_eq!(again.client_id(), credentials.client_id());
    assert_eq!((again.org_id(), again.scopes()), (credentials.org_id(), credentials.scopes()));
    assert_eq!(again.secrets().iter().map(Secret::expose).collect::<Vec<_>>(), secrets);
}

/// The body of an answer to a failed call.
pub fn failure_body(data: &[u8]) {
    const LONGEST: usize = 501;
    let text = String::from_utf8_lossy(data);
    for (status, header) in [(400, None), (401, Some("from-header")), (500, Some("")), (503, Some(&*text))] {
        let failure = Failure::read(status, header, data);
        assert_eq!(failure, Failure::read(status, header, data));
        assert_eq!(failure.status, status);
        assert_printable(&failure.message, LONGEST);
        let code = failure.code.as_ref().map(|code| code.as_str().to_owned());
        for part in [&code, &failure.family, &failure.request_id].into_iter().flatten() {
            assert_printable(part, LONGEST);
        }
        if header == Some("from-header") {
            assert!(failure.request_id.is_some(), "what the body lacks must not hide the header");
        }
        if let Some(hint) = failure.hint() {
            assert_printable(hint, LONGEST);
        }
    }
    let Ok(json) = serde_json::from_slice::<Value>(data) else {
        // It may be a proxy's page that echoes the request.
        let shown = format!("{:?}", Failure::read(502, None, data));
        assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
        return;
    };
    // The service may say in a string what it may say in an object.
    if let Some(error) = json.get("error").filter(|error| error.is_object()) {
        let mut other = json.clone();
        other["error"] = Value::String(error.to_string());
        let read = |json: &Value| Failure::read(500, None, json.to_string().as_bytes());
        assert_eq!(read(&json), read(&other));
    }
}

/// The body of an answer to a token request.
pub fn token_answer(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let granted =
        serde_json::from_slice::<Value>(data).ok().and_then(|json| Some(json["access_token"].as_str()?.to_owned()));
    for (secret, debug_id) in [(SECRET, None), ("s3 cr/3t-canary", Some(&*text))] {
        let secret = Secret::new(secret);
        for status in [200, 400, 401, 429, 500] {
            match parse_token_response(status, debug_id, data, &secret, NOW) {
                Ok(token) => {
                    assert_eq!((status, Some(token.value().expose())), (200, granted.as_deref()));
                    token_is_usable(&token);
                }
                Err(error) => {
                    assert_eq!(error.status, status);
                    assert_printable(&error.to_string(), LONGEST_ERROR);
                    assert_hides(secret.expose(), &error);
                    // A host that grants `e` is not asked to keep that letter out of its texts.
                    if let Some(token) = granted.as_ref().filter(|token| token.contains(TOKEN)) {
                        assert_hides(token, &error);
                    }
                }
            }
        }
    }
}

fn token_is_usable(token: &AccessToken) {
    assert_is_header(token.value().expose());
    assert_is_header(&format!("Bearer {}", token.value().expose()));
    assert!(!token.lifetime().is_zero() && token.lifetime() <= LONGEST_LIFE, "{:?}", token.lifetime());
    assert!(!format!("{token:?}").contains(token.value().expose()) || !token.value().expose().contains(TOKEN));
    let again = decode_entry(&encode_entry(token), NOW).expect("what is kept is read again");
    assert_eq!(again.value().expose(), token.value().expose());
    assert_eq!((again.expires_at(), again.lifetime()), (token.expires_at(), token.lifetime()));
}

/// A token in a store, whoever wrote it there.
pub fn token_entry(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match decode_entry(&Secret::new(&*text), NOW) {
        Ok(token) => token_is_usable(&token),
        Err(error) => {
            assert_printable(&error.to_string(), LONGEST_ERROR);
            assert_hides(TOKEN, &error);
        }
    }
    // Any text as the token itself.
    if let Some(token) = AccessToken::new(Secret::new(&*text), NOW, Duration::from_secs(3600)) {
        token_is_usable(&token);
    }
}

/// The header `Retry-After`.
pub fn retry_after(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = |text: &str, now| parse_retry_after(text, now);
    let asked = read(&text, NOW);
    assert_eq!(read(&format!(" {text}\t"), NOW), asked, "white space around it says nothing");
    let digits = text.trim();
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = digits.parse().unwrap_or(u64::MAX);
        assert_eq!(asked, Some(Duration::from_secs(seconds)));
    } else if let Some(asked) = asked {
        // A date comes nearer by as much as passes.
        let second = Duration::from_secs(1);
        assert_eq!(read(&text, NOW.saturating_add(second)), Some(asked.saturating_sub(second)));
    }
}

/// Identifiers, names and addresses that are put into paths and headers.
pub fn identifier(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    uid(text);
    header_values(text);
    endpoint(text);
}

fn uid(text: &str) {
    let json = serde_json::to_string(text).expect("a string");
    let uid = text.parse::<Uid>();
    assert_eq!(serde_json::from_str::<Uid>(&json).ok(), uid.clone().ok(), "every way of making one agrees");
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
        Err(error) => assert_printable(&error.to_string(), LONGEST_ERROR),
    }
}

fn header_values(text: &str) {
    match text.parse::<Sandbox>() {
        Ok(sandbox) => {
            assert_eq!(sandbox.as_str(), text);
            assert_eq!(text.to_lowercase(), text);
            assert_is_header(text);
        }
        Err(error) => assert_printable(&error.to_string(), LONGEST_ERROR),
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

fn endpoint(text: &str) {
    match Endpoint::parse(text) {
        Ok(endpoint) => {
            let url = endpoint.as_str();
            assert_eq!(Endpoint::parse(url), Ok(endpoint.clone()), "{url:?}");
            assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
            assert!(!url.contains(['?', '#', '\\']) && !url.ends_with('/'), "{url:?}");
            assert!(url.split('/').nth(2).is_some_and(|authority| !authority.contains('@')), "{url:?}");
            assert!(url.starts_with(if endpoint.is_plain_http() { "http://" } else { "https://" }), "{url:?}");
            let uri: Uri = format!("{url}/list/endpointConfigs").parse().expect("an address with a path");
            assert!(uri.host().is_some_and(|host| !host.is_empty()), "{url:?}");
            assert!(!uri.path().split('/').any(|part| part == "." || part == ".."), "{url:?}");
        }
        Err(error) => assert_printable(&error.to_string(), LONGEST_ERROR),
    }
    match Endpoint::parse_root(text) {
        Ok(root) => assert_eq!(root.as_str().matches('/').count(), 2, "{root}"),
        Err(error) => assert_printable(&error.to_string(), LONGEST_ERROR),
    }
    if text.contains(SECRET) {
        return;
    }
    for address in
        [format!("https://me:{SECRET}@{text}"), format!("https://{text}?{SECRET}"), format!("{text}#{SECRET}")]
    {
        assert_hides(SECRET, &Endpoint::parse(&address).expect_err("a secret in an address"));
    }
}
