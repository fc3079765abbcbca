//! Connects a client to the service or to an emulator.

use std::sync::Arc;

use ajo_auth::OrgId;
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
    pub(crate) type_reader: SandboxTypeReader,
    _emulator: Option<Emulator>,
}

impl ClientSession {
    pub(crate) async fn connect(settings: &GlobalSettings) -> Result<Self, CommandError> {
        let caller = AuthContext::resolve(settings).await?;
        let sandbox = caller.sandbox(settings)?;
        let mut builder = caller.client_builder(settings, &sandbox)?;
        let cache = caller.token_store()?;
        if let CallerIdentity::Credentials(_) = caller.identity {
            builder = builder.token_store(Arc::new(RecordingStore::new(cache.clone())));
        }
        let org_id = caller.identity.org_id().clone();
        let scope = CacheScope {
            organization: org_id.to_string(),
            client_id: caller.identity.client_id().to_owned(),
            base_url: caller.base_url(settings)?.to_string(),
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
        Ok(Self { client, sandbox, org_id, type_reader, _emulator: caller.emulator })
    }
}
