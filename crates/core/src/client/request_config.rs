//! The parts that all requests of a client share.

use std::sync::Arc;

use ajo_auth::{BaseUrl, OrgId};

use crate::client::request_builder::RequestBuilder;
use crate::transport::headers::ClientHeaders;
use crate::transport::http_request::RequestTemplate;
use crate::{CallError, CallOptions, HttpRequest, Operation, ValidatedConfig};

/// The parts that all requests of a client share, prepared once.
#[derive(Debug)]
pub struct RequestConfig<P> {
    base_url: BaseUrl,
    client_headers: ClientHeaders,
    org_id: OrgId,
    options: CallOptions,
    template: Arc<P>,
}

impl<P: RequestTemplate> RequestConfig<P> {
    /// Prepares the requests of a client with this configuration.
    pub fn from_validated(config: &ValidatedConfig) -> Self {
        let ValidatedConfig { base_url, headers, org_id, options, .. } = config;
        Self::new(base_url.clone(), headers.clone(), org_id.clone(), options.clone())
    }

    /// Returns a copy with these options merged over the existing ones.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        let Self { base_url, client_headers, org_id, options: base, .. } = self;
        Self::new(base_url.clone(), client_headers.clone(), org_id.clone(), base.with_overrides(options))
    }

    fn new(base_url: BaseUrl, client_headers: ClientHeaders, org_id: OrgId, options: CallOptions) -> Self {
        let custom_headers = options.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers: Vec<_> = custom_headers.chain(client_headers.iter()).collect();
        let template = Arc::new(P::new(&base_url, &headers));
        Self { base_url, client_headers, org_id, options, template }
    }

    /// The URL of the gateway.
    pub const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The organization that all requests name.
    pub const fn org_id(&self) -> &OrgId {
        &self.org_id
    }

    /// The options of all calls.
    pub const fn options(&self) -> &CallOptions {
        &self.options
    }

    /// Builds the request of one call.
    pub fn request(
        &self,
        operation: &'static Operation,
        parts: RequestBuilder,
        request_id: String,
    ) -> Result<HttpRequest<P>, CallError> {
        let (path, body) = parts.finish(operation)?;
        let (method, template) = (operation.method, self.template.clone());
        Ok(HttpRequest { method, path, accepts_json: operation.success != 204, body, request_id, template })
    }
}
