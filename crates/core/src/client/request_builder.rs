//! The path, query, and body of a request under construction.

use ajo_auth::OrgId;
use ajo_engine::encode_payload;
use bytes::Bytes;
use serde::Serialize;

use crate::client::request_path::RequestPath;
use crate::{CallError, ErrorKind, Operation, RequestBody, Uid};

/// The path, query, and body of a request. Errors are reported when the request is sent.
#[derive(Debug)]
pub struct RequestBuilder {
    path: RequestPath,
    body: Option<Result<Bytes, String>>,
}

impl RequestBuilder {
    pub(crate) fn new(operation: &Operation) -> Self {
        Self { path: RequestPath::new(operation.path), body: None }
    }

    /// Builds the request of any operation from JSON. The `options` are named as in [`Operation::query`].
    ///
    /// Arguments that the operation does not take are ignored.
    pub fn new_raw(
        operation: &'static Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
        org_id: &OrgId,
    ) -> Result<Self, CallError> {
        let build_error = |message: String| CallError::new(Some(operation), ErrorKind::BuildRequest(message));
        let mut parts = Self::new(operation);
        if operation.path.contains('{') {
            let uid = uid.ok_or_else(|| build_error("the operation needs a uid".to_owned()))?;
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
                let json = encode_payload(operation.api, operation.verb, definition, org_id.as_str()).map_err(build_error)?;
                parts.body = Some(Ok(json.into()));
            }
        }
        Ok(parts)
    }

    /// Fills in the next path parameter.
    pub(crate) fn path_parameter(&mut self, value: &str) {
        self.path.push_parameter(value);
    }

    /// Adds a query parameter if it has a value.
    pub(crate) fn query(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.path.push_query(name, value);
        }
    }

    /// Sets the body to the JSON of this value.
    pub(crate) fn body(&mut self, body: &impl Serialize) {
        self.body = Some(serde_json::to_vec(body).map(Bytes::from).map_err(|error| error.to_string()));
    }

    /// Sets the body to a definition with extra fields.
    pub(crate) fn definition(&mut self, operation: &Operation, definition: &impl Serialize, org_id: &OrgId) {
        let json = serde_json::to_string(definition).map_err(|error| error.to_string());
        let body = json.and_then(|json| encode_payload(operation.api, operation.verb, &json, org_id.as_str()));
        self.body = Some(body.map(Bytes::from));
    }

    /// Sets the body to this JSON without copying it.
    pub(crate) fn static_body(&mut self, json: &'static str) {
        self.body = Some(Ok(Bytes::from_static(json.as_bytes())));
    }

    pub(super) fn finish(self, operation: &'static Operation) -> Result<(String, Option<Bytes>), CallError> {
        let build_error = |message: String| CallError::new(Some(operation), ErrorKind::BuildRequest(message));
        let path = self.path.finish().map_err(|message| build_error(message.to_owned()))?;
        Ok((path, self.body.transpose().map_err(build_error)?))
    }
}
