//! Simulates traffic through a deployed configuration.

use ajo_engine::Timestamp;
use ajo_engine::untrusted_text::excerpt;
use ajo_simulator::{CappedCall, DefaultCapRules, DefaultCapScope, NoConnection, SimulationRequest, UnknownBehavior};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::api::authoring::validation;
use crate::api::control::request::parse_body;
use crate::api::request_error::RequestError;
use crate::api::response;
use crate::state::emulator_state::EmulatorState;
use crate::state::quirks::QuirkSettings;

/// A simulation with all its input. It takes up to seconds and does not need the state.
pub(crate) struct SimulationJob {
    request: SimulationRequest,
    /// The deployed definition.
    deployed: Option<Value>,
    unknown_behavior: UnknownBehavior,
    now: Timestamp,
}

impl SimulationJob {
    /// Reads the request and looks up the deployed definition.
    pub(super) fn prepare(
        state: &EmulatorState,
        org_id: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Self, RequestError> {
        let store = &state.organizations.get(org_id).ok_or_else(|| RequestError::unknown_organization(org_id))?.store;
        let request: SimulationRequest = parse_body(body)?;
        let deployed = request.uid.as_deref().map(|uid| -> Result<Value, RequestError> {
            let (api, config) = store.find(uid).ok_or_else(|| {
                RequestError(StatusCode::NOT_FOUND, format!("no configuration has the uid {}", excerpt(uid, 60)))
            })?;
            let definition = config.deployed.as_ref();
            let definition = definition.ok_or_else(|| {
                RequestError::bad_request(format!(
                    "the configuration {} is not deployed, so it has no effect",
                    excerpt(uid, 60)
                ))
            })?;
            let definition = definition.parse();
            Ok(Value::Object(validation::canonical_definition(api, &definition, &state.settings.quirks).into_owned()))
        });
        let unknown_behavior = select_behavior(&state.settings.quirks);
        Ok(Self { deployed: deployed.transpose()?, request, unknown_behavior, now })
    }

    pub(crate) fn run(self) -> Response<Bytes> {
        let mut response = match self.request.simulate(self.deployed, self.unknown_behavior) {
            Ok(simulated) => response::ok(&json!(simulated)),
            Err(problem) => RequestError::bad_request(problem).to_response(),
        };
        response::set_date(&mut response, self.now);
        response
    }
}

/// The readings that the quirks select.
fn select_behavior(quirks: &QuirkSettings) -> UnknownBehavior {
    let scope = match quirks.variant("default_cap_scope") {
        Some("endpoint") => DefaultCapScope::Endpoint,
        Some("domain") => DefaultCapScope::Domain,
        _ => DefaultCapScope::Host,
    };
    UnknownBehavior {
        default_cap: DefaultCapRules { scope, is_replaced: quirks.is("default_cap_raise", "config") },
        no_connection: if quirks.is("no_connection", "reject") { NoConnection::Reject } else { NoConnection::Wait },
        capped_call: if quirks.is("capped_call", "retried") { CappedCall::Retried } else { CappedCall::Final },
    }
}
