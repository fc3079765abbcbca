//! The request of an operation, for a transport without generated code.

use std::fmt;

use ajo_auth::Endpoint;

use crate::client::delete_options::FORCE_DELETE;
use crate::transport::headers::{CallerHeaders, REQUEST_ID};
use crate::{CallOptions, DeleteOptions, Operation, Uid};

const JSON: &str = "application/json";

/// A request before it has a token.
#[derive(Clone)]
pub struct CallRequest {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// The headers but `Authorization`. Every value is visible ASCII, with spaces and tabs between.
    pub headers: Vec<(String, String)>,
    /// The body, JSON.
    pub body: Option<String>,
}

/// What an operation is made of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parts<'p> {
    pub(crate) uid: Option<&'p Uid>,
    pub(crate) delete: DeleteOptions,
    pub(crate) body: Option<&'p str>,
}

impl CallRequest {
    pub(crate) fn new(
        operation: &Operation,
        base_url: &Endpoint,
        parts: Parts<'_>,
        caller: &CallerHeaders,
        options: &CallOptions,
        request_id: &str,
    ) -> Self {
        // A uid has no character that needs encoding.
        let path = operation.path.replace("{uid}", parts.uid.map_or("", Uid::as_str));
        let query = if parts.delete.force { format!("?{FORCE_DELETE}=true") } else { String::new() };
        let mut headers = options.headers.clone();
        let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        for (name, value) in &caller.0 {
            add(name, value);
        }
        if operation.success != 204 {
            add("accept", JSON);
        }
        if parts.body.is_some() {
            add("content-type", JSON);
        }
        add(REQUEST_ID, request_id);
        let (method, body) = (operation.method, parts.body.map(str::to_owned));
        Self { method, url: format!("{base_url}{path}{query}"), headers, body }
    }
}

impl fmt::Debug for CallRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
