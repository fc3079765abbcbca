//! A Postman environment: `{name, values: [{key, value, enabled}]}`.

use serde_json::{Map, Value};

use super::parsed_credential::{Candidate, form, secrets};
use crate::CredentialsError;

pub(super) fn read(fields: &Map<String, Value>) -> Result<Candidate, CredentialsError> {
    let entries = fields["values"].as_array().ok_or_else(|| form("the field values must be a list"))?;
    // The last one of a name is the one that counts.
    let value = |key: &str| {
        let is = |entry: &&Value| entry["key"].as_str() == Some(key) && entry["enabled"] != Value::Bool(false);
        entries.iter().rev().find(is).map(|entry| &entry["value"])
    };
    let list = |key: &str| -> Result<Vec<String>, CredentialsError> {
        match value(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(vec![text.clone()]),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .ok_or_else(|| form(format!("the value of {key} must be text"))),
            Some(Value::String(_)) | None => Err(form(format!("the Postman environment has no value for {key}"))),
            Some(_) => Err(form(format!("the value of {key} must be text"))),
        }
    };
    let one = |key: &str| list(key).map(|mut list| list.pop().unwrap_or_default());
    Ok(Candidate {
        is_jwt: false,
        name: fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        client_id: one("API_KEY")?,
        secrets: secrets(list("CLIENT_SECRET")?),
        org_id: one("IMS_ORG")?,
        scopes: list("SCOPES")?,
    })
}
