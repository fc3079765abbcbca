//! Every documented error of every operation: status, code, message, and hint.

use ajo_core::{Api, CallError, CallOptions, DeleteOptions, ErrorOrigin, OPERATIONS, Operation, ServiceCode, Verb};
use ajo_emulator::Emulator;
use ajo_tests::{
    capping_definition, capping_json, client_for, emulator_client, mock_server_with, run_operation,
    throttling_definition, throttling_json, uid,
};
use httpmock::prelude::*;
use serde_json::{Value, json};

/// Asserts the status, code, and message of an error, and that it has a request id and a hint.
fn assert_error(error: &CallError, status: u16, code: Option<&str>, message: &str) {
    assert_eq!(error.status(), Some(status), "{error}");
    assert_eq!(error.code(), code.map(ServiceCode::from).as_ref(), "{error}");
    assert!(error.message().is_some_and(|actual| actual.contains(message)), "expected {message:?}: {error}");
    assert!(error.request_id().is_some(), "{error}");
    assert!(error.hint().is_some(), "{error} has no hint");
    let operation = error.operation().expect("an operation");
    assert!(error.to_string().starts_with(&format!("{operation} failed: the service responded {status}")), "{error}");
}

#[tokio::test]
async fn unknown_uid_is_404() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    for operation in OPERATIONS.iter().filter(|operation| operation.path.contains("{uid}")) {
        let error = run_operation(&client, operation, &uid("u-unknown")).await.expect_err("unknown");
        let code = (operation.api == Api::Throttling).then_some("14467");
        assert_error(&error, 404, code, "has the uid u-unknown");
    }
}

#[tokio::test]
async fn delete_of_deployed_config_fails() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let capping_uid = client.capping().create(&capping_definition()).await.expect("created").uid;
    client.capping().deploy(&capping_uid).await.expect("deployed");
    let error = client.capping().delete(&capping_uid, DeleteOptions::default()).await.expect_err("deployed");
    assert_error(&error, 500, Some("1451"), "cannot be deleted");
    client.capping().get(&capping_uid).await.expect("it is still there");

    let throttling_uid = client.throttling().create(&throttling_definition()).await.expect("created").uid;
    client.throttling().deploy(&throttling_uid).await.expect("deployed");
    let error = client.throttling().delete(&throttling_uid, DeleteOptions::default()).await.expect_err("deployed");
    assert_error(&error, 500, Some("1456"), "cannot be deleted");
    client.throttling().get(&throttling_uid).await.expect("it is still there");
}

#[tokio::test]
async fn throttling_state_errors_have_codes() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let api = client.throttling();
    let throttling_uid = api.create(&throttling_definition()).await.expect("created").uid;
    assert_error(&api.create(&throttling_definition()).await.expect_err("a second one"), 400, Some("1465"), "only one");
    assert_error(
        &api.undeploy(&throttling_uid).await.expect_err("not deployed"),
        500,
        Some("14468"),
        "is not deployed",
    );
    api.deploy(&throttling_uid).await.expect("deployed");
    assert_error(&api.deploy(&throttling_uid).await.expect_err("deployed already"), 500, Some("14466"), "already");

    let dev = emulator_client(&emulator, "dev");
    for operation in OPERATIONS.iter().filter(|operation| operation.api == Api::Throttling) {
        let error = run_operation(&dev, operation, &throttling_uid).await.expect_err("not a production sandbox");
        assert_error(&error, 400, Some("1463"), "production sandbox");
    }
}

#[tokio::test]
async fn unknown_sandbox_is_500_with_code_4000() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "nowhere");
    for operation in &OPERATIONS {
        let error = run_operation(&client, operation, &uid("u-1")).await.expect_err("no such sandbox");
        assert_error(&error, 500, Some("4000"), "nowhere does not exist");
        assert_eq!(error.error_response().and_then(|failure| failure.family.as_deref()), Some("INTERNAL_ERROR"));
    }
}

