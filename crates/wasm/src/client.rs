//! A client: what its calls share.

use std::cell::RefCell;

use ajo_auth::SHORT_LEASE;
use ajo_core::{CallProgress, Caller, Error, RequestConfig, RetryPolicy, TextTemplate};
use ajo_engine::{Moment, OAuthOptions, RetryBudget, Shared, TokenState};

use crate::failure;
use crate::host;
use crate::options::Options;

/// A client.
pub(crate) struct Client {
    pub(crate) config: RequestConfig<TextTemplate>,
    pub(crate) policy: RetryPolicy,
    shared: RefCell<SharedState>,
}

struct SharedState {
    tokens: TokenState,
    budget: RetryBudget,
}

impl Client {
    /// Of these options (JSON). An error is JSON too.
    pub(crate) fn open(options: &str) -> Result<Self, String> {
        let Options { wanted, token_store: has_store } = Options::read(options)?;
        let built = wanted.check().and_then(|settings| {
            let options = OAuthOptions { has_store, store_locks: false, lease: SHORT_LEASE };
            let tokens = match &settings.caller {
                Caller::Credentials(credentials) => {
                    TokenState::with_credentials(credentials.clone(), settings.ims_url.clone(), options)
                }
                Caller::Token { token: Some(token), .. } => TokenState::from_static(token).map_err(Error::from)?,
                Caller::Token { token: None, .. } => TokenState::from_callback(),
            };
            let shared = RefCell::new(SharedState { tokens, budget: RetryBudget::default() });
            Ok(Self { config: RequestConfig::from_settings(&settings), policy: settings.policy, shared })
        });
        built.map_err(|error| failure::of(&error))
    }

    /// Lets a call make a step. The second value is whether a token was taken from the store.
    pub(crate) fn step<R>(
        &self,
        progress: &mut CallProgress,
        step: impl FnOnce(&mut CallProgress, &mut Shared<'_>, Moment) -> R,
    ) -> (R, bool) {
        let moment = host::moment();
        let SharedState { tokens, budget } = &mut *self.shared.borrow_mut();
        let result = step(progress, &mut Shared { tokens, budget, rate: None }, moment);
        // Nobody is woken: a Cloudflare Worker forbids that an event of one request touches another request.
        tokens.take_released();
        (result, tokens.take_loaded())
    }
}
