//! What each part of a fault can be, for people to choose from.

use ajo_core::{OPERATIONS, Verb};
use serde_json::{Value, json};

use crate::api::gateway_error::GatewayError;
use crate::api::ims_error::ImsRefusal;
use crate::api::service_error::ServiceError;
use crate::faults::target::Target;

/// Frequencies, with a number that can be another.
const WHEN: [&str; 4] = ["always", "first:1", "every:2", "probability:0.1"];

/// Effects that need no code, with a number that can be another, and what each does.
const EFFECTS: [(&str, &str); 13] = [
    ("busy:30", "429 with Retry-After in seconds"),
    ("delay:250", "later, in milliseconds"),
    ("delay:uniform:100-400", "later, by chance between two"),
    ("delay:lognormal:200:0.5", "later, with a long tail: median and sigma"),
    ("drop_before", "closed; nothing is processed"),
    ("reset", "reset; nothing is processed"),
    ("drop_after", "processed, but the answer is lost"),
    ("lost:504", "processed, and answered by a gateway that lost the answer"),
    ("half_body", "processed; half of the body arrives"),
    ("garbage", "processed; the body is rubbish"),
    ("status:503", "a status without a body"),
    ("html:502", "a proxy's page"),
    ("problem:500", "the body of another platform service"),
];

/// `{"at": […], "when": […], "fault": [{"name", "about"}]}`.
pub(crate) fn names() -> Value {
    let of_both = Verb::ALL.iter().map(|verb| format!("*.{verb}"));
    let of_one = OPERATIONS.iter().map(|operation| Target::of(operation).to_string());
    let wide = ["*", "token", "*.*", "capping.*", "throttling.*"].map(str::to_owned);
    let at: Vec<String> = wide.into_iter().chain(of_both).chain(of_one).collect();

    let effect = |name: String, about: String| json!({"name": name, "about": about});
    let plain = EFFECTS.iter().map(|(name, about)| effect((*name).to_owned(), (*about).to_owned()));
    let of_gateway = GatewayError::ALL
        .iter()
        .map(|error| effect(format!("gateway:{}", error.code), format!("{} {}", error.status, error.message)));
    let of_service = ServiceError::ALL
        .iter()
        .map(|error| effect(format!("service:{}", error.code), format!("{} {}", error.status, error.message)));
    let of_ims = ImsRefusal::ALL
        .iter()
        .map(|refusal| effect(format!("ims:{}", refusal.name), format!("{} {}", refusal.status, refusal.error)));
    let effects: Vec<Value> = plain.chain(of_gateway).chain(of_service).chain(of_ims).collect();
    json!({"at": at, "when": WHEN, "fault": effects})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::fault::Fault;

    #[test]
    fn every_name_that_is_offered_is_taken_as_it_is_written() {
        let names = names();
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
        assert_eq!((list("at").len(), list("fault").len()), (5 + 8 + 16, 13 + 19 + 15 + 6));
    }
}