/// Sends a payload that the typed client cannot produce.
async fn send_payload(emulator: &Emulator, verb: Verb, api: Api, target: &str, payload: &str) -> CallError {
    let operation = Operation::find(api, verb).expect("an operation");
    // Built before the emulator's state is locked, because it requests a token from the same state.
    let request = raw_request(emulator, operation, target, payload);
    let response = emulator.state().handle(&request, ajo_auth::current_timestamp());
    // A mock server sends the emulator's response, so that the client parses the same bytes.
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(response.status().as_u16()).body(response.body());
        })
        .await;
    run_operation(&client_for(&server.base_url()), operation, &uid(target)).await.expect_err("an invalid payload")
}

fn raw_request(emulator: &Emulator, operation: &Operation, target: &str, payload: &str) -> ajo_tests::HttpRequest {
    let credentials = emulator.credentials();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        credentials.client_id(),
        credentials.secrets()[0].expose(),
        credentials.scopes()
    );
    let mut request = ajo_tests::HttpRequest::new(form.into());
    *request.method_mut() = "POST".parse().expect("a method");
    *request.uri_mut() = ajo_engine::TOKEN_PATH.parse().expect("a path");
    let response = emulator.state().handle(&request, ajo_auth::current_timestamp());
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    let token = body["access_token"].as_str().expect("a token");

    let mut request = ajo_tests::HttpRequest::new(payload.to_owned().into());
    *request.method_mut() = operation.method.parse().expect("a method");
    let path = format!("/journey/orchestration{}", operation.path.replace("{uid}", target));
    *request.uri_mut() = path.parse().expect("a path");
    for (name, value) in [
        ("authorization", format!("Bearer {token}")),
        ("x-api-key", credentials.client_id().to_string()),
        ("x-gw-ims-org-id", credentials.org_id().to_string()),
        ("x-sandbox-name", "prod".to_owned()),
    ] {
        request.headers_mut().insert(name, value.parse().expect("a header"));
    }
    request
}

#[tokio::test]
async fn invalid_payloads_have_documented_codes() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let capping_uid = client.capping().create(&capping_definition()).await.expect("created").uid;
    let throttling_uid = client.throttling().create(&throttling_definition()).await.expect("created").uid;
    let without = |mut json: Value, field: &str| {
        json.as_object_mut().expect("an object").remove(field);
        json.to_string()
    };
    let with = |mut json: Value, field: &str, value: Value| {
        json[field] = value;
        json.to_string()
    };
    let cases = [
        (Api::Capping, "not JSON".to_owned(), "ERR_ENDPOINTCONFIG_112"),
        (Api::Capping, "[]".to_owned(), "ERR_ENDPOINTCONFIG_112"),
        (Api::Capping, without(capping_json(), "url"), "ERR_ENDPOINTCONFIG_100"),
        (Api::Capping, without(capping_json(), "methods"), "ERR_ENDPOINTCONFIG_103"),
        (Api::Capping, without(capping_json(), "services"), "ERR_ENDPOINTCONFIG_104"),
        (Api::Capping, with(capping_json(), "methods", json!("GET")), "ERR_ENDPOINTCONFIG_111"),
        (Api::Capping, with(capping_json(), "services", json!({"source": {}})), "ERR_AUTHORING_ENDPOINTCONFIG_1"),
        (Api::Throttling, "not JSON".to_owned(), "ERR_THROTTLING_CONFIG_106"),
        (Api::Throttling, without(throttling_json(), "urlPattern"), "ERR_THROTTLING_CONFIG_100"),
        (Api::Throttling, without(throttling_json(), "methods"), "ERR_THROTTLING_CONFIG_100"),
        (Api::Throttling, without(throttling_json(), "maxThroughput"), "ERR_THROTTLING_CONFIG_101"),
        (Api::Throttling, with(throttling_json(), "methods", json!(7)), "ERR_THROTTLING_CONFIG_106"),
    ];
    for (api, payload, code) in cases {
        let target = match api {
            Api::Capping => &capping_uid,
            Api::Throttling => &throttling_uid,
        };
        let error = send_payload(&emulator, Verb::Update, api, target.as_str(), &payload).await;
        assert_error(&error, 500, Some(code), "");
        if api == Api::Capping {
            assert_error(&send_payload(&emulator, Verb::Create, api, "u-1", &payload).await, 500, Some(code), "");
        }
    }
    assert_eq!(client.capping().list().await.expect("listed").len(), 1, "nothing was stored");
    let unchanged = client.throttling().get(&throttling_uid).await.expect("read");
    assert_eq!(unchanged.max_throughput, Some(400), "nothing was overwritten");
    client.throttling().delete(&throttling_uid, DeleteOptions::default()).await.expect("deleted");
    let error = send_payload(&emulator, Verb::Create, Api::Throttling, "u-1", "{}").await;
    assert_error(&error, 500, Some("ERR_THROTTLING_CONFIG_100"), "urlPattern is missing; ");
}

