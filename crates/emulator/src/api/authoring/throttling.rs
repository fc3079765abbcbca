//! The operations of throttling.

use ajo_core::rules::Severity;
use ajo_core::{Api, Verb};
use serde_json::json;

use crate::api::authoring::can_deploy::can_deploy;
use crate::api::authoring::config_view::Place;
use crate::api::authoring::envelope::{envelope, list, one};
use crate::api::authoring::session::{Input, Session, is_forced, sandbox};
use crate::api::authoring::validation;
use crate::api::response::{self, Answer, Failure};
use crate::api::service_error::ServiceError;
use crate::state::config::{Config, State};
use crate::state::definition::Definition;
use crate::state::store::Throttling;

/// Processes one of the eight operations of throttling.
pub(super) fn run(
    mut session: Session<'_>,
    verb: Verb,
    input: Input<'_>,
    new_id: impl FnOnce() -> String,
) -> Result<Answer, Failure> {
    session.make_room(verb, &input)?;
    let Input { uid, query, body, json } = input;
    let (mark, org_id, switches) = (session.mark(), session.org_id, session.switches);
    let sandbox = sandbox(session.store, session.sandbox)?;
    if !sandbox.production {
        // Documented for create; inferred for the other seven.
        let message = format!("throttling needs a production sandbox, and {} is none", sandbox.name);
        return Err(ServiceError::NOT_PRODUCTION.failure_about(message));
    }
    let (sandbox_id, sandbox_name) = (sandbox.id.clone(), sandbox.name.clone());
    let stored = &mut session.store.throttling;
    let found = stored.as_mut().filter(|throttling| throttling.config.uid == uid);
    let unknown =
        || ServiceError::THROTTLING_NOT_FOUND.failure_about(format!("no throttling config has the uid {uid}"));

    Ok(match verb {
        Verb::List => {
            validation::list_body(Api::Throttling, body, json.as_ref(), switches)?;
            list(stored.iter().map(|it| Place::throttling(org_id, it, switches)))
        }
        Verb::Create => {
            if stored.is_some() {
                return Err(ServiceError::SECOND_THROTTLING.failure());
            }
            let (definition, findings) = validation::payload(Api::Throttling, verb, json, switches)?;
            let config = Config::new(new_id(), Definition::new(definition), mark());
            let throttling = Throttling { config, sandbox_id, sandbox_name };
            let shown = Place::throttling(org_id, &throttling, switches);
            let answer = envelope(Api::Throttling, &throttling.config, "created", &shown, findings, switches);
            *stored = Some(throttling);
            answer
        }
        Verb::Get => one(&Place::throttling(org_id, found.ok_or_else(unknown)?, switches)),
        Verb::Update => {
            let throttling = found.ok_or_else(unknown)?;
            let (definition, findings) = validation::payload(Api::Throttling, verb, json, switches)?;
            throttling.config.update(Definition::new(definition), mark());
            // Documented: the new values are in force at once. Unknown: what becomes of values that could not be deployed; they
            // are saved here, and the old ones stay in force.
            let deployable = findings.iter().all(|finding| finding.severity != Severity::Error);
            if throttling.config.deployed.is_some() && deployable {
                throttling.config.deployed = Some(throttling.config.definition.clone());
            }
            let shown = Place::throttling(org_id, throttling, switches);
            envelope(Api::Throttling, &throttling.config, "updated", &shown, findings, switches)
        }
        Verb::Delete => {
            if found.ok_or_else(unknown)?.config.deployed.is_some() && !is_forced(query, switches) {
                return Err(ServiceError::THROTTLING_DEPLOYED.failure());
            }
            *stored = None;
            response::ok(&json!({}))
        }
        Verb::CanDeploy => {
            let config = &found.ok_or_else(unknown)?.config;
            let findings = validation::findings(Api::Throttling, &config.definition.parse(), switches);
            response::ok(&json!({"canDeploy": can_deploy(Api::Throttling, config, findings, switches)}))
        }
        Verb::Deploy => {
            let config = &mut found.ok_or_else(unknown)?.config;
            // Inferred: one that was updated since can be deployed again.
            if config.state == State::Deployed {
                return Err(ServiceError::ALREADY_DEPLOYED.failure());
            }
            validation::deployable(validation::findings(Api::Throttling, &config.definition.parse(), switches))?;
            config.deploy(mark());
            response::no_content()
        }
        Verb::Undeploy => {
            let config = &mut found.ok_or_else(unknown)?.config;
            // By the error list of the documentation; the vendor's specification says 204.
            if config.deployed.is_none() && switches.is("undeploy_idle", "refused") {
                return Err(ServiceError::NOT_DEPLOYED.failure());
            }
            config.undeploy();
            response::no_content()
        }
        // The specs know it, and nobody has decided yet how it behaves here.
        other => return Err(Failure::not_emulated(Api::Throttling, other)),
    })
}
