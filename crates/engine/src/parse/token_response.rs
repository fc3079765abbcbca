//! Parses responses of the token endpoint.

use alloc::borrow::ToOwned as _;
use core::time::Duration;

use crate::json::{JsonValue, MAX_DEPTH, Value, parse};
use crate::parse::access_token::MAX_LIFETIME;
use crate::text::{concat, contains, decimal, parse_decimal, trim};
use crate::{AccessToken, AuthError, ImsError, ImsErrorKind, Secret, Timestamp, TransportErrorKind, parse_retry_after};

/// A larger `expires_in` is in milliseconds. Source: tokens live 1 to 24 hours, at most 86,399 s, and the retired JWT
/// exchange returned milliseconds in the same field.
const MAX_EXPIRES_IN_SECONDS: u64 = 1_000_000;

/// Maximum size of a response of the token endpoint. A token has about 2 KB.
pub const MAX_TOKEN_RESPONSE_BYTES: usize = 64 * 1024;

/// Parses the response to a token request. `retry_after` and `debug_id` are headers. The body is `None` if it exceeds
/// [`MAX_TOKEN_RESPONSE_BYTES`]. `secret` is the client secret of the request. Errors redact it and the
/// access token in all strings of the response.
pub fn parse_token_response(
    status: u16,
    retry_after: Option<&str>,
    debug_id: Option<&str>,
    body: Option<&[u8]>,
    secret: &Secret,
    now: Timestamp,
) -> Result<AccessToken, AuthError> {
    let Some(body) = body else {
        let detail =
            concat(&["the response is longer than ", &decimal(MAX_TOKEN_RESPONSE_BYTES as u64 / 1024), " KiB"]);
        return Err(AuthError::Transport { kind: TransportErrorKind::Disconnected, proxy: None, detail });
    };
    let retry_after = retry_after.and_then(|value| parse_retry_after(value, now));
    parse_body(status, debug_id, body, secret, now).map_err(|error| ImsError { retry_after, ..error }.into())
}

fn parse_body(
    status: u16,
    debug_id: Option<&str>,
    body: &[u8],
    secret: &Secret,
    now: Timestamp,
) -> Result<AccessToken, ImsError> {
    let parsed = parse(body, MAX_DEPTH);
    let is_json = parsed.is_ok();
    let json = parsed.unwrap_or(Value::Null);
    let secrets = [secret.expose(), json.get_str("access_token").unwrap_or_default()];
    let text = |key: &str| ImsError::redact(json.get_str(key)?, &secrets);
    let code = text("error").filter(|code| is_oauth_code(code));
    let (kind, reason) = if status == 200 {
        match parse_token(&json, now) {
            Ok(token) => return Ok(token),
            Err(reason) => (ImsErrorKind::Decode, Some(reason)),
        }
    } else {
        (error_kind(status, code.as_deref(), body), describe_unknown_body(body).filter(|_| !is_json))
    };
    Err(ImsError {
        kind,
        status,
        code,
        description: reason.map(str::to_owned).or_else(|| text("error_description")),
        debug_id: debug_id.and_then(|id| ImsError::redact(id, &secrets)),
        retry_after: None,
    })
}

