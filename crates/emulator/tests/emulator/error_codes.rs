//! Every published code can be had by a fault, in the format of its layer.

use crate::support::Caller;
use ajo_emulator::{GatewayError, ImsRefusal, ServiceError};
use serde_json::{Value, json};

#[test]
fn every_code_of_the_service_can_be_had_in_the_form_of_either_api() {
    let mut caller = Caller::new();
    for error in ServiceError::ALL {
        caller.world.clear_faults();
        caller.fault(&format!("*.*=service:{}", error.code));
        let (status, body) = caller.call("POST", "/list/endpointConfigs", &json!({}));
        assert_eq!(
            (status, &body["error"]["code"], &body["status"]),
            (error.status, &json!(error.code), &json!(status))
        );
        let (status, text) = caller.call("POST", "/list/throttlingConfigs", &json!({}));
        let inner: Value =
            serde_json::from_str(text["error"].as_str().expect("a string that holds JSON")).expect("JSON");
        assert_eq!(
            (status, &inner["code"], &inner["family"]),
            (error.status, &json!(error.code), &json!(error.family))
        );
        assert!(text["requestId"].as_str().is_some_and(|id| id.len() == 36));
    }
}

#[test]
fn every_error_of_the_gateway_can_be_had_and_the_one_that_says_when() {
    let mut caller = Caller::new();
    for error in GatewayError::ALL {
        caller.world.clear_faults();
        caller.fault(&format!("capping.get=gateway:{}", error.code));
        let request = caller.request("GET", "/endpointConfigs/u-1", &Value::Null);
        let response = caller.send(&request);
        let (status, body) = crate::support::read(&response);
        assert_eq!((status, body), (error.status, json!({"error_code": error.code, "message": error.message})));
        assert_eq!(response.headers().contains_key("retry-after"), error.code == "429050");
    }
}

#[test]
fn every_answer_of_the_token_host_can_be_had() {
    let mut caller = Caller::new();
    for refusal in ImsRefusal::ALL {
        caller.world.clear_faults();
        caller.fault(&format!("token=ims:{}", refusal.name));
        let (status, body) = caller.ask_for_token();
        assert_eq!((status, body["error"].as_str()), (refusal.status, Some(refusal.error)));
        assert_eq!(body["error_description"].as_str(), refusal.description);
    }
}
