//! The sixteen operations by name, and the offline rules.

use ajo_core::{Api, CallRequest, DeleteOptions, DirectClient, OPERATIONS, Operation, Uid, Verb, Wire, rules};
use serde::Deserialize;

use crate::failure;
use crate::options::call_options;
use crate::step::json;

/// What an operation is given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    operation: String,
    uid: Option<String>,
    #[serde(default)]
    force: bool,
    timeout_ms: Option<f64>,
    max_attempts: Option<u32>,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

/// The name of an operation in JavaScript, such as `capping.canDeploy`.
pub(crate) fn name(operation: &Operation) -> String {
    let mut name = format!("{}.", operation.api);
    let mut words = operation.verb.as_str().split('_');
    name.push_str(words.next().unwrap_or_default());
    for word in words {
        name.push_str(&word[..1].to_ascii_uppercase());
        name.push_str(&word[1..]);
    }
    name
}

/// Makes a call. Its outcome or its error is JSON. The definition, where there is one, is JSON too.
pub(crate) async fn run<W: Wire<Request = CallRequest>>(
    client: DirectClient<W>,
    input: String,
    definition: String,
) -> Result<String, String> {
    let input: Input = serde_json::from_str(&input).map_err(|error| failure::invalid(error.to_string()))?;
    let named = OPERATIONS.iter().find(|candidate| name(candidate) == input.operation);
    let operation = named.ok_or_else(|| failure::invalid(format!("there is no operation `{}`", input.operation)))?;
    let refused = |problem: &dyn ToString| failure::invalid_for(operation, &problem.to_string());
    let options = call_options(input.timeout_ms, input.max_attempts, &input.headers).map_err(|e| failure::of(&e))?;
    let uid = input.uid.map(|uid| uid.parse::<Uid>()).transpose().map_err(|error| refused(&error))?;
    let delete = DeleteOptions { force: input.force };
    let answer = client.with_options(options).raw(operation, uid.as_ref(), delete, &definition).await;
    answer.map(|_| json(&pick(operation))).map_err(|error| failure::of(&error))
}

/// The field of the answer's body that is the value of a call; nothing where the value is the body, or nothing.
const fn pick(operation: &Operation) -> Option<&'static str> {
    match operation.verb {
        Verb::List => Some("results"),
        Verb::Get => Some("result"),
        Verb::CanDeploy => Some("canDeploy"),
        Verb::Create | Verb::Update => Some(""),
        Verb::Delete | Verb::Deploy | Verb::Undeploy => None,
    }
}

/// What the rules find in a definition.
pub(crate) fn validate(api: &str, definition: &str) -> String {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    // What is no JSON is no object either, and the rules say so.
    json(&rules::of(api, &serde_json::from_str(definition).unwrap_or_default()))
}
