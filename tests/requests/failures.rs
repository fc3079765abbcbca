//! Every failure of the facts that an operation can give: status, code, message, and a hint.

use ajo_core::{Api, CallOptions, DeleteOptions, Error, Layer, OPERATIONS, Operation, ServiceCode, Verb};
use ajo_emulator::Emulator;
use ajo_tests::{answering, call, capping, capping_json, client_of, emulated, throttling, throttling_json, uid};
use httpmock::prelude::*;
use serde_json::{Value, json};

/// Asserts what an error says.
fn assert_said(error: &Error, status: u16, code: Option<&str>, message: &str) {
    assert_eq!(error.status(), Some(status), "{error}");
    assert_eq!(error.code(), code.map(ServiceCode::from).as_ref(), "{error}");
    assert!(error.message().is_some_and(|said| said.contains(message)), "expected {message:?}: {error}");
    assert!(error.request_id().is_some(), "{error}");
    assert!(error.hint().is_some(), "{error} has no hint");
    let operation = error.operation().expect("an operation");
    assert!(error.to_string().starts_with(&format!("{operation} failed: the answer is {status}")), "{error}");
}

#[tokio::test]
async fn an_unknown_uid_is_404_for_every_operation_that_takes_one() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
    for operation in OPERATIONS.iter().filter(|operation| operation.path.contains("{uid}")) {
        let error = call(&client, operation, &uid("u-unknown")).await.expect_err("unknown");
        let code = (operation.api == Api::Throttling).then_some("14467");
        assert_said(&error, 404, code, "has the uid u-unknown");
    }
}

#[tokio::test]
async fn deleting_what_is_deployed_is_refused() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
    let capped = client.capping().create(&capping()).await.expect("created").uid;
    client.capping().deploy(&capped).await.expect("deployed");
    let error = client.capping().delete(&capped, DeleteOptions::default()).await.expect_err("deployed");
    assert_said(&error, 500, Some("1451"), "cannot be deleted");
    client.capping().get(&capped).await.expect("it is still there");

    let throttled = client.throttling().create(&throttling()).await.expect("created").uid;
    client.throttling().deploy(&throttled).await.expect("deployed");
    let error = client.throttling().delete(&throttled, DeleteOptions::default()).await.expect_err("deployed");
    assert_said(&error, 500, Some("1456"), "cannot be deleted");
    client.throttling().get(&throttled).await.expect("it is still there");
}

#[tokio::test]
async fn throttling_has_one_configuration_on_a_production_sandbox_and_knows_its_state() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
    let api = client.throttling();
    let throttled = api.create(&throttling()).await.expect("created").uid;
    assert_said(&api.create(&throttling()).await.expect_err("a second one"), 400, Some("1465"), "only one");
    assert_said(&api.undeploy(&throttled).await.expect_err("not deployed"), 500, Some("14468"), "is not deployed");
    api.deploy(&throttled).await.expect("deployed");
    assert_said(&api.deploy(&throttled).await.expect_err("deployed already"), 500, Some("14466"), "already");

    let dev = emulated(&emulator, "dev");
    for operation in OPERATIONS.iter().filter(|operation| operation.api == Api::Throttling) {
        let error = call(&dev, operation, &throttled).await.expect_err("no production sandbox");
        assert_said(&error, 400, Some("1463"), "production sandbox");
    }
}

#[tokio::test]
async fn a_sandbox_that_does_not_exist_is_500_with_4000_everywhere() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "nowhere");
    for operation in &OPERATIONS {
        let error = call(&client, operation, &uid("u-1")).await.expect_err("no such sandbox");
        assert_said(&error, 500, Some("4000"), "nowhere does not exist");
        assert_eq!(error.failure().and_then(|failure| failure.family.as_deref()), Some("INTERNAL_ERROR"));
    }
}

/// Sends a payload that the typed client could not write.
async fn send(emulator: &Emulator, verb: Verb, api: Api, target: &str, payload: &str) -> Error {
    let operation = Operation::find(api, verb).expect("an operation");
    // Made before the world is locked: it asks the same world for a token.
    let request = raw(emulator, operation, target, payload);
    let emulated = emulator.world().handle(&request, ajo_auth::Timestamp::now());
    // What the emulator answers is put behind a fake service, so that the client reads the very bytes.
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(emulated.status().as_u16()).body(emulated.body());
        })
        .await;
    call(&client_of(&server.base_url()), operation, &uid(target)).await.expect_err("an invalid payload")
}

fn raw(emulator: &Emulator, operation: &Operation, target: &str, payload: &str) -> ajo_tests::HttpRequest {
    let credentials = emulator.credentials();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        credentials.client_id(),
        credentials.secrets()[0].expose(),
        credentials.scopes()
    );
    let mut request = ajo_tests::HttpRequest::new(form.into());
    *request.method_mut() = "POST".parse().expect("a method");
    *request.uri_mut() = ajo_auth::TOKEN_PATH.parse().expect("a path");
    let granted = emulator.world().handle(&request, ajo_auth::Timestamp::now());
    let granted: Value = serde_json::from_slice(granted.body()).expect("JSON");
    let token = granted["access_token"].as_str().expect("a token");

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
async fn an_invalid_payload_is_500_for_create_and_update_with_the_published_codes() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
    let capped = client.capping().create(&capping()).await.expect("created").uid;
    let throttled = client.throttling().create(&throttling()).await.expect("created").uid;
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
            Api::Capping => &capped,
            Api::Throttling => &throttled,
        };
        let error = send(&emulator, Verb::Update, api, target.as_str(), &payload).await;
        assert_said(&error, 500, Some(code), "");
        if api == Api::Capping {
            assert_said(&send(&emulator, Verb::Create, api, "u-1", &payload).await, 500, Some(code), "");
        }
    }
    assert_eq!(client.capping().list().await.expect("listed").len(), 1, "nothing was stored");
    let kept = client.throttling().get(&throttled).await.expect("read");
    assert_eq!(kept.max_throughput, Some(400), "nothing was overwritten");
    client.throttling().delete(&throttled, DeleteOptions::default()).await.expect("deleted");
    let error = send(&emulator, Verb::Create, Api::Throttling, "u-1", "{}").await;
    assert_said(&error, 500, Some("ERR_THROTTLING_CONFIG_100"), "urlPattern is missing; ");
}

