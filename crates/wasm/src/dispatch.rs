//! The operations by name, and the offline rules.

use ajo_core::rules::{self, Finding};
use ajo_core::{Api, CallOptions, Client, Error, HttpTransport, OPERATIONS, Operation, ResponseValue, Uid};

use crate::failure;
use crate::json_reader::Fields;
use crate::json_writer::{Object, list, quoted};
use crate::operation_name::name;
use crate::options::call_options;

/// What an operation is given.
struct Input {
    operation: &'static Operation,
    uid: Option<String>,
    flags: Vec<(&'static str, &'static str)>,
    options: Result<CallOptions, Error>,
}

impl Input {
    fn read(text: &str) -> Result<Self, String> {
        let invalid = |problem: String| failure::invalid(&problem);
        let mut fields = Fields::read(text).map_err(invalid)?;
        let operation = fields.text("operation").unwrap_or_default();
        let named = OPERATIONS.iter().find(|candidate| name(candidate) == operation);
        let operation = named.ok_or_else(|| invalid(format!("there is no operation `{operation}`")))?;
        let uid = fields.text("uid");
        // An option that this operation does not take is ignored by the call.
        let flags = OPERATIONS.iter().flat_map(|operation| operation.query).map(|(option, _)| *option);
        let flags = flags.filter(|option| fields.flag(option)).map(|option| (option, "true")).collect();
        let options = call_options(&mut fields);
        fields.end().map_err(invalid)?;
        Ok(Self { operation, uid, flags, options })
    }
}

/// Makes a call. Its outcome or its error is JSON. The definition, where there is one, is JSON too.
pub(crate) async fn run<T: HttpTransport>(
    client: Client<T>,
    input: String,
    definition: String,
) -> Result<String, String> {
    let Input { operation, uid, flags, options } = Input::read(&input)?;
    let options = options.map_err(|error| failure::invalid_for(operation, &error.to_string()))?;
    let uid = uid.map(|uid| uid.parse::<Uid>()).transpose();
    let uid = uid.map_err(|error| failure::invalid_for(operation, &error.to_string()))?;
    let client = client.with_options(options);
    let response = match client.raw(operation, uid.as_ref(), &flags, &definition) {
        Ok(call) => call.response().await,
        Err(error) => Err(error),
    };
    match response {
        Ok(_) => Ok(pick(operation).map_or_else(|| "null".to_owned(), quoted)),
        Err(error) => Err(failure::of(&error)),
    }
}

/// The field of the response's body that is the value of a call; empty where the value is the body, `None` where there is none.
fn pick(operation: &Operation) -> Option<&'static str> {
    (operation.value != ResponseValue::Nothing).then(|| operation.envelope.unwrap_or_default())
}

/// What the rules find in a definition.
pub(crate) fn validate(api: &str, definition: &str) -> String {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    // What is no JSON is no object either, and the rules say so.
    let definition = serde_json::from_slice(definition.as_bytes()).unwrap_or_default();
    list(rules::of(api, &definition).iter().map(finding))
}

fn finding(finding: &Finding) -> String {
    Object::new()
        .text("code", finding.code)
        .text("severity", finding.severity.as_str())
        .text("pointer", &finding.pointer)
        .text("message", &finding.message)
        .text_if_any("service", finding.service.as_deref())
        .flag("refusesPayload", finding.refuses_payload)
        .end()
}
