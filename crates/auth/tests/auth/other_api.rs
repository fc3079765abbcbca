//! Calls another API with a token of this crate and an HTTP client of the caller, as the crate's documentation shows.

use ajo_auth::{AllowedOrigins, BaseUrl, Credentials, TokenProvider, http_client};
use httpmock::prelude::*;
use serde_json::json;

const PATH: &str = "/data/foundation/schemaregistry/tenant/schemas";

#[tokio::test]
async fn other_api_gets_a_token() {
    let server = MockServer::start_async().await;
    let tokens = server
        .mock_async(|when, then| {
            when.method(POST).path("/ims/token/v3");
            then.status(200).json_body(json!({"access_token": "token-canary", "expires_in": 86399}));
        })
        .await;
    let api = server
        .mock_async(|when, then| {
            let when = when.method(GET).path(PATH).header("authorization", "Bearer token-canary");
            when.header("x-api-key", "client-1").header("x-gw-ims-org-id", "A1@AdobeOrg").query_param("limit", "5");
            then.status(200).json_body(json!({"results": []}));
        })
        .await;
    let moved = server
        .mock_async(|when, then| {
            when.path("/moved");
            then.status(302).header("location", "/elsewhere");
        })
        .await;

    let server_url = BaseUrl::parse(&server.base_url()).expect("a URL");
    let credentials = Credentials::new("client-1", "s3cr3t-canary", "A1@AdobeOrg", "openid").expect("credentials");
    let (client_id, org_id) = (credentials.client_id().to_string(), credentials.org_id().to_string());
    let http = http_client(&server_url).expect("a client");
    let provider = TokenProvider::new(credentials, &server_url, http.clone());
    let allowed = AllowedOrigins::new(&server_url, &[]).expect("no more hosts");
    for target in ["https://evil.runtime.adobe.io/x", "//evil.example/x", "https://user@platform.adobe.io/x"] {
        allowed.resolve(&server_url, target).expect_err(target);
    }
    for path in [PATH, "/moved", PATH] {
        let url = allowed.resolve(&server_url, &format!("{path}?limit=5")).expect("an allowed origin");
        let issued = provider.token().await.expect("a token");
        let request = http.get(url).bearer_auth(issued.token.value().expose());
        let request = request.header("x-api-key", &client_id).header("x-gw-ims-org-id", &org_id);
        let response = request.send().await.expect("a response");
        assert_eq!(response.status(), if path == PATH { 200 } else { 302 });
    }
    assert_eq!((tokens.calls_async().await, api.calls_async().await, moved.calls_async().await), (1, 2, 1));
}
