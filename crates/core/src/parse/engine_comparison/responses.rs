//! A response passes the check if its model parses it.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::parse::response_body::parse_object;
use crate::{
    Api, CanDeployResponse, CappingCreateResponse, CappingGetResponse, CappingListResponse, CappingUpdateResponse,
    OPERATIONS, Operation, ThrottlingCreateResponse, ThrottlingGetResponse, ThrottlingListResponse,
    ThrottlingUpdateResponse, Verb,
};

/// Whether the body parses as this type.
fn parses<T: DeserializeOwned>(body: &[u8]) -> bool {
    parse_object::<T>(body).is_ok()
}

/// Whether the typed client accepts the body; `None` for an operation that this test does not cover.
fn typed_client_accepts(operation: &Operation, body: &[u8]) -> Option<bool> {
    let capping = operation.api == Api::Capping;
    Some(match operation.verb {
        Verb::List if capping => parses::<CappingListResponse>(body),
        Verb::List => parses::<ThrottlingListResponse>(body),
        Verb::Get if capping => parses::<CappingGetResponse>(body),
        Verb::Get => parses::<ThrottlingGetResponse>(body),
        Verb::Create if capping => parses::<CappingCreateResponse>(body),
        Verb::Create => parses::<ThrottlingCreateResponse>(body),
        Verb::Update if capping => parses::<CappingUpdateResponse>(body),
        Verb::Update => parses::<ThrottlingUpdateResponse>(body),
        Verb::CanDeploy => parses::<CanDeployResponse>(body),
        Verb::Delete | Verb::Deploy | Verb::Undeploy => true,
        _ => return None,
    })
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!({})),
        Just(json!({"uid": "u"})),
        Just(json!({"a": [null, {"b": 1}]})),
    ]
}

fn configuration() -> impl Strategy<Value = Value> {
    let uid = prop_oneof![9 => "[a-z.]{1,4}".prop_map(Value::from), 1 => odd_value()];
    let fields = (uid, odd_value(), odd_value(), odd_value());
    prop_oneof![
        9 => fields.prop_map(|(uid, url, methods, more)| json!({"uid": uid, "url": url, "methods": methods, "services": more})),
        1 => odd_value(),
    ]
}

fn body() -> impl Strategy<Value = Value> {
    let results = prop::collection::vec(configuration(), 0..3);
    prop_oneof![
        4 => results.prop_map(|results| json!({"results": results, "more": 1})),
        4 => configuration().prop_map(|result| json!({"result": result})),
        4 => configuration(),
        2 => odd_value().prop_map(|value| json!({"canDeploy": value})),
        1 => odd_value().prop_map(|value| json!({"canDeploy": {"errors": value}, "result": value, "results": value})),
        1 => odd_value(),
        1 => Just(json!([[]])),
    ]
}

proptest! {
    #[test]
    fn check_accepts_what_models_parse(body in body()) {
        let json = body.to_string();
        let covered = |operation: &Operation| Some((*operation, typed_client_accepts(operation, json.as_bytes())?));
        for (operation, expected) in OPERATIONS.iter().filter_map(covered) {
            prop_assert_eq!(operation.check_response(json.as_bytes()).is_ok(), expected, "{} {}", operation, json);
        }
    }
}
