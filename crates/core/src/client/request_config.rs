//! What the requests of a client have in common.

use std::sync::Arc;

use ajo_auth::{Endpoint, OrgId};

use crate::client::request_parts::RequestParts;
use crate::transport::headers::CallerHeaders;
use crate::transport::request::RequestTemplate;
use crate::{CallOptions, Error, Operation, Request, Settings};

/// What the requests of a client have in common, prepared once.
#[derive(Debug)]
pub struct RequestConfig<P> {
    base_url: Endpoint,
    caller: CallerHeaders,
    org_id: OrgId,
    options: CallOptions,
    template: Arc<P>,
}

impl<P: RequestTemplate> RequestConfig<P> {
    /// For a client of these settings.
    pub fn from_settings(settings: &Settings) -> Self {
        let Settings { base_url, headers, org_id, options, .. } = settings;
        Self::new(base_url.clone(), headers.clone(), org_id.clone(), options.clone())
    }

    /// The same with other options.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        let Self { base_url, caller, org_id, options: earlier, .. } = self;
        Self::new(base_url.clone(), caller.clone(), org_id.clone(), earlier.merged(options))
    }

    fn new(base_url: Endpoint, caller: CallerHeaders, org_id: OrgId, options: CallOptions) -> Self {
        let own = options.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers: Vec<_> = own.chain(caller.iter()).collect();
        let template = Arc::new(P::new(&base_url, &headers));
        Self { base_url, caller, org_id, options, template }
    }

    /// The gateway.
    pub const fn base_url(&self) -> &Endpoint {
        &self.base_url
    }

    /// The organization.
    pub const fn org_id(&self) -> &OrgId {
        &self.org_id
    }

    /// The options of the calls.
    pub const fn options(&self) -> &CallOptions {
        &self.options
    }

    /// The request of a call.
    pub fn request(
        &self,
        operation: &'static Operation,
        parts: RequestParts,
        request_id: String,
    ) -> Result<Request<P>, Error> {
        let (path, body) = parts.finish(operation)?;
        let (method, template) = (operation.method, self.template.clone());
        Ok(Request { method, path, accepts_json: operation.success != 204, body, request_id, template })
    }
}
