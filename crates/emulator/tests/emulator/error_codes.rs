//! A fault can produce every published code, in the format of its layer.

use crate::support::TestClient;
use ajo_emulator::{GatewayError, ServiceError, TokenEndpointError};
use serde_json::{Value, json};

#[test]
fn every_service_code_can_be_injected() {
    let mut client = TestClient::new();
    for error in ServiceError::ALL {
        client.state.clear_faults();
        client.add_fault(&format!("*.*=service:{}", error.code));
        let (status, body) = client.call("POST", "/list/endpointConfigs", &json!({}));
        assert_eq!(
            (status, &body["error"]["code"], &body["status"]),
            (error.status, &json!(error.code), &json!(status))
        );
        let (status, text) = client.call("POST", "/list/throttlingConfigs", &json!({}));
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
fn every_gateway_error_can_be_injected() {
    let mut client = TestClient::new();
    for error in GatewayError::ALL {
        client.state.clear_faults();
        client.add_fault(&format!("capping.get=gateway:{}", error.code));
        let request = client.request("GET", "/endpointConfigs/u-1", &Value::Null);
        let response = client.send(&request);
        let (status, body) = crate::support::parse_response(&response);
        assert_eq!((status, body), (error.status, json!({"error_code": error.code, "message": error.message})));
        assert_eq!(response.headers().contains_key("retry-after"), error.code == "429050");
    }
}

#[test]
fn every_token_error_can_be_injected() {
    let mut client = TestClient::new();
    for error in TokenEndpointError::ALL {
        client.state.clear_faults();
        client.add_fault(&format!("token=ims:{}", error.name));
        let (status, body) = client.request_token();
        assert_eq!((status, body["error"].as_str()), (error.status, Some(error.error)));
        assert_eq!(body["error_description"].as_str(), error.description);
    }
}
