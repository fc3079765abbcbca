//! The path, query, and body of a request that is being built.

use ajo_auth::OrgId;
use bytes::Bytes;
use serde::Serialize;

use crate::client::request_path::RequestPath;
use crate::parse::payload_schema::completed;
use crate::{Error, ErrorKind, Operation, RequestBody, Uid};

/// The path, query, and body of a request. A problem is reported when the request is sent.
#[derive(Debug)]
pub struct RequestParts {
    path: RequestPath,
    body: Option<Result<Bytes, String>>,
}

impl RequestParts {
    pub(crate) fn new(operation: &Operation) -> Self {
        Self { path: RequestPath::new(operation.path), body: None }
    }

    /// The request of any operation, without its types: the definition is JSON, `options` are those of [`Operation::query`].
    /// Arguments that the operation does not take are ignored.
    pub fn untyped(
        operation: &'static Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
        org_id: &OrgId,
    ) -> Result<Self, Error> {
        let not_made = |problem: String| Error::new(Some(operation), ErrorKind::Request(problem));
        let mut parts = Self::new(operation);
        if operation.path.contains('{') {
            let uid = uid.ok_or_else(|| not_made("it needs the uid of a configuration".to_owned()))?;
            parts.path_parameter(uid.as_str());
        }
        for (option, parameter) in operation.query {
            let value = options.iter().find(|(name, _)| name == option);
            parts.query(parameter, value.map(|(_, value)| *value));
        }
        match operation.body {
            RequestBody::None => {}
            RequestBody::Default(json) => parts.static_body(json),
            RequestBody::Definition => {
                let json = completed(operation, definition, org_id.as_str()).map_err(not_made)?;
                parts.body = Some(Ok(json.into()));
            }
        }
        Ok(parts)
    }

    /// Fills in the next parameter of the path.
    pub(crate) fn path_parameter(&mut self, value: &str) {
        self.path.push_parameter(value);
    }

    /// Adds a parameter of the query, if it has a value.
    pub(crate) fn query(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.path.push_query(name, value);
        }
    }

    /// Sends this as JSON.
    pub(crate) fn body(&mut self, body: &impl Serialize) {
        self.body = Some(serde_json::to_vec(body).map(Bytes::from).map_err(|error| error.to_string()));
    }

    /// Sends this JSON, without a copy.
    pub(crate) fn static_body(&mut self, json: &'static str) {
        self.body = Some(Ok(Bytes::from_static(json.as_bytes())));
    }

    pub(super) fn finish(self, operation: &'static Operation) -> Result<(String, Option<Bytes>), Error> {
        let not_made = |problem: String| Error::new(Some(operation), ErrorKind::Request(problem));
        let path = self.path.finish().map_err(|problem| not_made(problem.to_owned()))?;
        Ok((path, self.body.transpose().map_err(not_made)?))
    }
}
