//! The operations of capping.

use ajo_core::{Api, Verb};
use http::StatusCode;
use serde_json::json;

use crate::api::authoring::can_deploy::can_deploy;
use crate::api::authoring::config_view::Place;
use crate::api::authoring::envelope::envelope;
use crate::api::authoring::session::{Input, Session, is_forced, sandbox};
use crate::api::authoring::validation;
use crate::api::response::{self, Answer, Failure};
use crate::api::service_error::ServiceError;
use crate::state::config::Config;
use crate::state::store::Sandbox;

/// Processes one of the eight operations of capping.
pub(super) fn run(
    mut session: Session<'_>,
    verb: Verb,
    input: Input<'_>,
    new_id: impl FnOnce() -> String,
) -> Result<Answer, Failure> {
    session.make_room(verb, &input)?;
    let Input { uid, query, body, json } = input;
    let (mark, org_id, switches, most) = (session.mark(), session.org_id, session.switches, session.limits.configs);
    let Sandbox { id, name, capping, .. } = sandbox(session.store, session.sandbox)?;
    let place = Place::new(org_id, id, name, switches);
    // No code is published for it; the status is.
    let unknown = || Failure::new(StatusCode::NOT_FOUND, None, format!("no endpoint config has the uid {uid}"));

    Ok(match verb {
        Verb::List => {
            validation::list_body(Api::Capping, body, json.as_ref(), switches)?;
            response::list(capping.values().map(|config| place.capping(config)))
        }
        Verb::Create => {
            let definition = validation::payload(Api::Capping, verb, json, switches)?;
            if capping.len() >= most {
                let message = format!("the emulator keeps at most {most} endpoint configs in a sandbox");
                return Err(Failure::new(StatusCode::INSUFFICIENT_STORAGE, None, message));
            }
            let config = Config::new(new_id(), definition, mark());
            let answer = envelope(Api::Capping, &config, "created", &place.capping(&config), switches);
            capping.insert(config.uid.clone(), config);
            answer
        }
        Verb::Get => response::one("result", &place.capping(capping.get(uid).ok_or_else(unknown)?)),
        Verb::Update => {
            let config = capping.get_mut(uid).ok_or_else(unknown)?;
            config.update(validation::payload(Api::Capping, verb, json, switches)?, mark());
            envelope(Api::Capping, config, "updated", &place.capping(config), switches)
        }
        Verb::Delete => {
            if capping.get(uid).ok_or_else(unknown)?.deployed.is_some() && !is_forced(query, switches) {
                return Err(ServiceError::CAPPING_DEPLOYED.failure());
            }
            capping.shift_remove(uid);
            response::ok(&json!({}))
        }
        Verb::CanDeploy => {
            let config = capping.get(uid).ok_or_else(unknown)?;
            response::one("canDeploy", &can_deploy(Api::Capping, config, switches))
        }
        Verb::Deploy => {
            let config = capping.get_mut(uid).ok_or_else(unknown)?;
            validation::deployable(Api::Capping, &config.definition, switches)?;
            config.deploy(mark());
            response::no_content()
        }
        // Documented: 204 also when it was not deployed.
        Verb::Undeploy => {
            capping.get_mut(uid).ok_or_else(unknown)?.undeploy();
            response::no_content()
        }
        // The specs know it, and nobody has decided yet how it behaves here.
        other => return Err(Failure::not_emulated(Api::Capping, other)),
    })
}
