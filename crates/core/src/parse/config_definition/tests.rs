//! A configuration that is read and sent back stays the same.

use ajo_engine::{config_definition, encode_payload};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{Api, CappingConfig, CappingDefinition, ThrottlingConfig, ThrottlingDefinition, Verb};

const ORG_ID: &str = "A1@AdobeOrg";

/// The body of an update with this definition.
fn request_body(api: Api, definition: &str) -> Result<Value, String> {
    encode_payload(api, Verb::Update, definition, ORG_ID).map(|body| serde_json::from_str(&body).expect("JSON"))
}

/// Fields that no specification has. One has the name of the map that holds them.
fn unknown_fields() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // serde_json may read longer fractions as the next float.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        any::<String>().prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Value::from),
        (".*", any::<i32>()).prop_map(|(name, value)| json!({name: value})),
        Just(json!({"url": "u", "rating": {"maxCallsCount": 1}})),
    ];
    let name = prop_oneof![4 => "x[a-z]{1,4}", 1 => Just("extra".to_owned()), 1 => "\"x.*"];
    prop::collection::btree_map(name, value, 0..3).prop_map(|fields| fields.into_iter().collect())
}

fn with_unknown(fields: Value, unknown: Map<String, Value>) -> Value {
    let Value::Object(mut fields) = fields else { panic!("an object") };
    fields.extend(unknown);
    fields.into()
}

fn service_limit() -> impl Strategy<Value = Value> {
    (any::<i64>(), any::<i64>(), prop::option::of(0..500_i64), unknown_fields(), unknown_fields()).prop_map(
        |(calls, period, connections, of_limit, of_rating)| {
            let rating = with_unknown(json!({"maxCallsCount": calls, "periodInMs": period}), of_rating);
            let mut limit = json!({"rating": rating});
            if let Some(connections) = connections {
                limit["maxHttpConnections"] = connections.into();
            }
            with_unknown(limit, of_limit)
        },
    )
}

/// Responses and requests, with unknown fields at every level.
fn capping() -> impl Strategy<Value = Value> {
    let services = (prop::option::of(service_limit()), prop::option::of(service_limit()), unknown_fields());
    let services = services.prop_map(|(action, data_source, unknown)| {
        let limits = [("action", action), ("dataSource", data_source)];
        let limits: Map<_, _> =
            limits.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), limit?))).collect();
        with_unknown(limits.into(), unknown)
    });
    (".+", prop::collection::vec("[A-Z]{1,5}", 1..4), services, unknown_fields()).prop_map(
        |(url, methods, services, unknown)| {
            with_unknown(json!({"url": url, "methods": methods, "services": services}), unknown)
        },
    )
}

fn throttling() -> impl Strategy<Value = Value> {
    (".+", prop::collection::vec("[A-Z]{1,5}", 1..4), any::<i64>(), any::<String>(), unknown_fields()).prop_map(
        |(url, methods, calls, name, unknown)| {
            let known = json!({"urlPattern": url, "methods": methods, "maxThroughput": calls, "name": name});
            with_unknown(known, unknown)
        },
    )
}

/// The configuration with this definition, as the service returns it.
fn config(definition: &Value) -> Value {
    let Value::Object(added) = json!({
        "uid": "u-1", "_id": "u-1_s", "state": "updated", "hasBeenDeployed": true, "orgId": "B2@AdobeOrg", "sandboxName": "dev",
        "sandboxId": "s", "authoringFormatVersion": "1.0", "metadata": {"createdBy": "me", "reviewedBy": "you"},
    }) else {
        panic!("an object")
    };
    with_unknown(definition.clone(), added)
}

fn capping_config(definition: &Value) -> Value {
    let mut config = config(definition);
    config["tenantId"] = "t".into();
    config["deployedConfig"] = json!({"url": "other", "queue": 1});
    config
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn capping_is_sent_back_unchanged(definition in capping()) {
        let config = capping_config(&definition);
        let mut expected = definition;
        expected["orgId"] = ORG_ID.into();
        let text = config_definition(Api::Capping, &config.to_string()).expect("an object");
        prop_assert_eq!(request_body(Api::Capping, &text), Ok(expected.clone()));
        let config: CappingConfig = serde_json::from_value(config).expect("a configuration");
        let typed = CappingDefinition::try_from(&config).expect("complete");
        let text = serde_json::to_string(&typed).expect("JSON");
        prop_assert_eq!(request_body(Api::Capping, &text), Ok(expected));
        prop_assert_eq!(serde_json::from_str::<CappingDefinition>(&text).expect("the same type"), typed);
    }

    #[test]
    fn throttling_is_sent_back_unchanged(definition in throttling()) {
        let mut config = config(&definition);
        config["version"] = "1.0".into();
        let text = config_definition(Api::Throttling, &config.to_string()).expect("an object");
        prop_assert_eq!(request_body(Api::Throttling, &text), Ok(definition.clone()));
        let config: ThrottlingConfig = serde_json::from_value(config).expect("a configuration");
        let typed = ThrottlingDefinition::try_from(&config).expect("complete");
        let text = serde_json::to_string(&typed).expect("JSON");
        prop_assert_eq!(request_body(Api::Throttling, &text), Ok(definition));
    }
}

#[test]
fn incomplete_config_is_an_error() {
    let config: CappingConfig = serde_json::from_value(json!({"uid": "u-1", "url": "u"})).expect("a configuration");
    let error = CappingDefinition::try_from(&config).expect_err("incomplete");
    assert!(error.to_string().starts_with("the configuration has no complete definition: missing field"), "{error}");
}
