//! Stubs of other APIs: one token for all calls, its refresh, and retries.

use ajo_core::{Client, Method};
use tempfile::TempDir;

use super::stub::Stub;
use crate::fake_server::json_response;
use crate::support::CommandOutput;

const JOURNEYS: &str = r#"{"results":[{"id":"j-1","name":"Welcome"}],"page":0,"limit":5,"pages":1}"#;
const ADDRESSES: &str = r#"{"items":[{"entity":{"entityValue":"a@b.example"}}],"_page":{"count":1}}"#;
const CAMPAIGNS: &str = r#"{"data":[{"name":"Sale"}],"_page":{"page":0,"totalPages":1}}"#;

/// The journeys, suppression, and campaigns APIs, and the list of capping configurations.
fn adobe() -> Stub {
    Stub::start(|request| match request.line.split('?').next().unwrap_or_default() {
        "GET /ajo/journey" => json_response(200, JOURNEYS),
        "GET /ajo/config/suppression/addresses" => json_response(200, ADDRESSES),
        "POST /ajo/config/suppression/addresses" => json_response(201, "[]"),
        "GET /journey/campaigns/service/campaigns" => json_response(200, CAMPAIGNS),
        "POST /journey/orchestration/list/endpointConfigs" => json_response(200, r#"{"results":[]}"#),
        _ => json_response(404, "{}"),
    })
}

#[test]
fn commands_share_one_token() {
    let stub = adobe();
    let cache = TempDir::new().expect("a directory");
    let run = |arguments: &[&str]| {
        let mut command = stub.command(arguments);
        let output = CommandOutput::from(command.env("AJO_TOKEN_CACHE", cache.path()).output().expect("ajo runs"));
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        output.stdout
    };
    run(&["capping", "list"]);
    assert_eq!(run(&["api", "GET", "/ajo/journey?pageSize=5"]).trim_end(), JOURNEYS);
    assert_eq!(run(&["api", "get", "/ajo/config/suppression/addresses", "--field", "limit=5"]).trim_end(), ADDRESSES);
    assert_eq!(run(&["api", "GET", "/journey/campaigns/service/campaigns"]).trim_end(), CAMPAIGNS);
    let url = format!("{}/ajo/config/suppression/addresses", stub.url());
    assert_eq!(run(&["api", "POST", &url, "--field", "a=1"]), "[]\n");
    assert_eq!(
        stub.lines(),
        [
            "POST /journey/orchestration/list/endpointConfigs",
            "GET /ajo/journey?pageSize=5",
            "GET /ajo/config/suppression/addresses?limit=5",
            "GET /journey/campaigns/service/campaigns",
            "POST /ajo/config/suppression/addresses",
        ]
    );
    assert_eq!(stub.token_request_count(), 1);
    for call in stub.calls() {
        for (name, value) in [
            ("authorization", "Bearer access-token-1"),
            ("x-api-key", "a-client-id"),
            ("x-gw-ims-org-id", "0123456789ABCDEF01234567@AdobeOrg"),
            ("x-sandbox-name", "dev-1"),
        ] {
            assert_eq!(call.header(name), Some(value), "{}", call.line);
        }
        assert!(call.header("x-request-id").is_some(), "{}", call.line);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_uses_one_token() {
    let stub = adobe();
    let file =
        r#"{"CLIENT_ID":"a","CLIENT_SECRETS":["s"],"ORG_ID":"0123456789ABCDEF01234567@AdobeOrg","SCOPES":["openid"]}"#;
    let client = Client::builder()
        .credentials(ajo_auth::Credentials::parse(file, None).expect("credentials"))
        .sandbox("dev-1")
        .base_url(&format!("{}/journey/orchestration", stub.url()))
        .ims_url(&stub.url())
        .build()
        .expect("a client");
    let (journeys, configs) =
        tokio::join!(client.request(Method::Get, "/ajo/journey").into_future(), client.capping().list().into_future());
    assert_eq!(journeys.expect("journeys")["results"][0]["name"], "Welcome");
    assert_eq!(configs.expect("configurations").len(), 0);
    assert_eq!((stub.token_request_count(), stub.calls().len()), (1, 2));
}

#[test]
fn rejected_token_is_refreshed_once() {
    for (method, is_accepted) in [("GET", true), ("POST", true), ("PATCH", true), ("GET", false), ("POST", false)] {
        let stub = Stub::start(move |request| match request.header("authorization") {
            Some("Bearer access-token-2") if is_accepted => json_response(200, r#"{"ok":true}"#),
            _ => json_response(401, r#"{"error_code":"401013","message":"Oauth token is not valid"}"#),
        });
        let fields: &[&str] = if method == "GET" { &[] } else { &["--field", "name=x"] };
        let output = stub.run(&[&[method, "/ajo/journey"], fields].concat());
        let code = if is_accepted { 0 } else { 3 };
        assert_eq!(output.exit_code, Some(code), "{method}: {}", output.stderr);
        assert_eq!((stub.calls().len(), stub.token_request_count()), (2, 2), "{method} {is_accepted}");
        // The body is sent again.
        let bodies: Vec<String> = stub.calls().into_iter().map(|call| call.body).collect();
        assert_eq!(bodies[0], bodies[1]);
        assert_eq!(bodies[0].is_empty(), method == "GET", "{bodies:?}");
    }
}

#[test]
fn only_repeatable_methods_are_retried() {
    for (method, is_retried) in
        [("GET", true), ("HEAD", true), ("PUT", true), ("DELETE", true), ("POST", false), ("PATCH", false)]
    {
        let stub = Stub::with_json(503, r#"{"message":"unavailable"}"#);
        let output = stub.run(&[method, "/ajo/journey"]);
        assert_eq!(output.exit_code, Some(1), "{method}: {}", output.stderr);
        assert_eq!(stub.calls().len() > 1, is_retried, "{method}: {:?}", stub.lines());
    }
}