#[tokio::test]
async fn deploy_and_can_deploy_codes_agree() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    let cases = [
        ("/url", json!("nowhere"), "ERR_ENDPOINTCONFIG_101"),
        ("/url", json!("https://*.example.org/"), "ERR_ENDPOINTCONFIG_102"),
        ("/methods", json!([]), "ERR_ENDPOINTCONFIG_103"),
        ("/services", json!({}), "ERR_ENDPOINTCONFIG_104"),
        ("/services/dataSource/rating/maxCallsCount", json!(0), "ERR_ENDPOINTCONFIG_107"),
        ("/services/dataSource/rating/periodInMs", json!(0), "ERR_ENDPOINTCONFIG_108"),
    ];
    for (pointer, value, code) in cases {
        let mut definition = capping_json();
        *definition.pointer_mut(pointer).expect("a field") = value;
        let definition = serde_json::from_value(definition).expect("a definition");
        let stored = client.capping().create(&definition).await.expect("stored").uid;
        assert_error(&client.capping().deploy(&stored).await.expect_err(code), 500, Some(code), "");
        let result = client.capping().can_deploy(&stored).await.expect("a result");
        assert_eq!(result.errors[0].error_code, Some(ServiceCode::from(code)));
    }

    let api = client.throttling();
    let stored = api.create(&throttling_definition()).await.expect("created").uid;
    let cases = [
        ("urlPattern", json!("nowhere"), "ERR_THROTTLING_CONFIG_104"),
        ("urlPattern", json!("https://*.example.org/"), "ERR_THROTTLING_CONFIG_105"),
        ("methods", json!([]), "ERR_THROTTLING_CONFIG_100"),
        ("maxThroughput", json!(199), "ERR_THROTTLING_CONFIG_101"),
        ("maxThroughput", json!(5001), "ERR_THROTTLING_CONFIG_101"),
    ];
    for (field, value, code) in cases {
        let mut definition = throttling_json();
        definition[field] = value;
        api.update(&stored, &serde_json::from_value(definition).expect("a definition")).await.expect("stored");
        assert_error(&api.deploy(&stored).await.expect_err(code), 500, Some(code), "");
        let result = api.can_deploy(&stored).await.expect("a result");
        assert_eq!(result.errors[0].error_code, Some(ServiceCode::from(code)));
    }
}

