//! The JSON that the credential's page offers for download: `ORG_ID`, `CLIENT_ID`, `CLIENT_SECRETS`, `SCOPES` and more.

use serde_json::{Map, Value};

use super::parsed_credential::{Candidate, JWT_ENDED, form, secrets, text, texts};
use crate::CredentialsError;

pub(super) fn read(fields: &Map<String, Value>) -> Result<Candidate, CredentialsError> {
    // The JWT era's file names the same things API_KEY and CLIENT_SECRET.
    let jwt = ["API_KEY", "CLIENT_SECRET", "PRIVATE_KEY", "METASCOPES"].iter().any(|name| fields.contains_key(*name));
    if jwt && !fields.contains_key("CLIENT_SECRETS") {
        return Err(form(JWT_ENDED));
    }
    Ok(Candidate {
        is_jwt: false,
        secrets: secrets(texts(fields, "", "CLIENT_SECRETS")?),
        client_id: text(fields, "", "CLIENT_ID")?,
        name: String::new(),
        org_id: text(fields, "", "ORG_ID")?,
        scopes: texts(fields, "", "SCOPES")?,
    })
}
