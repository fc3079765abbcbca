//! The form in a token request.

use std::collections::BTreeMap;

use ajo_engine::TOKEN_PATH;
use ajo_engine::untrusted_text::excerpt;
use bytes::Bytes;
use http::{Request, header};

use crate::api::multipart;
use crate::api::unknown_fields;

/// The older path, which published clients still use.
const TOKEN_PATH_V2: &str = "/ims/token/v2";

pub(crate) fn is_token_path(path: &str) -> bool {
    path == TOKEN_PATH || path == TOKEN_PATH_V2
}

/// The fields of a token request: the form in the body, and `client_id` from the query, where Adobe's published sample has it.
/// Other query parameters are ignored.
#[derive(Default)]
pub(crate) struct TokenForm {
    fields: BTreeMap<String, String>,
    /// The names of other query parameters.
    ignored_parameters: Vec<String>,
    /// The media type of a body that is no form.
    unsupported_type: Option<String>,
}

impl TokenForm {
    /// Parses a token request; other requests have no fields.
    pub(crate) fn parse(request: &Request<Bytes>) -> Self {
        if !is_token_path(request.uri().path()) {
            return Self::default();
        }
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let mut form = Self::default();
        match media_type.to_ascii_lowercase().as_str() {
            "multipart/form-data" => {
                form.fields = multipart::parse_fields(content_type.unwrap_or_default(), request.body());
            }
            // `curl -d` sends this type by default; some clients send none.
            "" | "application/x-www-form-urlencoded" => {
                form.fields = serde_urlencoded::from_bytes(request.body()).unwrap_or_default();
            }
            _ => form.unsupported_type = Some(excerpt(media_type, 60)),
        }
        let query: BTreeMap<String, String> =
            serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
        for (name, value) in query {
            if name == "client_id" {
                form.fields.entry(name).or_insert(value);
            } else {
                form.ignored_parameters.push(name);
            }
        }
        form
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(crate) fn unsupported_type(&self) -> Option<&str> {
        self.unsupported_type.as_deref()
    }

    /// Unknown fields and ignored parameters, for the request log. `org_id` is for clients of several organizations.
    pub(crate) fn unknown_fields(&self) -> Vec<String> {
        let known = ["grant_type", "client_id", "client_secret", "scope", "org_id"];
        let unknown = self.fields.keys().filter(|name| !known.contains(&name.as_str())).map(|name| ('/', name));
        let ignored = self.ignored_parameters.iter().map(|name| ('?', name));
        let named = |(kind, name): (char, &String)| format!("{kind}{}", excerpt(name, unknown_fields::MAX_NAME));
        unknown.chain(ignored).take(unknown_fields::MAX_FIELDS).map(named).collect()
    }
}
