//! Concurrent edits: a test sets one, and it happens before a later call.

use ajo_core::{Api, Operation, Verb};
use serde_json::Value;

use crate::api::authoring::validation;
use crate::api::control::refusal::Refused;
use crate::api::response::Failure;
use crate::faults::target::Target;
use crate::state::concurrent_edit::{Deed, Interference, LONGEST_BY};
use crate::state::organization::{MAX_INTERFERENCES, Organization};
use crate::state::quirks::Switches;
use crate::state::settings::Limits;

/// What is done to one configuration that is there: before these, somebody else can act.
const ABOUT_ONE: [Verb; 6] = [Verb::Get, Verb::Update, Verb::Delete, Verb::CanDeploy, Verb::Deploy, Verb::Undeploy];

/// Adds a concurrent edit, if it can happen and there is room for it.
pub(super) fn add(
    organization: &mut Organization,
    interference: Interference,
    (limits, switches): (Limits, &Switches),
) -> Result<(), Refused> {
    let interference = validate(interference, switches).map_err(Refused::bad)?;
    if interference.by.len() > LONGEST_BY {
        return Err(Refused::bad(format!("by has at most {LONGEST_BY} bytes")));
    }
    let saved =
        interference.definition.as_ref().map_or(0, |fields| serde_json::to_string(fields).map_or(0, |text| text.len()));
    if !organization.store.has_room_for(saved, limits.config_bytes) {
        let most = limits.config_bytes;
        return Err(Refused::bad(format!("at most {most} bytes of definitions are kept for an organization")));
    }
    if !organization.interfere(interference) {
        return Err(Refused::bad(format!(
            "no more than {MAX_INTERFERENCES} interferences can wait; reset, or let them happen"
        )));
    }
    Ok(())
}

/// The same as it can happen: what would be saved is what the service would keep of it. Says why it could never happen, or
/// what is wrong with what would be saved: somebody else is held to what the service takes.
fn validate(edit: Interference, switches: &Switches) -> Result<Interference, String> {
    let covers = |operation: &Operation| edit.before.covers(Target::of(operation));
    let about = |api: &Api| ABOUT_ONE.iter().any(|verb| Operation::find(*api, *verb).is_some_and(covers));
    let apis: Vec<Api> = [Api::Capping, Api::Throttling].into_iter().filter(about).collect();
    let Some(definition) = &edit.definition else {
        let nobody = || format!("{} is about no configuration, so nobody can come before it", edit.before);
        return if apis.is_empty() { Err(nobody()) } else { Ok(edit) };
    };
    let [api] = apis[..] else {
        return Err(format!("a definition is of one API, and {} is not about calls of one", edit.before));
    };
    if edit.does != Deed::Edit {
        return Err("a definition is for `edit` only".to_owned());
    }
    let refused = |failure: Failure| format!("the definition cannot be saved: {}", failure.message);
    let payload = Some(Value::Object(definition.clone()));
    let (kept, findings) = validation::payload(api, Verb::Update, payload, switches).map_err(refused)?;
    if api == Api::Throttling {
        // It may come into force at once.
        validation::deployable(findings).map_err(refused)?;
    }
    Ok(Interference { definition: Some(kept), ..edit })
}
