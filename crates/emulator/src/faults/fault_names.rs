//! Example values for each part of a fault, for people to choose from.

use ajo_core::{OPERATIONS, Verb};
use serde_json::{Value, json};

use crate::api::gateway_error::GatewayError;
use crate::api::service_error::ServiceError;
use crate::api::token_endpoint_error::TokenEndpointError;
use crate::faults::target::FaultTarget;

/// Frequencies with an example number.
const FREQUENCIES: [&str; 4] = ["always", "first:1", "every:2", "probability:0.1"];

/// Effects without a code, with an example number and a description.
const EFFECTS: [(&str, &str); 14] = [
    ("busy:30", "429 with Retry-After in seconds"),
    ("delay:250", "fixed latency in milliseconds"),
    ("delay:uniform:100-400", "random latency between two bounds"),
    ("delay:lognormal:200:0.5", "random latency with a long tail: median and sigma"),
    ("drop_before", "connection closed, not processed"),
    ("reset", "connection reset, not processed"),
    ("drop_after", "processed, but the response is lost"),
    ("lost:504", "processed; a gateway sends this status instead"),
    ("half_body", "processed; half of the body arrives"),
    ("garbage", "processed; the body is garbage"),
    ("status:503", "a status with an empty body"),
    ("html:502", "a proxy's HTML page"),
    ("problem:500", "the problem document of another platform service"),
    ("denied:403", "a platform service's line of text"),
];

/// `{"at": […], "when": […], "fault": [{"name", "description"}]}`.
pub(crate) fn fault_names() -> Value {
    let both_apis = Verb::ALL.iter().map(|verb| format!("*.{verb}"));
    let single_operations = OPERATIONS.iter().map(|operation| FaultTarget::from_operation(operation).to_string());
    let wildcards = ["*", "token", "sandboxes", "sample", "*.*", "capping.*", "throttling.*"].map(str::to_owned);
    let at: Vec<String> = wildcards.into_iter().chain(both_apis).chain(single_operations).collect();

    let effect = |name: String, description: String| json!({"name": name, "description": description});
    let simple = EFFECTS.iter().map(|(name, description)| effect((*name).to_owned(), (*description).to_owned()));
    let gateway = GatewayError::ALL
        .iter()
        .map(|error| effect(format!("gateway:{}", error.code), format!("{} {}", error.status, error.message)));
    let service = ServiceError::ALL
        .iter()
        .map(|error| effect(format!("service:{}", error.code), format!("{} {}", error.status, error.message)));
    let token_endpoint = TokenEndpointError::ALL
        .iter()
        .map(|error| effect(format!("ims:{}", error.name), format!("{} {}", error.status, error.error)));
    let effects: Vec<Value> = simple.chain(gateway).chain(service).chain(token_endpoint).collect();
    json!({"at": at, "when": FREQUENCIES, "fault": effects})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::fault::Fault;

    #[test]
    fn every_listed_name_is_accepted() {
        let names = fault_names();
        let list = |part: &str| names[part].as_array().expect("a list").clone();
        for at in list("at") {
            for when in list("when") {
                for effect in list("fault") {
                    let fault = json!({"at": at, "when": when, "fault": effect["name"]});
                    let read: Fault = serde_json::from_value(fault.clone()).expect("a fault");
                    assert_eq!(serde_json::to_value(read).expect("JSON"), fault);
                }
            }
        }
        assert_eq!((list("at").len(), list("fault").len()), (7 + 8 + 16, 14 + 19 + 15 + 6));
    }
}
