//! Connects a client to the service or to an emulator.

use std::sync::Arc;

use ajo_auth::{BaseUrl, OrgId};
use ajo_core::Client;
use ajo_emulator::Emulator;

use super::auth_context::{AuthContext, CallerIdentity};
use super::recording_store::RecordingStore;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;

/// A connected client. Keeps the in-process emulator alive, if there is one.
pub(crate) struct ClientSession {
    pub(crate) client: Client,
    pub(crate) sandbox: String,
    pub(crate) org_id: OrgId,
    pub(crate) base_url: BaseUrl,
    pub(crate) emulator: Option<Emulator>,
}

impl ClientSession {
    pub(crate) async fn connect(settings: &GlobalSettings) -> Result<Self, CommandError> {
        Self::connect_with_hosts(settings, &[]).await
    }

    /// Like [`ClientSession::connect`], with more hosts that may receive the access token.
    pub(crate) async fn connect_with_hosts(settings: &GlobalSettings, hosts: &[String]) -> Result<Self, CommandError> {
        let caller = AuthContext::resolve(settings).await?;
        let sandbox = caller.sandbox(settings)?;
        let mut builder = caller.client_builder(settings, &sandbox)?;
        for host in hosts {
            builder = builder.allow_host(host);
        }
        if let CallerIdentity::Credentials(_) = caller.identity {
            builder = builder.token_store(Arc::new(RecordingStore::new(caller.token_store()?)));
        }
        let org_id = caller.identity.org_id().clone();
        let base_url = caller.base_url(settings)?;
        let builder = match caller.identity {
            CallerIdentity::Credentials(credentials) => builder.credentials(credentials),
            CallerIdentity::AccessToken { token, client_id, org_id } => {
                builder.access_token(token, &client_id, org_id.as_str())
            }
        };
        Ok(Self { client: builder.build()?, sandbox, org_id, base_url, emulator: caller.emulator })
    }
}
