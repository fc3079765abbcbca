//! The JSON that the credential's page offers for download: `ORG_ID`, `CLIENT_ID`, `CLIENT_SECRETS`, `SCOPES`, and
//! more.

use alloc::string::String;

use super::parsed_credential::{
    JWT_END_MESSAGE, ParsedCredential, format_error, string_field, string_list_field, to_secrets,
};
use crate::CredentialsError;
use crate::json::JsonObject;

pub(super) fn parse(fields: &(impl JsonObject + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    // The download of a JWT credential has API_KEY and CLIENT_SECRET instead.
    let jwt = ["API_KEY", "CLIENT_SECRET", "PRIVATE_KEY", "METASCOPES"].iter().any(|name| fields.get(name).is_some());
    if jwt && fields.get("CLIENT_SECRETS").is_none() {
        return Err(format_error(JWT_END_MESSAGE));
    }
    Ok(ParsedCredential {
        is_jwt: false,
        secrets: to_secrets(string_list_field(fields, "", "CLIENT_SECRETS")?),
        client_id: string_field(fields, "", "CLIENT_ID")?,
        name: String::new(),
        org_id: string_field(fields, "", "ORG_ID")?,
        scopes: string_list_field(fields, "", "SCOPES")?,
    })
}
