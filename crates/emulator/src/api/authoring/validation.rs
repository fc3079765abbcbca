//! Validates definitions: the rules of `ajo-core`, plus the rules of the selected quirks.

use std::borrow::Cow;

use ajo_core::rules::{Diagnostic, Severity};
use ajo_core::{Api, Verb};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::api::authoring::stored_fields;
use crate::api::response::AuthoringError;
use crate::state::quirks::QuirkSettings;

/// Maximum number of methods in a definition. HTTP has nine; the limit bounds the size of error responses.
pub const MAX_METHODS: usize = 100;

/// The schema's name for both services together.
const JOINED_SERVICES_KEY: &str = "action|dataSource";

/// All diagnostics for a definition.
pub(crate) fn diagnostics(api: Api, definition: &Map<String, Value>, quirks: &QuirkSettings) -> Vec<Diagnostic> {
    let canonical = canonical_definition(api, definition, quirks);
    let mut diagnostics = api.validate_fields(&*canonical);
    diagnostics.retain(Diagnostic::is_published);
    if api == Api::Capping {
        diagnostics.extend(quirk_diagnostics(&canonical, quirks));
    }
    diagnostics
}

/// Converts a definition that uses the syntax of a quirk to the syntax that the rules know.
pub(crate) fn canonical_definition<'d>(
    api: Api,
    definition: &'d Map<String, Value>,
    quirks: &QuirkSettings,
) -> Cow<'d, Map<String, Value>> {
    let mut canonical = Cow::Borrowed(definition);
    if api == Api::Capping
        && quirks.is("services_key", "joined")
        && let Some(joined) = definition.get("services").and_then(|services| services.get(JOINED_SERVICES_KEY))
    {
        let services = json!({"action": joined});
        canonical.to_mut().insert("services".to_owned(), services);
    }
    if quirks.is("update_methods", "object")
        && let Some(Value::Array(methods)) = definition.get("methods")
        && methods.iter().any(Value::is_object)
    {
        // The fields of these objects are unknown, so they are not checked.
        let methods = methods.iter().map(|method| if method.is_object() { json!("GET") } else { method.clone() });
        let methods: Value = methods.collect();
        canonical.to_mut().insert("methods".to_owned(), methods);
    }
    canonical
}

fn quirk_diagnostics(definition: &Map<String, Value>, quirks: &QuirkSettings) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut add = |code: &'static str, pointer: String, message: &str, rejects_payload: bool| {
        let message = message.to_owned();
        diagnostics.push(Diagnostic {
            code,
            severity: Severity::Error,
            pointer,
            message,
            service: None,
            rejects_payload,
        });
    };
    if quirks.is("org_id", "required") && !definition.get("orgId").is_some_and(Value::is_string) {
        add("ERR_ENDPOINTCONFIG_111", "/orgId".to_owned(), "cannot create: invalid payload, orgId is missing", true);
    }
    let services = definition.get("services").and_then(Value::as_object);
    for (name, limit) in services.into_iter().flatten() {
        let at_most_400 = quirks.is("max_http_connections", "at_most_400");
        if at_most_400 && limit["maxHttpConnections"].as_i64().is_some_and(|connections| connections > 400) {
            let pointer = format!("/services/{name}/maxHttpConnections");
            add("ERR_ENDPOINTCONFIG_111", pointer, "invalid payload: maxHttpConnections is over 400", true);
        }
        if quirks.is("max_calls_count", "more_than_1") && limit["rating"]["maxCallsCount"] == 1 {
            let pointer = format!("/services/{name}/rating/maxCallsCount");
            add("ERR_ENDPOINTCONFIG_107", pointer, "maxCallsCount must be greater than 1", false);
        }
    }
    diagnostics
}

/// Accepts an empty body or an object. Inferred: anything else is an invalid payload.
pub(crate) fn check_list_body(
    api: Api,
    body: &[u8],
    json: Option<&Value>,
    quirks: &QuirkSettings,
) -> Result<(), AuthoringError> {
    let empty = body.trim_ascii().is_empty();
    let object = !quirks.is("list_body", "none") && json.is_some_and(Value::is_object);
    if empty || object { Ok(()) } else { Err(invalid_definition(&api.validate(&Value::Null))) }
}

/// The definition to store, with its diagnostics, or the error for an invalid payload.
pub(crate) fn validate_payload(
    api: Api,
    verb: Verb,
    json: Option<Value>,
    quirks: &QuirkSettings,
) -> Result<(Map<String, Value>, Vec<Diagnostic>), AuthoringError> {
    // A body that is not JSON gets the same error as JSON that is not an object.
    let mut payload = json.unwrap_or_default();
    if api == Api::Throttling && quirks.is("throttling_body", "text") {
        payload = payload.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    }
    let Value::Object(mut payload) = payload else { return Err(invalid_definition(&api.validate(&Value::Null))) };
    if payload.get("methods").and_then(Value::as_array).is_some_and(|methods| methods.len() > MAX_METHODS) {
        let message = format!("the emulator accepts at most {MAX_METHODS} methods in a definition");
        return Err(AuthoringError::new(StatusCode::PAYLOAD_TOO_LARGE, None, message));
    }
    let mut diagnostics = diagnostics(api, &payload, quirks);
    if verb == Verb::Update && quirks.is("update_methods", "object") {
        let methods = payload.get("methods").and_then(Value::as_array);
        if methods.into_iter().flatten().any(|method| !method.is_object()) {
            let message = "the methods of an update must be objects";
            return Err(AuthoringError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                json!("ERR_ENDPOINTCONFIG_111"),
                message,
            ));
        }
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.rejects_payload) {
        diagnostics.retain(|diagnostic| diagnostic.rejects_payload);
        return Err(invalid_definition(&diagnostics));
    }
    stored_fields::prepare(api, verb, &mut payload, quirks);
    Ok((payload, diagnostics))
}

/// Documented: an invalid payload is rejected with 500. Inferred: the code is that of the first diagnostic.
fn invalid_definition(diagnostics: &[Diagnostic]) -> AuthoringError {
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    let code = diagnostics.first().map(|diagnostic| json!(diagnostic.code));
    AuthoringError::new(StatusCode::INTERNAL_SERVER_ERROR, code, messages.join("; "))
}

/// Documented: deploying an invalid definition fails with 500. Inferred: the code is that of the first diagnostic.
pub(crate) fn check_deployable(mut diagnostics: Vec<Diagnostic>) -> Result<(), AuthoringError> {
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    if diagnostics.is_empty() { Ok(()) } else { Err(invalid_definition(&diagnostics)) }
}
