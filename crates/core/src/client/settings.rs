//! The settings of a client, validated.

use std::time::Duration;

use ajo_auth::{ClientId, Credentials, Endpoint, IMS_URL, OrgId, Secret};

use ajo_engine::RateLimit;

use crate::transport::headers::CallerHeaders;
use crate::{CallOptions, Error, RetryPolicy, Sandbox};

/// The service's gateway, for every region. Source: the vendor's specification.
pub const BASE_URL: &str = "https://platform.adobe.io/journey/orchestration";

/// How long one attempt may take, from the connection to the last byte of the answer. Chosen here; the service publishes none.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call may take, with its token, all its attempts and the waiting between them. Chosen here: two attempts that
/// time out.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Who calls.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A client that fetches its tokens.
    Credentials(Credentials),
    /// A client with a token from elsewhere.
    Token {
        /// The token; nothing where the driver is asked for one before each attempt.
        token: Option<Secret>,
        /// The client that it was granted to.
        client_id: String,
        /// The organization.
        org_id: String,
    },
}

/// What a client is built from, before it is checked.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Who calls.
    pub caller: Option<Caller>,
    /// The sandbox, such as `prod`; all lower case.
    pub sandbox: Option<String>,
    /// Another gateway than [`BASE_URL`].
    pub base_url: Option<String>,
    /// Another token host than [`IMS_URL`].
    pub ims_url: Option<String>,
    /// What all calls have in common.
    pub options: CallOptions,
    /// How often and how soon calls are made again.
    pub policy: RetryPolicy,
    /// At most this many attempts per second; the others wait.
    pub requests_per_second: Option<u32>,
}

/// What a client is built from, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who calls.
    pub caller: Caller,
    /// The organization; calls name it.
    pub org_id: OrgId,
    /// The gateway.
    pub base_url: Endpoint,
    /// The token host.
    pub ims_url: Endpoint,
    /// What all calls have in common.
    pub options: CallOptions,
    /// How often and how soon calls are made again.
    pub policy: RetryPolicy,
    /// The limit of attempts per second.
    pub rate: Option<RateLimit>,
    pub(crate) headers: CallerHeaders,
}

impl Wanted {
    /// Checks everything.
    pub fn check(self) -> Result<Settings, Error> {
        let settings = |problem: String| Error::settings(problem);
        let sandbox = self.sandbox.ok_or_else(|| settings("no sandbox is named".to_owned()))?;
        let sandbox: Sandbox = sandbox.parse().map_err(|error: crate::SandboxError| settings(error.to_string()))?;
        let base_url = Endpoint::parse(self.base_url.as_deref().unwrap_or(BASE_URL))
            .map_err(|error| settings(format!("the base URL: {error}")))?;
        let ims_url = Endpoint::parse_root(self.ims_url.as_deref().unwrap_or(IMS_URL))
            .map_err(|error| settings(format!("the token host: {error}")))?;
        let caller = self.caller.ok_or_else(|| settings("no credentials and no access token are given".to_owned()))?;
        let (client_id, org_id) = match &caller {
            Caller::Credentials(credentials) => (credentials.client_id().clone(), credentials.org_id().clone()),
            Caller::Token { client_id, org_id, .. } => {
                let client_id: ClientId = client_id.parse().map_err(|error| settings(format!("{error}")))?;
                let org_id: OrgId = org_id.parse().map_err(|error| settings(format!("{error}")))?;
                (client_id, org_id)
            }
        };
        let headers = CallerHeaders::new(&client_id, &org_id, &sandbox);
        let limited = |requests| {
            RateLimit::per_second(requests).ok_or_else(|| settings("no request a second would be let go".to_owned()))
        };
        let rate = self.requests_per_second.map(limited).transpose()?;
        let (options, policy) = (self.options, self.policy);
        Ok(Settings { caller, org_id, base_url, ims_url, options, policy, rate, headers })
    }
}
