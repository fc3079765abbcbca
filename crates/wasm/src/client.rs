//! A client, with the state that its calls share.

use std::cell::RefCell;

use ajo_auth::SHORT_LEASE_DURATION;
use ajo_core::{AuthSource, CallError, InFlightCall, RequestConfig, RetryPolicy, StringRequestTemplate};
use ajo_engine::{ClientTokenState, OAuthOptions, RetryBudget, SharedClientState, StepContext, StoreLocks};

use crate::client_options::ClientOptions;
use crate::error_json;
use crate::host_runtime;

pub(crate) struct Client {
    pub(crate) config: RequestConfig<StringRequestTemplate>,
    pub(crate) policy: RetryPolicy,
    shared: RefCell<ClientState>,
}

struct ClientState {
    tokens: ClientTokenState,
    budget: RetryBudget,
}

impl Client {
    /// Creates a client from its options (JSON). The error is JSON too.
    pub(crate) fn open(options: &str) -> Result<Self, String> {
        let ClientOptions { config, has_token_store: has_store } = ClientOptions::from_json(options)?;
        let client = config.validate().and_then(|config| {
            let options =
                OAuthOptions { has_store, store_locks: StoreLocks::None, lease_duration: SHORT_LEASE_DURATION };
            let tokens = match &config.auth {
                AuthSource::Credentials(credentials) => {
                    ClientTokenState::with_credentials(credentials.clone(), config.ims_url.clone(), options)
                }
                AuthSource::Token { token: Some(token), .. } => {
                    ClientTokenState::from_static(token).map_err(CallError::from)?
                }
                AuthSource::Token { token: None, .. } => ClientTokenState::from_callback(),
            };
            let shared = RefCell::new(ClientState { tokens, budget: RetryBudget::default() });
            Ok(Self { config: RequestConfig::from_validated(&config), policy: config.policy, shared })
        });
        client.map_err(|error| error_json::from_error(&error))
    }

    /// Steps a call. The second value is whether a token was loaded from the store.
    pub(crate) fn step<R>(
        &self,
        progress: &mut InFlightCall,
        step: impl FnOnce(&mut InFlightCall, &mut SharedClientState<'_>, StepContext) -> R,
    ) -> (R, bool) {
        let snapshot = host_runtime::snapshot();
        let ClientState { tokens, budget } = &mut *self.shared.borrow_mut();
        let result =
            step(progress, &mut SharedClientState { tokens, retry_budget: budget, rate_limit: None }, snapshot);
        // Other calls poll instead of being woken: a Cloudflare Worker must not touch one request from an event of another.
        tokens.take_lease_released();
        (result, tokens.take_loaded_from_store())
    }
}
