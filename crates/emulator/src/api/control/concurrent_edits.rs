//! Adds concurrent edits, which are applied before a later call.

use ajo_core::{Api, Operation, Verb};
use serde_json::Value;

use crate::api::authoring::validation;
use crate::api::request_error::RequestError;
use crate::api::response::AuthoringError;
use crate::faults::target::FaultTarget;
use crate::state::concurrent_edit::{ConcurrentEdit, MAX_AUTHOR_LENGTH, Mutation};
use crate::state::organization::{MAX_CONCURRENT_EDITS, Organization};
use crate::state::quirks::QuirkSettings;
use crate::state::settings::ResourceLimits;

/// Operations on an existing configuration. Only these can have a concurrent edit before them.
const SINGLE_CONFIG_VERBS: [Verb; 6] =
    [Verb::Get, Verb::Update, Verb::Delete, Verb::CanDeploy, Verb::Deploy, Verb::Undeploy];

/// Adds a concurrent edit if it can apply and there is room for it.
pub(super) fn add(
    organization: &mut Organization,
    edit: ConcurrentEdit,
    (limits, quirks): (ResourceLimits, &QuirkSettings),
) -> Result<(), RequestError> {
    let edit = validate(edit, quirks).map_err(RequestError::bad_request)?;
    if edit.by.len() > MAX_AUTHOR_LENGTH {
        return Err(RequestError::bad_request(format!("`by` must have at most {MAX_AUTHOR_LENGTH} bytes")));
    }
    let bytes = edit.definition.as_ref().map_or(0, |fields| serde_json::to_string(fields).map_or(0, |text| text.len()));
    if !organization.store.try_reserve(bytes, limits.config_bytes) {
        let max = limits.config_bytes;
        return Err(RequestError::bad_request(format!(
            "the emulator stores at most {max} bytes of definitions per organization"
        )));
    }
    if !organization.add_concurrent_edit(edit) {
        return Err(RequestError::bad_request(format!(
            "at most {MAX_CONCURRENT_EDITS} concurrent edits can be pending; reset the emulator or let some apply"
        )));
    }
    Ok(())
}

/// Returns the edit with the definition that the service would store. Fails if the edit can never apply or its definition
/// is invalid: other users have to obey the service's rules too.
fn validate(edit: ConcurrentEdit, quirks: &QuirkSettings) -> Result<ConcurrentEdit, String> {
    let covers = |operation: &Operation| edit.before.matches(FaultTarget::from_operation(operation));
    let description =
        |api: &Api| SINGLE_CONFIG_VERBS.iter().any(|verb| Operation::find(*api, *verb).is_some_and(covers));
    let apis: Vec<Api> = [Api::Capping, Api::Throttling].into_iter().filter(description).collect();
    let Some(definition) = &edit.definition else {
        let no_config = || format!("`{}` matches no call about an existing configuration", edit.before);
        return if apis.is_empty() { Err(no_config()) } else { Ok(edit) };
    };
    let [api] = apis[..] else {
        return Err(format!("a definition needs a target of one API, which `{}` is not", edit.before));
    };
    if edit.mutation != Mutation::Edit {
        return Err("`definition` is only allowed for the mutation `edit`".to_owned());
    }
    let invalid = |failure: AuthoringError| format!("invalid definition: {}", failure.message);
    let payload = Some(Value::Object(definition.clone()));
    let (stored, diagnostics) = validation::validate_payload(api, Verb::Update, payload, quirks).map_err(invalid)?;
    if api == Api::Throttling {
        // It may be live at once.
        validation::check_deployable(diagnostics).map_err(invalid)?;
    }
    Ok(ConcurrentEdit { definition: Some(stored), ..edit })
}
