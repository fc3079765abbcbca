//! Client secrets, checked before they are sent.

use alloc::vec::Vec;

use crate::parse::credentials::formats::parsed_credential::parse_list;
use crate::{ClientSecretError, CredentialsError, Secret};

/// Parses a setting with one secret or a JSON list of secrets. White space is trimmed.
pub(crate) fn parse_client_secrets(text: &str) -> Result<Vec<Secret>, CredentialsError> {
    let mut secrets = Vec::new();
    for value in parse_list(text.trim()) {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match find_defect(value) {
            Some(defect) => return Err(CredentialsError::InvalidSecret(defect)),
            None => secrets.push(Secret::new(value)),
        }
    }
    Ok(secrets)
}

fn find_defect(value: &str) -> Option<ClientSecretError> {
    let first = value.chars().next()?;
    let is_wrapped = |start: &str, end: &str| value.starts_with(start) && value.ends_with(end);
    if value.contains(char::is_control) {
        Some(ClientSecretError::Control)
    } else if matches!(first, '"' | '\'' | '`') || value.ends_with(['"', '\'', '`']) {
        Some(ClientSecretError::Quoted)
    } else if ["$", "{{", "<", "%("].iter().any(|start| value.starts_with(start)) || is_wrapped("%", "%") {
        Some(ClientSecretError::Placeholder)
    } else if first == '{' || is_wrapped("[", "]") {
        Some(ClientSecretError::Json)
    } else if !value.is_ascii() {
        Some(ClientSecretError::NotAscii)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned as _;
    use alloc::string::{String, ToString as _};

    use super::*;

    #[test]
    fn wrapped_secret_is_rejected() {
        for (text, expected) in [
            ("\"SEC\"", ClientSecretError::Quoted),
            ("'SEC'", ClientSecretError::Quoted),
            ("SEC\"", ClientSecretError::Quoted),
            ("`SEC`", ClientSecretError::Quoted),
            ("[\"'SEC'\"]", ClientSecretError::Quoted),
            ("${SECRET}", ClientSecretError::Placeholder),
            ("${{ secrets.SEC }}", ClientSecretError::Placeholder),
            ("$(SECRET)", ClientSecretError::Placeholder),
            ("{{ SECRET }}", ClientSecretError::Placeholder),
            ("%SECRET%", ClientSecretError::Placeholder),
            ("<your secret>", ClientSecretError::Placeholder),
            ("$SECRET", ClientSecretError::Placeholder),
            ("%(secret)s", ClientSecretError::Placeholder),
            ("[SEC]", ClientSecretError::Json),
            ("{\"CLIENT_SECRETS\": [\"SEC\"]}", ClientSecretError::Json),
            ("S\u{200b}EC", ClientSecretError::NotAscii),
            ("p8e\u{2013}SEC", ClientSecretError::NotAscii),
            ("SEC\nSEC", ClientSecretError::Control),
        ] {
            assert_eq!(parse_client_secrets(text), Err(CredentialsError::InvalidSecret(expected)), "{text}");
            assert!(!expected.to_string().contains("SEC"), "{expected}");
        }
    }

    #[test]
    fn secret_list_is_accepted() {
        let parse = |text: &str| -> Vec<String> {
            parse_client_secrets(text).expect("secrets").iter().map(|secret| secret.expose().to_owned()).collect()
        };
        assert_eq!(parse(" [\"a\", \"b\"]\n"), ["a", "b"]);
        assert_eq!(parse("p8e-a_b=c%d$e\r\n"), ["p8e-a_b=c%d$e"]);
        assert!(parse("[\" \"]").is_empty());
    }
}
