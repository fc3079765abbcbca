//! Connects a client to the service or to an emulator.

use std::sync::Arc;

use ajo_auth::OrgId;
use ajo_core::Client;
use ajo_emulator::Emulator;

use super::caller::{Caller, Identity};
use crate::arguments::Settings;
use crate::failure::Failure;

/// A client that is ready to call. The emulator, if there is one, lives as long.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) sandbox: String,
    pub(crate) org_id: OrgId,
    _emulator: Option<Emulator>,
}

impl Session {
    pub(crate) async fn start(settings: &Settings) -> Result<Self, Failure> {
        let caller = Caller::find(settings).await?;
        let sandbox = caller.sandbox(settings)?;
        let mut builder = caller.service(settings, &sandbox);
        if let Some(store) = caller.token_store() {
            builder = builder.token_store(Arc::new(store));
        }
        let org_id = caller.identity.org_id().clone();
        let builder = match caller.identity {
            Identity::Credentials(credentials) => builder.credentials(credentials),
            Identity::Token { token, client_id, org_id } => builder.access_token(token, &client_id, org_id.as_str()),
        };
        Ok(Self { client: builder.build()?, sandbox, org_id, _emulator: caller.emulator })
    }
}
