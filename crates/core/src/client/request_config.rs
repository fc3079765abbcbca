//! The parts that all requests of a client share.

use std::sync::Arc;

use ajo_auth::{BaseUrl, OrgId};
use ajo_engine::AllowedOrigins;

use crate::client::request_builder::RequestBuilder;
use crate::transport::headers::ClientHeaders;
use crate::transport::http_request::RequestTemplate;
use crate::{CallOptions, CallTarget, HttpRequest, ValidatedConfig};

/// The parts that all requests of a client share, prepared once.
#[derive(Debug)]
pub(crate) struct RequestConfig<P> {
    base_url: BaseUrl,
    allowed_origins: Arc<AllowedOrigins>,
    client_headers: ClientHeaders,
    org_id: OrgId,
    options: CallOptions,
    template: Arc<P>,
}

impl<P: RequestTemplate> RequestConfig<P> {
    /// Prepares the requests of a client with this configuration.
    pub(crate) fn from_validated(config: &ValidatedConfig) -> Self {
        let ValidatedConfig { base_url, allowed_origins, headers, org_id, options, .. } = config;
        let template = template(headers, options);
        Self {
            base_url: base_url.clone(),
            allowed_origins: Arc::new(allowed_origins.clone()),
            client_headers: headers.clone(),
            org_id: org_id.clone(),
            options: options.clone(),
            template,
        }
    }

    /// Returns a copy with these options merged over the existing ones.
    #[must_use]
    pub(crate) fn with_options(&self, options: CallOptions) -> Self {
        let options = self.options.with_overrides(options);
        Self {
            base_url: self.base_url.clone(),
            allowed_origins: self.allowed_origins.clone(),
            client_headers: self.client_headers.clone(),
            org_id: self.org_id.clone(),
            template: template(&self.client_headers, &options),
            options,
        }
    }

    /// The URL of the gateway.
    pub(crate) const fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The organization that all requests name.
    pub(crate) const fn org_id(&self) -> &OrgId {
        &self.org_id
    }

    /// The options of all calls.
    pub(crate) const fn options(&self) -> &CallOptions {
        &self.options
    }

    /// Resolves the target of a request: its name in messages, its URL, and its problem.
    pub(crate) fn resolve(&self, target: &str) -> (String, String, Option<String>) {
        match self.allowed_origins.resolve(&self.base_url, target) {
            Ok(url) => (without_query(target).to_owned(), url, None),
            Err(error) => (error.excerpt().to_owned(), String::new(), Some(error.problem())),
        }
    }

    /// Builds the request of one call. The error is a text about the problem.
    pub(crate) fn request(
        &self,
        target: &CallTarget,
        parts: RequestBuilder,
        request_id: String,
    ) -> Result<HttpRequest<P>, String> {
        let RequestBuilder { url, accept, content_type, body, headers, wants_headers, error } = parts;
        if let Some(problem) = error {
            return Err(problem);
        }
        let (method, template) = (target.method(), self.template.clone());
        let content_type = body.is_some().then_some(content_type);
        let url = url.finish()?;
        Ok(HttpRequest { method, url, accept, content_type, body, request_id, headers, wants_headers, template })
    }
}

/// The headers of every request.
fn template<P: RequestTemplate>(client_headers: &ClientHeaders, options: &CallOptions) -> Arc<P> {
    let custom_headers = options.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let headers: Vec<_> = custom_headers.chain(client_headers.iter()).collect();
    Arc::new(P::new(&headers))
}

fn without_query(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}
