//! Client secrets, checked before they are sent.

use alloc::vec::Vec;

use crate::parse::credentials::formats::parsed_credential::parse_list;
use crate::text::{is_any, trim};
use crate::{ClientSecretError, CredentialsError, Secret};

/// Parses a setting with one secret or a JSON list of secrets. White space is trimmed.
pub(crate) fn parse_client_secrets(text: &str, secrets: &mut Vec<Secret>) -> Result<(), CredentialsError> {
    for value in parse_list(trim(text)) {
        let value = trim(value.expose());
        if let Some(defect) = find_defect(value) {
            return Err(CredentialsError::InvalidSecret(defect));
        }
        if !value.is_empty() {
            secrets.push(Secret::new(value));
        }
    }
    Ok(())
}

fn find_defect(value: &str) -> Option<ClientSecretError> {
    let bytes = value.as_bytes();
    let [first, last] = [bytes.first()?, bytes.last()?];
    if value.chars().any(char::is_control) {
        Some(ClientSecretError::Control)
    } else if is_any(*first, b"\"'`") || is_any(*last, b"\"'`") {
        Some(ClientSecretError::Quoted)
    } else if ["$", "{{", "<", "%("].iter().any(|start| value.starts_with(start)) || [*first, *last] == *b"%%" {
        Some(ClientSecretError::Placeholder)
    } else if *first == b'{' || [*first, *last] == *b"[]" {
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
            let result = parse_client_secrets(text, &mut Vec::new());
            assert_eq!(result, Err(CredentialsError::InvalidSecret(expected)), "{text}");
            assert!(!expected.to_string().contains("SEC"), "{expected}");
        }
    }

    #[test]
    fn secret_list_is_accepted() {
        let parse = |text: &str| -> Vec<String> {
            let mut secrets = Vec::new();
            parse_client_secrets(text, &mut secrets).expect("secrets");
            secrets.iter().map(|secret| secret.expose().to_owned()).collect()
        };
        assert_eq!(parse(" [\"a\", \"b\"]\n"), ["a", "b"]);
        assert_eq!(parse("p8e-a_b=c%d$e\r\n"), ["p8e-a_b=c%d$e"]);
        assert!(parse("[\" \"]").is_empty());
    }
}
