//! Connects a client to the service or to an emulator.

use std::sync::Arc;

use ajo_auth::{BaseUrl, OrgId};
use ajo_core::Client;
use ajo_emulator::Emulator;

use super::auth_context::{AuthContext, CallerIdentity};
use super::recording_store::RecordingStore;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::sandbox_type::{CacheScope, SandboxTypeReader};

/// A connected client. Keeps the in-process emulator alive, if there is one.
pub(crate) struct ClientSession {
    pub(crate) client: Client,
    pub(crate) sandbox: String,
    pub(crate) org_id: OrgId,
    pub(crate) base_url: BaseUrl,
    pub(crate) type_reader: SandboxTypeReader,
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
        let cache = caller.token_store()?;
        if let CallerIdentity::Credentials(_) = caller.identity {
            builder = builder.token_store(Arc::new(RecordingStore::new(cache.clone())));
        }
        let org_id = caller.identity.org_id().clone();
        let base_url = caller.base_url(settings)?;
        let scope = CacheScope {
            organization: org_id.to_string(),
            client_id: caller.identity.client_id().to_owned(),
            base_url: base_url.to_string(),
            sandbox: sandbox.clone(),
        };
        let builder = match caller.identity {
            CallerIdentity::Credentials(credentials) => builder.credentials(credentials),
            CallerIdentity::AccessToken { token, client_id, org_id } => {
                builder.access_token(token, &client_id, org_id.as_str())
            }
        };
        let client = builder.build()?;
        let is_own_emulator = caller.emulator.is_some();
        let type_reader = SandboxTypeReader::new(client.clone(), scope, cache, is_own_emulator);
        Ok(Self { client, sandbox, org_id, base_url, type_reader, emulator: caller.emulator })
    }
}