/// Covers the documented codes that the emulator does not produce without faults, in their documented format.
#[tokio::test]
async fn every_code_is_parsed_for_all_operations() {
    let gateway = [
        (400, "400003", "Missing header"),
        (401, "401013", "Oauth token is not valid"),
        (403, "403000", "Api Key is required"),
        (403, "403003", "Api Key is invalid"),
        (403, "403010", "Oauth token is missing"),
        (403, "403011", "scope mismatch"),
        (403, "403012", "address not allowed"),
        (403, "403013", "address not allowed"),
        (403, "403020", "token missing"),
        (403, "403023", "profile not valid"),
        (403, "403024", "not allowed to read the profile"),
        (403, "403025", "Profile is not valid"),
        (403, "403027", "User region is missing"),
        (429, "429001", "service usage limit"),
        (429, "429002", "developer key usage limit"),
        (429, "429050", "Too many requests"),
        (503, "503000", "could not validate the key"),
        (503, "503010", "could not validate the token"),
        (503, "503030", "could not validate the profile"),
    ];
    let service = [
        (500, 1451),
        (500, 1456),
        (500, 1457),
        (500, 1458),
        (500, 1459),
        (500, 1460),
        (500, 1461),
        (500, 1462),
        (400, 1463),
        (500, 1464),
        (400, 1465),
        (500, 14466),
        (404, 14467),
        (500, 14468),
        (500, 4000),
    ];
    let responses = gateway
        .into_iter()
        .flat_map(|(status, code, message)| {
            let number: i64 = code.parse().expect("a number");
            [json!(code), json!(number)].map(|body| {
                (
                    status,
                    code.to_owned(),
                    message,
                    ErrorOrigin::Gateway,
                    json!({"error_code": body, "message": message}),
                )
            })
        })
        .chain(service.into_iter().flat_map(|(status, code)| {
            let error = json!({"code": code, "family": "INPUT_OUTPUT_ERROR", "message": "the service's message"});
            [error.clone(), json!(error.to_string())].map(|error| {
                let body = json!({"status": status, "error": error, "requestId": "r-body"});
                (status, code.to_string(), "the service's message", ErrorOrigin::Service, body)
            })
        }));
    for (status, code, message, origin, body) in responses {
        let server = MockServer::start_async().await;
        let mock = server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).header("x-request-id", "r-header").json_body(body);
            })
            .await;
        let client = client_for(&server.base_url()).with_options(CallOptions::default().attempts(1));
        for operation in &OPERATIONS {
            let error = run_operation(&client, operation, &uid("u-1")).await.expect_err("an error");
            assert_error(&error, status, Some(&code), message);
            assert_eq!(error.error_response().map(|failure| failure.origin), Some(origin));
            let request_id = if origin == ErrorOrigin::Service { "r-body" } else { "r-header" };
            assert_eq!(error.request_id(), Some(request_id));
            assert_eq!(error.is_authentication(), matches!(status, 401 | 403));
        }
        mock.assert_calls_async(16).await;
    }
}

#[tokio::test]
async fn invalid_error_body_keeps_status() {
    for (status, body) in
        [(429, ""), (500, ""), (502, "<html>Bad Gateway</html>"), (503, "overloaded"), (404, "null"), (413, "{}")]
    {
        let server = mock_server_with(status, body).await;
        let client = client_for(&server.base_url()).with_options(CallOptions::default().attempts(1));
        for operation in &OPERATIONS {
            let error = run_operation(&client, operation, &uid("u-1")).await.expect_err("an error");
            assert_eq!((error.status(), error.code()), (Some(status), None), "{error}");
            assert!(error.message().is_some_and(|message| message.starts_with("the response ")), "{error}");
        }
    }
}

#[tokio::test]
async fn indeterminate_write_hints_at_read_back() {
    let without_code = json!({"status": 500, "error": "Internal Server Error"}).to_string();
    let gateway = json!({"error_code": "503010", "message": "could not validate the token"}).to_string();
    let create = Operation::find(Api::Capping, Verb::Create).expect("an operation");
    let update = Operation::find(Api::Capping, Verb::Update).expect("an operation");
    let list = Operation::find(Api::Capping, Verb::List).expect("an operation");
    let cases = [
        (500, "", create, true),
        (500, without_code.as_str(), create, true),
        (502, "<html>Bad Gateway</html>", create, true),
        (503, "", create, true),
        (504, "", create, true),
        // The gateway's own code proves that it did not forward the request.
        (503, gateway.as_str(), create, false),
        (429, "", create, false),
        (500, "", update, true),
        (502, "", update, false),
        (502, "", list, false),
    ];
    for (status, body, operation, read_back) in cases {
        let server = mock_server_with(status, body).await;
        let client = client_for(&server.base_url()).with_options(CallOptions::default().attempts(1));
        let error = run_operation(&client, operation, &uid("u-1")).await.expect_err("an error");
        let hint = error.hint().expect("a hint");
        assert_eq!(hint.contains("read the configuration back"), read_back, "{operation}: {error}: {hint}");
    }
}

#[tokio::test]
async fn very_long_retry_after_has_no_seconds() {
    for (retry_after, expected) in
        [("2400", "; retry after 2400 s"), ("99999999999999999999", "; retry after more than a year")]
    {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(429).header("retry-after", retry_after);
            })
            .await;
        let error = client_for(&server.base_url()).capping().list().await.expect_err("an error");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
