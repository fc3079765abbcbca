//! The same two calls, with our client and hand-written with reqwest.

use std::net::SocketAddr;
use std::time::Duration;

use ajo_auth::{BaseUrl, Credentials, TokenProvider, http_client};
use ajo_core::{CappingConfig, Client, Uid};
use serde::Deserialize;

use crate::ACCESS_TOKEN;

const CLIENT_ID: &str = "0123456789abcdef0123456789abcdef";
const ORG_ID: &str = "A1B2C3@AdobeOrg";
const SANDBOX: &str = "prod";

/// Our client, which fetches its token from the same server. It needs a tokio runtime.
///
/// # Panics
///
/// If the client cannot be built.
pub fn ajo_client(server: SocketAddr) -> Client {
    let client = Client::builder()
        .credentials(credentials())
        .sandbox(SANDBOX)
        .base_url(&format!("http://{server}/journey/orchestration"))
        .ims_url(&format!("http://{server}"));
    client.build().expect("a client")
}

/// Our client's token provider.
///
/// # Panics
///
/// If it cannot be built.
pub fn token_provider(server: SocketAddr) -> TokenProvider {
    let endpoint = BaseUrl::parse_origin(&format!("http://{server}")).expect("an address");
    TokenProvider::new(credentials(), &endpoint, http_client(&endpoint).expect("reqwest"))
}

fn credentials() -> Credentials {
    Credentials::new(CLIENT_ID, "p8e-a-made-up-secret", ORG_ID, "openid,AdobeID").expect("credentials")
}

/// Only the request and `serde_json::from_slice`: no token request, retry, timeout, or maximum length.
#[derive(Clone, Debug)]
pub struct HandWrittenClient {
    http: reqwest::Client,
    base: String,
    bearer: String,
    timeout: Option<Duration>,
}

#[derive(Deserialize)]
struct GetResponse {
    result: CappingConfig,
}

#[derive(Deserialize)]
struct ListResponse {
    results: Vec<CappingConfig>,
}

impl HandWrittenClient {
    /// Adds a timeout to each request.
    #[must_use]
    pub fn with_timeout(self) -> Self {
        Self { timeout: Some(ajo_core::TIMEOUT), ..self }
    }

    /// Creates a client of this server.
    ///
    /// # Panics
    ///
    /// If reqwest cannot be set up.
    pub fn new(server: SocketAddr) -> Self {
        Self {
            // A proxy from the environment would get loopback addresses too.
            http: reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("reqwest"),
            base: format!("http://{server}/journey/orchestration"),
            bearer: ACCESS_TOKEN.trim().to_owned(),
            timeout: None,
        }
    }

    /// Gets one configuration.
    pub async fn get(&self, uid: &Uid) -> Result<CappingConfig, Box<dyn std::error::Error>> {
        let request = self.http.get(format!("{}/endpointConfigs/{uid}", self.base));
        Ok(serde_json::from_slice::<GetResponse>(&self.send(request).await?)?.result)
    }

    /// Lists all configurations.
    pub async fn list(&self) -> Result<Vec<CappingConfig>, Box<dyn std::error::Error>> {
        let request = self.http.post(format!("{}/list/endpointConfigs", self.base)).json(&serde_json::json!({}));
        Ok(serde_json::from_slice::<ListResponse>(&self.send(request).await?)?.results)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<bytes::Bytes, Box<dyn std::error::Error>> {
        let request = request
            .bearer_auth(&self.bearer)
            .header("accept", "application/json")
            .header("x-api-key", CLIENT_ID)
            .header("x-gw-ims-org-id", ORG_ID)
            .header("x-sandbox-name", SANDBOX);
        let request = match self.timeout {
            Some(timeout) => request.timeout(timeout),
            None => request,
        };
        Ok(request.send().await?.error_for_status()?.bytes().await?)
    }
}
