//! The builder of the native client.

use std::ffi::OsString;
use std::sync::Arc;

use ajo_auth::{AuthError, SystemRuntime, TokenProvider, credentials, http_client};

use crate::{AuthSource, CallError, Client, ConcurrencyLimit, GenericClientBuilder, ReqwestTransport};

impl Client<ReqwestTransport> {
    /// A client of an emulator with default settings, for tests. `url` is its address without a path.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), ajo_core::CallError> {
    /// use ajo_core::Client;
    ///
    /// let client = Client::for_emulator("http://127.0.0.1:4010")?;
    /// assert!(client.capping().list().await?.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_emulator(url: &str) -> Result<Self, CallError> {
        Self::builder().emulator(url).build()
    }

    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Builds a [`Client`]. [`ClientBuilder::build`] validates the whole configuration and sends nothing.
pub type ClientBuilder = GenericClientBuilder<ConcurrencyLimit>;

impl GenericClientBuilder<ConcurrencyLimit> {
    /// Reads the configuration from environment variables: the credentials ([`credentials::from_env`]), the sandbox
    /// (`AJO_SANDBOX`), and the URLs (`AJO_BASE_URL`, `AJO_IMS_URL`). Later calls of builder methods override these values.
    pub fn from_env(self) -> Result<Self, CallError> {
        let credentials = credentials::from_env().map_err(AuthError::from)?;
        let mut builder = self.credentials(credentials);
        let config = &mut builder.config;
        for (name, setting) in [
            ("AJO_SANDBOX", &mut config.sandbox),
            ("AJO_BASE_URL", &mut config.base_url),
            ("AJO_IMS_URL", &mut config.ims_url),
        ] {
            if let Some(value) = parse_variable(name, std::env::var_os(name))? {
                *setting = Some(value);
            }
        }
        Ok(builder)
    }

    /// Limits the concurrent requests of this client and its clones; further requests wait. There is no limit by default.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.limits.concurrent_requests = Some(requests);
        self
    }

    /// Validates the configuration and builds the client. Sends nothing.
    pub fn build(self) -> Result<Client<ReqwestTransport>, CallError> {
        let config = self.config.validate()?;
        let runtime = self.runtime.unwrap_or_else(|| Arc::new(SystemRuntime::default()));
        let tokens = match &config.auth {
            AuthSource::Credentials(credentials) => {
                let (ims_url, credentials) = (&config.ims_url, credentials.clone());
                TokenProvider::with_runtime_and_store(
                    credentials,
                    ims_url,
                    http_client(ims_url)?,
                    runtime.clone(),
                    self.token_store,
                )
            }
            AuthSource::Token { token, .. } => {
                TokenProvider::from_static(token.as_ref().ok_or(AuthError::InvalidToken)?)?
            }
        };
        let transport = ReqwestTransport::new(&config.base_url, runtime, self.limits)?;
        Ok(Client::new(config, transport, tokens))
    }
}

/// The value of a variable; `None` if it is not set or blank.
fn parse_variable(name: &str, value: Option<OsString>) -> Result<Option<String>, CallError> {
    let text = value.map(OsString::into_string).transpose();
    let text = text.map_err(|_| CallError::invalid_config(format!("{name} is set but is not valid UTF-8")))?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn invalid_utf8_is_not_unset() {
        let parse = |value: &[u8]| parse_variable("AJO_SANDBOX", Some(OsString::from_vec(value.to_vec())));
        let error = parse(b"prod\xff").expect_err("invalid").to_string();
        assert!(error.contains("AJO_SANDBOX is set but is not valid UTF-8"), "{error}");
        assert_eq!(parse(b"dev").expect("valid").as_deref(), Some("dev"));
        assert_eq!(parse(b" ").expect("valid"), None);
    }
}
