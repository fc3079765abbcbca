//! What the service says of a definition: the rules of `ajo-core`, and what the switches add to them.

use std::borrow::Cow;

use ajo_core::rules::{Finding, Severity};
use ajo_core::schema;
use ajo_core::{Api, Verb};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::api::response::Failure;
use crate::state::quirks::Switches;

/// Most methods in a definition, so that no answer grows with what is wrong in each. Chosen here: there are nine of them in HTTP.
pub const MAX_METHODS: usize = 100;

/// The schema's name for both kinds of service at once.
const JOINED: &str = "action|dataSource";

/// Everything there is to say of a definition.
pub(crate) fn findings(api: Api, definition: &Map<String, Value>, switches: &Switches) -> Vec<Finding> {
    let canonical = canonical_definition(api, definition, switches);
    let mut findings = api.validate_fields(&*canonical);
    if api == Api::Capping {
        findings.extend(by_switches(&canonical, switches));
    }
    findings
}

/// A definition as the rules know it, where a switch lets it be written otherwise.
pub(crate) fn canonical_definition<'d>(
    api: Api,
    definition: &'d Map<String, Value>,
    switches: &Switches,
) -> Cow<'d, Map<String, Value>> {
    let mut plain = Cow::Borrowed(definition);
    if api == Api::Capping
        && switches.is("services_key", "joined")
        && let Some(joined) = definition.get("services").and_then(|services| services.get(JOINED))
    {
        let services = json!({"action": joined});
        plain.to_mut().insert("services".to_owned(), services);
    }
    if switches.is("update_methods", "object")
        && let Some(Value::Array(methods)) = definition.get("methods")
        && methods.iter().any(Value::is_object)
    {
        // Which fields they have is unknown, so nothing is said of what is in them.
        let methods = methods.iter().map(|method| if method.is_object() { json!("GET") } else { method.clone() });
        let methods: Value = methods.collect();
        plain.to_mut().insert("methods".to_owned(), methods);
    }
    plain
}

fn by_switches(definition: &Map<String, Value>, switches: &Switches) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: &'static str, pointer: String, message: &str, refuses_payload: bool| {
        let message = message.to_owned();
        findings.push(Finding { code, severity: Severity::Error, pointer, message, service: None, refuses_payload });
    };
    if switches.is("org_id", "required") && !definition.get("orgId").is_some_and(Value::is_string) {
        add("ERR_ENDPOINTCONFIG_111", "/orgId".to_owned(), "cannot create: invalid payload, orgId is missing", true);
    }
    let services = definition.get("services").and_then(Value::as_object);
    for (name, limit) in services.into_iter().flatten() {
        let at_most_400 = switches.is("max_http_connections", "at_most_400");
        if at_most_400 && limit["maxHttpConnections"].as_i64().is_some_and(|connections| connections > 400) {
            let pointer = format!("/services/{name}/maxHttpConnections");
            add("ERR_ENDPOINTCONFIG_111", pointer, "invalid payload: maxHttpConnections is over 400", true);
        }
        if switches.is("max_calls_count", "more_than_1") && limit["rating"]["maxCallsCount"] == 1 {
            let pointer = format!("/services/{name}/rating/maxCallsCount");
            add("ERR_ENDPOINTCONFIG_107", pointer, "maxCallsCount must be greater than 1", false);
        }
    }
    findings
}

/// Nothing or an object. Inferred: anything else is refused as an invalid payload.
pub(crate) fn list_body(api: Api, body: &[u8], json: Option<&Value>, switches: &Switches) -> Result<(), Failure> {
    let empty = body.trim_ascii().is_empty();
    let object = !switches.is("list_body", "none") && json.is_some_and(Value::is_object);
    if empty || object { Ok(()) } else { Err(refusal(&api.validate(&Value::Null))) }
}

/// The definition in a body of JSON, if it can be stored, and what there is to say of it.
pub(crate) fn payload(
    api: Api,
    verb: Verb,
    json: Option<Value>,
    switches: &Switches,
) -> Result<(Map<String, Value>, Vec<Finding>), Failure> {
    // Text that is no JSON is judged like JSON that is no object: the service expects a JSON payload.
    let mut payload = json.unwrap_or_default();
    if api == Api::Throttling && switches.is("throttling_body", "text") {
        payload = payload.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    }
    let Value::Object(mut payload) = payload else { return Err(refusal(&api.validate(&Value::Null))) };
    if payload.get("methods").and_then(Value::as_array).is_some_and(|methods| methods.len() > MAX_METHODS) {
        let message = format!("the emulator takes at most {MAX_METHODS} methods in a definition");
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, None, message));
    }
    let mut findings = findings(api, &payload, switches);
    if verb == Verb::Update && switches.is("update_methods", "object") {
        let methods = payload.get("methods").and_then(Value::as_array);
        if methods.into_iter().flatten().any(|method| !method.is_object()) {
            let message = "the methods of an update are objects";
            return Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, json!("ERR_ENDPOINTCONFIG_111"), message));
        }
    }
    if findings.iter().any(|finding| finding.refuses_payload) {
        findings.retain(|finding| finding.refuses_payload);
        return Err(refusal(&findings));
    }
    // Other fields are passed over; what the service does with them is unknown.
    let schema = schema::request_body(api, verb.as_str());
    let is_kept = |name: &str| {
        let is_known = schema.is_some_and(|schema| schema.field(name).is_some());
        is_known && (name != "orgId" || switches.is("org_id", "required"))
    };
    payload.retain(|name, _| is_kept(name));
    without_nulls(&mut payload);
    Ok((payload, findings))
}

/// Inferred: a field that is null is one that is not there. The specification has nulls nowhere.
fn without_nulls(map: &mut Map<String, Value>) {
    map.retain(|_, value| {
        if let Value::Object(below) = value {
            without_nulls(below);
        }
        !value.is_null()
    });
}

/// Documented: an invalid payload is answered 500. Inferred: the code is the first finding's.
fn refusal(findings: &[Finding]) -> Failure {
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    let code = findings.first().map(|finding| json!(finding.code));
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, code, messages.join("; "))
}

/// Documented: 500 when the definition is invalid. Inferred: the code is the first finding's.
pub(crate) fn deployable(mut findings: Vec<Finding>) -> Result<(), Failure> {
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() { Ok(()) } else { Err(refusal(&findings)) }
}