#[tokio::test]
async fn deploying_an_invalid_definition_is_500_with_the_code_that_can_deploy_gives() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
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
        assert_said(&client.capping().deploy(&stored).await.expect_err(code), 500, Some(code), "");
        let verdict = client.capping().can_deploy(&stored).await.expect("a verdict");
        assert_eq!(verdict.errors[0].error_code, Some(ServiceCode::from(code)));
    }

    let api = client.throttling();
    let stored = api.create(&throttling()).await.expect("created").uid;
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
        assert_said(&api.deploy(&stored).await.expect_err(code), 500, Some(code), "");
        let verdict = api.can_deploy(&stored).await.expect("a verdict");
        assert_eq!(verdict.errors[0].error_code, Some(ServiceCode::from(code)));
    }
}

/// The codes of the facts that an emulator at rest does not give, as the facts say they come.
#[tokio::test]
async fn every_code_of_gateway_and_service_is_read_from_every_operation() {
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
    let answers = gateway
        .into_iter()
        .flat_map(|(status, code, message)| {
            let number: i64 = code.parse().expect("a number");
            [json!(code), json!(number)].map(|body| {
                (status, code.to_owned(), message, Layer::Gateway, json!({"error_code": body, "message": message}))
            })
        })
        .chain(service.into_iter().flat_map(|(status, code)| {
            let error = json!({"code": code, "family": "INPUT_OUTPUT_ERROR", "message": "the service's words"});
            [error.clone(), json!(error.to_string())].map(|error| {
                let body = json!({"status": status, "error": error, "requestId": "r-body"});
                (status, code.to_string(), "the service's words", Layer::Service, body)
            })
        }));
    for (status, code, message, layer, body) in answers {
        let server = MockServer::start_async().await;
        let mock = server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).header("x-request-id", "r-header").json_body(body);
            })
            .await;
        let client = client_of(&server.base_url()).with_options(CallOptions::default().attempts(1));
        for operation in &OPERATIONS {
            let error = call(&client, operation, &uid("u-1")).await.expect_err("refused");
            assert_said(&error, status, Some(&code), message);
            assert_eq!(error.failure().map(|failure| failure.layer), Some(layer));
            let request_id = if layer == Layer::Service { "r-body" } else { "r-header" };
            assert_eq!(error.request_id(), Some(request_id));
            assert_eq!(error.is_authentication(), matches!(status, 401 | 403));
        }
        mock.assert_calls_async(16).await;
    }
}

#[tokio::test]
async fn a_failure_without_a_readable_body_still_says_its_status() {
    for (status, body) in
        [(429, ""), (500, ""), (502, "<html>Bad Gateway</html>"), (503, "overloaded"), (404, "null"), (413, "{}")]
    {
        let server = answering(status, body).await;
        let client = client_of(&server.base_url()).with_options(CallOptions::default().attempts(1));
        for operation in &OPERATIONS {
            let error = call(&client, operation, &uid("u-1")).await.expect_err("refused");
            assert_eq!((error.status(), error.code()), (Some(status), None), "{error}");
            assert!(error.message().is_some_and(|message| message.starts_with("the answer ")), "{error}");
        }
    }
}

#[tokio::test]
async fn a_write_that_may_have_been_done_and_is_not_repeated_is_to_be_read_back() {
    let uncoded = json!({"status": 500, "error": "Internal Server Error"}).to_string();
    let gateway = json!({"error_code": "503010", "message": "could not validate the token"}).to_string();
    let create = Operation::find(Api::Capping, Verb::Create).expect("an operation");
    let update = Operation::find(Api::Capping, Verb::Update).expect("an operation");
    let list = Operation::find(Api::Capping, Verb::List).expect("an operation");
    let cases = [
        (500, "", create, true),
        (500, uncoded.as_str(), create, true),
        (502, "<html>Bad Gateway</html>", create, true),
        (503, "", create, true),
        (504, "", create, true),
        // It names its own code, so it has passed nothing on.
        (503, gateway.as_str(), create, false),
        (429, "", create, false),
        (500, "", update, true),
        (502, "", update, false),
        (502, "", list, false),
    ];
    for (status, body, operation, read_back) in cases {
        let server = answering(status, body).await;
        let client = client_of(&server.base_url()).with_options(CallOptions::default().attempts(1));
        let error = call(&client, operation, &uid("u-1")).await.expect_err("refused");
        let hint = error.hint().expect("a hint");
        assert_eq!(hint.contains("read the configuration back"), read_back, "{operation}: {error}: {hint}");
    }
}

#[tokio::test]
async fn a_wait_that_is_longer_than_anybody_waits_is_not_counted_in_seconds() {
    for (asked, said) in
        [("2400", "; not before 2400 s from now"), ("99999999999999999999", "; not before a year from now")]
    {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(429).header("retry-after", asked);
            })
            .await;
        let error = client_of(&server.base_url()).capping().list().await.expect_err("refused");
        assert!(error.to_string().contains(said), "{error}");
    }
}
