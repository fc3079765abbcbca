//! The URL, headers, and body of a request under construction.

use std::borrow::Cow;

use ajo_auth::{BaseUrl, OrgId};
use ajo_engine::encode_payload;
use bytes::Bytes;
use serde::Serialize;

use crate::client::request_url::RequestUrl;
use crate::{Operation, RequestBody, Uid};

pub(crate) const JSON_MEDIA_TYPE: &str = "application/json";

/// The URL, headers, and body of a request. Errors are reported when the request is sent.
#[derive(Debug)]
pub(crate) struct RequestBuilder {
    pub(super) url: RequestUrl,
    /// The header `Accept`.
    pub(super) accept: Option<Cow<'static, str>>,
    /// The header `Content-Type`, if there is a body.
    pub(super) content_type: Cow<'static, str>,
    pub(super) body: Option<Bytes>,
    /// More headers than the client's own, validated, with lower-case names.
    pub(super) headers: Vec<(String, String)>,
    /// Whether the caller reads the headers of the response.
    pub(super) wants_headers: bool,
    /// The first problem.
    pub(super) error: Option<String>,
}

impl RequestBuilder {
    /// The request of an operation.
    pub(crate) fn for_operation(operation: &Operation, base_url: &BaseUrl) -> Self {
        let accept = (operation.success != 204).then_some(Cow::Borrowed(JSON_MEDIA_TYPE));
        Self { accept, ..Self::new(RequestUrl::from_template(base_url, operation.path)) }
    }

    /// A request to a checked URL.
    pub(crate) fn for_url(url: String) -> Self {
        Self {
            accept: Some(Cow::Borrowed(JSON_MEDIA_TYPE)),
            wants_headers: true,
            ..Self::new(RequestUrl::from_url(url))
        }
    }

    const fn new(url: RequestUrl) -> Self {
        Self {
            url,
            accept: None,
            content_type: Cow::Borrowed(JSON_MEDIA_TYPE),
            body: None,
            headers: Vec::new(),
            wants_headers: false,
            error: None,
        }
    }

    /// Builds the request of any operation from JSON. The `options` are named as in [`Operation::query`].
    ///
    /// Arguments that the operation does not take are ignored. The error is a text about the problem.
    pub(crate) fn from_json(
        operation: &Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
        (base_url, org_id): (&BaseUrl, &OrgId),
    ) -> Result<Self, String> {
        let mut parts = Self::for_operation(operation, base_url);
        if operation.path.contains('{') {
            let uid = uid.ok_or("the operation needs a uid")?;
            parts.path_parameter(uid.as_str());
        }
        for (option, parameter) in operation.query {
            let value = options.iter().find(|(name, _)| name == option);
            parts.query(parameter, value.map(|(_, value)| *value));
        }
        match operation.body {
            RequestBody::None => {}
            RequestBody::Fixed(json) => parts.static_body(json),
            RequestBody::Definition => {
                parts.body = Some(encode_payload(operation.api, operation.verb, definition, org_id.as_str())?.into());
            }
        }
        Ok(parts)
    }

    /// Fills in the next path parameter.
    pub(crate) fn path_parameter(&mut self, value: &str) {
        self.url.push_parameter(value);
    }

    /// Adds a query parameter if it has a value.
    pub(crate) fn query(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.url.push_query(name, value);
        }
    }

    /// Sets the body to the JSON of this value.
    pub(crate) fn json(&mut self, body: &impl Serialize) {
        self.set_body(serde_json::to_vec(body).map(Bytes::from).map_err(|error| error.to_string()));
    }

    /// Sets the body to a definition with extra fields.
    pub(crate) fn definition(&mut self, operation: &Operation, definition: &impl Serialize, org_id: &str) {
        let json = serde_json::to_string(definition).map_err(|error| error.to_string());
        let body = json.and_then(|json| encode_payload(operation.api, operation.verb, &json, org_id));
        self.set_body(body.map(Bytes::from));
    }

    /// Sets the body to this JSON without copying it.
    pub(crate) fn static_body(&mut self, json: &'static str) {
        self.body = Some(Bytes::from_static(json.as_bytes()));
    }

    /// Records a problem, unless there is one already.
    pub(crate) fn fail(&mut self, problem: String) {
        self.error.get_or_insert(problem);
    }

    fn set_body(&mut self, body: Result<Bytes, String>) {
        match body {
            Ok(body) => self.body = Some(body),
            Err(problem) => self.fail(problem),
        }
    }
}
