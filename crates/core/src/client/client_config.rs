//! The configuration of a client, and its validation.

use ajo_auth::{BaseUrl, ClientId, Credentials, OrgId, Secret};
use ajo_engine::{AllowedOrigins, RateLimit};

use crate::transport::headers::ClientHeaders;
use crate::{CallError, CallOptions, RetryPolicy, SandboxName};

/// How a client authenticates.
#[derive(Clone, Debug)]
pub enum AuthSource {
    /// The client requests its tokens with these credentials.
    Credentials(Credentials),
    /// The application provides the token.
    Token {
        /// The token, or `None` if the transport requests one from a callback before each attempt.
        token: Option<Secret>,
        /// The client that the token was issued to.
        client_id: String,
        org_id: String,
    },
}

/// The configuration of a client before validation.
#[derive(Clone, Debug, Default)]
pub struct ClientConfig {
    pub auth: Option<AuthSource>,
    /// The sandbox, such as `prod`. The name must be lower case.
    pub sandbox: Option<String>,
    /// The gateway; the default is [`crate::BASE_URL`].
    pub base_url: Option<String>,
    /// More hosts for [`Client::request`](crate::Client::request).
    pub allowed_hosts: Vec<String>,
    /// The origin of the token endpoint; the default is [`ajo_engine::IMS_URL`].
    pub ims_url: Option<String>,
    /// The default options of all calls.
    pub options: CallOptions,
    pub policy: RetryPolicy,
    /// The maximum attempts per second; further attempts wait.
    pub requests_per_second: Option<u32>,
}

/// A valid configuration of a client.
#[derive(Clone, Debug)]
pub struct ValidatedConfig {
    pub auth: AuthSource,
    pub org_id: OrgId,
    pub base_url: BaseUrl,
    /// The origins that may get the token.
    pub allowed_origins: AllowedOrigins,
    /// The origin of the token endpoint.
    pub ims_url: BaseUrl,
    /// The default options of all calls.
    pub options: CallOptions,
    pub policy: RetryPolicy,
    pub rate: Option<RateLimit>,
    pub(crate) headers: ClientHeaders,
}

impl ClientConfig {
    /// Validates all settings.
    pub fn validate(self) -> Result<ValidatedConfig, CallError> {
        let invalid = |message: String| CallError::invalid_config(message);
        let sandbox = self.sandbox.ok_or_else(|| invalid("no sandbox is set".to_owned()))?;
        let sandbox: SandboxName =
            sandbox.parse().map_err(|error: crate::SandboxNameError| invalid(error.to_string()))?;
        let base_url = BaseUrl::parse_service(self.base_url.as_deref()).map_err(invalid)?;
        let hosts: Vec<&str> = self.allowed_hosts.iter().map(String::as_str).collect();
        let allowed_origins =
            AllowedOrigins::new(&base_url, &hosts).map_err(|error| invalid(format!("allowed host: {error}")))?;
        let ims_url = BaseUrl::parse_token_endpoint(self.ims_url.as_deref()).map_err(invalid)?;
        let auth = self.auth.ok_or_else(|| invalid("neither credentials nor an access token are set".to_owned()))?;
        let (client_id, org_id) = match &auth {
            AuthSource::Credentials(credentials) => (credentials.client_id().clone(), credentials.org_id().clone()),
            AuthSource::Token { client_id, org_id, .. } => {
                let client_id: ClientId = client_id.parse().map_err(|error| invalid(format!("{error}")))?;
                let org_id: OrgId = org_id.parse().map_err(|error| invalid(format!("{error}")))?;
                (client_id, org_id)
            }
        };
        let headers = ClientHeaders::new(&client_id, &org_id, &sandbox);
        let rate_limit = |requests| {
            RateLimit::per_second(requests)
                .ok_or_else(|| invalid("`max_requests_per_second` must be at least 1".to_owned()))
        };
        let rate = self.requests_per_second.map(rate_limit).transpose()?;
        let (options, policy) = (self.options, self.policy);
        Ok(ValidatedConfig { auth, org_id, base_url, allowed_origins, ims_url, options, policy, rate, headers })
    }
}
