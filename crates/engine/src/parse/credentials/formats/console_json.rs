//! The JSON that the credential's page offers for download: `ORG_ID`, `CLIENT_ID`, `CLIENT_SECRETS`, `SCOPES` and more.

use alloc::string::String;

use super::parsed_credential::{JWT_ENDED, ParsedCredential, form, secrets, text, texts};
use crate::CredentialsError;
use crate::json::Fields;

pub(super) fn read(fields: &(impl Fields + ?Sized)) -> Result<ParsedCredential, CredentialsError> {
    // The JWT era's file names the same things API_KEY and CLIENT_SECRET.
    let jwt = ["API_KEY", "CLIENT_SECRET", "PRIVATE_KEY", "METASCOPES"].iter().any(|name| fields.get(name).is_some());
    if jwt && fields.get("CLIENT_SECRETS").is_none() {
        return Err(form(JWT_ENDED));
    }
    Ok(ParsedCredential {
        is_jwt: false,
        secrets: secrets(texts(fields, "", "CLIENT_SECRETS")?),
        client_id: text(fields, "", "CLIENT_ID")?,
        name: String::new(),
        org_id: text(fields, "", "ORG_ID")?,
        scopes: texts(fields, "", "SCOPES")?,
    })
}
