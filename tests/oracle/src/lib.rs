//! The oracle of the differential test in this folder: it answers a question with the native crates.
//!
//! A question is JSON, such as one call with its scripted responses. The answer is JSON with everything that is visible outside: the
//! requests, and the value or the error. The test asks the npm package the same question.

#![cfg(target_family = "wasm")]

mod call;
mod client;
mod error_json;
mod question;
mod request;
mod set_rating;
mod transport;

use ajo_core::{Api, config_definition};
use ajo_engine::json::{JsonValue, MAX_DEPTH, Value, parse};
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

use question::Question;

/// Answers a question. Panics if it is not a valid question.
#[wasm_bindgen]
#[must_use]
pub fn answer(question: &str) -> String {
    let question: Question =
        serde_json::from_str(question).unwrap_or_else(|error| wasm_bindgen::throw_str(&error.to_string()));
    match question {
        Question::Call(question) => match &question.rating {
            Some(rating) => set_rating::answer(&question, rating),
            None => call::answer(&question),
        },
        Question::Request(question) => request::answer(&question),
        Question::Validate { api, definition } => validate(&api, &definition),
        Question::DefinitionOf { config } => definition_of(&config),
    }
    .to_string()
}

fn validate(api: &str, definition: &str) -> serde_json::Value {
    let api = if api == "capping" { Api::Capping } else { Api::Throttling };
    let definition = parse(definition.as_bytes(), MAX_DEPTH).unwrap_or(Value::Null);
    let mut found = api.validate(&definition);
    // The package reports them too.
    for unknown in api.find_unknown_fields(&definition) {
        if found.iter().all(|other| other.pointer != unknown.pointer) {
            found.push(unknown);
        }
    }
    let diagnostics = found.into_iter().map(|diagnostic| {
        let mut json = json!({
            "code": diagnostic.code,
            "severity": diagnostic.severity.as_str(),
            "pointer": diagnostic.pointer,
            "message": diagnostic.message,
            "rejectsPayload": diagnostic.rejects_payload,
        });
        if let Some(service) = diagnostic.service {
            json["service"] = service.into();
        }
        json
    });
    diagnostics.collect()
}

/// The definition as text, because its numbers may not fit other types. `null` if there is none.
fn definition_of(config: &str) -> serde_json::Value {
    let parsed = parse(config.as_bytes(), MAX_DEPTH).unwrap_or(Value::Null);
    let is_throttling = ["urlPattern", "maxThroughput"].iter().any(|name| JsonValue::get(&parsed, name).is_some());
    config_definition(if is_throttling { Api::Throttling } else { Api::Capping }, config).ok().into()
}