/// The token of a success. The error says what is wrong.
fn parse_token(response: &Value<'_>, now: Timestamp) -> Result<AccessToken, &'static str> {
    if response.as_object().is_none() {
        return Err("the body is not a JSON object");
    }
    let token = response.get_str("access_token").ok_or("the body has no access_token")?;
    let lifetime = JsonValue::get(response, "expires_in");
    let lifetime = lifetime.and_then(|value| value.as_u64().or_else(|| parse_decimal(trim(value.as_str()?))));
    let lifetime = match lifetime {
        None | Some(0) => return Err("expires_in is not a positive integer"),
        Some(seconds @ 1..=MAX_EXPIRES_IN_SECONDS) => Duration::from_secs(seconds),
        Some(millis) => Duration::from_millis(millis),
    };
    if lifetime > MAX_LIFETIME {
        return Err("expires_in is longer than 31 days");
    }
    let token = AccessToken::new(Secret::new(token), now, lifetime);
    token.ok_or("the access_token has characters that cannot be sent in a header")
}

/// All codes of RFC 6749 and of Adobe's documents have a `_`. Other servers write a status such as `Not Found`.
fn is_oauth_code(text: &str) -> bool {
    contains(text, "_")
}

/// With 429 and 5xx the endpoint has not checked the credential, whatever code the body has. If such a response counted
/// as a rejected secret, it would trigger another request at once with the next secret.
fn error_kind(status: u16, code: Option<&str>, body: &[u8]) -> ImsErrorKind {
    let is_empty = body.trim_ascii().is_empty();
    match (status, code) {
        (429, _) => ImsErrorKind::RateLimited,
        (500.., _) | (_, Some("internal_error")) => ImsErrorKind::ServerError,
        (_, Some("invalid_client")) => ImsErrorKind::InvalidClient,
        // A 401 without a body can only be about the client.
        (401, None) if is_empty => ImsErrorKind::InvalidClient,
        // RFC 6749 requires a code. Proxies and firewalls respond with a page, or with one of these statuses alone.
        (..300 | 400.., None) if !is_empty || matches!(status, 403..=407 | 451) => ImsErrorKind::Intermediary,
        (_, Some("unauthorized_client")) => ImsErrorKind::UnauthorizedClient,
        (_, Some("invalid_scope")) => ImsErrorKind::InvalidScope,
        _ => ImsErrorKind::Other,
    }
}

/// Describes a body that is not JSON, without repeating it.
fn describe_unknown_body(body: &[u8]) -> Option<&'static str> {
    match body.trim_ascii_start().first() {
        None => None,
        Some(b'<') => Some("the response is HTML or XML"),
        Some(_) => Some("the response is not JSON"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn parse_response(status: u16, body: &str) -> Result<AccessToken, ImsError> {
        parse_body(status, Some("debug-1"), body.as_bytes(), &Secret::new("s3cr3t"), NOW)
    }

    #[test]
    fn expires_in_is_the_lifetime() {
        let token =
            parse_response(200, r#"{"access_token":"abc","token_type":"bearer","expires_in":86399}"#).expect("a token");
        assert_eq!(token.value().expose(), "abc");
        assert_eq!(token.lifetime(), Duration::from_secs(86399));
        assert_eq!(token.expires_at(), NOW.saturating_add(Duration::from_secs(86399)));
    }

    #[test]
    fn expires_in_accepts_milliseconds() {
        for (expires_in, seconds) in [
            ("86399000", 86399),
            ("\"3600\"", 3600),
            ("1000000", 1_000_000),
            ("1000001", 1000),
            ("2678400000", MAX_LIFETIME.as_secs()),
        ] {
            let token = parse_response(200, &format!(r#"{{"access_token":"abc","expires_in":{expires_in}}}"#))
                .expect("a token");
            assert_eq!(token.lifetime().as_secs(), seconds, "{expires_in}");
        }
    }

    #[test]
    fn success_without_a_token_is_an_error() {
        for body in [
            "",
            "<html>",
            "[]",
            "null",
            "{}",
            r#"{"access_token":7,"expires_in":1}"#,
            r#"{"access_token":"abc"}"#,
            r#"{"access_token":"abc","expires_in":0}"#,
            r#"{"access_token":"abc","expires_in":-1}"#,
            r#"{"access_token":"abc","expires_in":"soon"}"#,
            r#"{"access_token":"abc","expires_in":1.5}"#,
            r#"{"access_token":"abc","expires_in":2678400001}"#,
            r#"{"access_token":"abc","expires_in":31556952000000}"#,
            r#"{"access_token":"abc","expires_in":18446744073709551615}"#,
            r#"{"access_token":"","expires_in":1}"#,
            r#"{"access_token":"a\r\nb","expires_in":1}"#,
        ] {
            let error = parse_response(200, body).expect_err(body);
            assert_eq!(error.kind, ImsErrorKind::Decode, "{body}");
            assert!(error.description.is_some(), "{body}");
        }
    }

    #[test]
    fn each_error_has_a_kind_and_a_hint() {
        let cases = [
            (
                400,
                r#"{"error":"invalid_client","error_description":"invalid client_secret parameter"}"#,
                ImsErrorKind::InvalidClient,
                "client secret",
            ),
            (
                401,
                r#"{"error":"invalid_client","error_description":"invalid client_id parameter"}"#,
                ImsErrorKind::InvalidClient,
                "client id",
            ),
            (400, r#"{"error":"unauthorized_client"}"#, ImsErrorKind::UnauthorizedClient, "OAuth server-to-server"),
            (400, r#"{"error":"invalid_scope"}"#, ImsErrorKind::InvalidScope, "scopes"),
            (500, r#"{"error":"internal_error"}"#, ImsErrorKind::ServerError, "try again"),
            (429, "", ImsErrorKind::RateLimited, "wait"),
            (429, r#"{"error":"invalid_client"}"#, ImsErrorKind::RateLimited, "wait"),
            (503, "<html>", ImsErrorKind::ServerError, "try again"),
            (503, r#"{"error":"invalid_client"}"#, ImsErrorKind::ServerError, "try again"),
            (401, "", ImsErrorKind::InvalidClient, "client secret"),
            (400, "", ImsErrorKind::Other, "check"),
            (403, "<html>blocked</html>", ImsErrorKind::Intermediary, "says nothing about the credential"),
            (401, "<html>", ImsErrorKind::Intermediary, "proxy"),
            (404, "Not Found", ImsErrorKind::Intermediary, "proxy"),
            (404, r#"{"message":"no Route matched"}"#, ImsErrorKind::Intermediary, "proxy"),
            (403, r#"{"error":"Forbidden"}"#, ImsErrorKind::Intermediary, "proxy"),
            (404, r#"{"status":404,"error":"Not Found","path":"/"}"#, ImsErrorKind::Intermediary, "proxy"),
            (407, "", ImsErrorKind::Intermediary, "proxy"),
            (451, "", ImsErrorKind::Intermediary, "firewall"),
            (302, "", ImsErrorKind::Other, "check"),
        ];
        for (status, body, kind, hint) in cases {
            let error = parse_response(status, body).expect_err(body);
            assert_eq!((error.kind, error.status), (kind, status), "{body}");
            assert!(error.hint().contains(hint), "{body}: {}", error.hint());
        }
    }

    #[test]
    fn page_is_not_a_rejection() {
        let error = parse_response(403, "<html>denied: s3cr3t</html>").expect_err("a page");
        assert_eq!(
            error.to_string(),
            "something in front of the token endpoint responded 403: the response is HTML or XML (debug id debug-1)"
        );
        assert!(!error.is_secret_rejected());
    }

    #[test]
    fn message_is_complete_and_redacted() {
        let error = parse_response(
            400,
            r#"{"error":"invalid_client","error_description":"invalid client_secret s3cr3t\u001b[31m"}"#,
        );
        assert_eq!(
            error.expect_err("rejected").to_string(),
            "the token endpoint responded 400 invalid_client: invalid client_secret [redacted] [31m (debug id debug-1)"
        );
    }

    #[test]
    fn form_encoded_secret_is_redacted() {
        let body = br#"{"error":"bad_p8 s/t","error_description":"got p8+s%2Ft"}"#;
        let error = parse_body(400, Some("id p8 s/t"), body, &Secret::new("p8 s/t"), NOW).expect_err("rejected");
        assert_eq!(
            error.to_string(),
            "the token endpoint responded 400 bad_[redacted]: got [redacted] (debug id id [redacted])"
        );
        let error = parse_body(400, Some("id"), b"", &Secret::new(""), NOW).expect_err("rejected");
        assert_eq!(
            error.to_string(),
            "the token endpoint responded 400 (debug id id)",
            "an empty secret is not redacted"
        );
    }

    #[test]
    fn secret_with_a_line_break_is_redacted() {
        let body = br#"{"error":"bad_p8\ns/t","error_description":"\u001b"}"#;
        let error = parse_body(400, Some("\u{7f}"), body, &Secret::new("p8 s/t"), NOW).expect_err("rejected");
        assert_eq!(error.to_string(), "the token endpoint responded 400 bad_[redacted]");
        let error = parse_response(200, r#"{"access_token":"abc-token","expires_in":0,"error":"for_abc-token"}"#);
        assert_eq!(error.expect_err("no lifetime").code.as_deref(), Some("for_[redacted]"));
    }

    #[test]
    fn long_description_is_cut() {
        let body = format!(r#"{{"error":"e","error_description":"{}"}}"#, "é".repeat(5000));
        let description = parse_response(400, &body).expect_err("rejected").description.expect("a description");
        assert_eq!(description, format!("{}…", "é".repeat(300)));
    }
}
