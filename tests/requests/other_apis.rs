//! Requests to other APIs: the targets that get the token, the methods that are retried, and the accepted responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ajo_auth::ManualRuntime;
use ajo_core::{CallError, CallOptions, Client, ClientBuilder, Credentials, ErrorKind, Idempotency, Method};
use ajo_tests::ORG_ID;
use httpmock::Mock;
use httpmock::prelude::*;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

const TOKEN: &str = "token-canary-1";
const SECRET: &str = "secret-canary";

/// A client with credentials, whose service and token endpoint is this server. It does not wait between attempts.
fn builder(root: &str) -> ClientBuilder {
    let credentials = Credentials::new("client-1", SECRET, ORG_ID, "openid").expect("credentials");
    Client::builder()
        .credentials(credentials)
        .sandbox("dev")
        .base_url(&format!("{root}/journey/orchestration"))
        .ims_url(root)
        .runtime(Arc::new(ManualRuntime::new(7)))
}

/// The token endpoint of a server. Each token is another one.
async fn token_endpoint(server: &MockServer) -> Mock<'_> {
    let count = AtomicUsize::new(0);
    server
        .mock_async(|when, then| {
            when.method(POST).path("/ims/token/v3");
            then.respond_with(move |_: &httpmock::HttpMockRequest| {
                let number = count.fetch_add(1, Ordering::Relaxed) + 1;
                let body = json!({"access_token": format!("token-canary-{number}"), "expires_in": 86399});
                httpmock::HttpMockResponse::builder().status(200).body(body.to_string()).build()
            });
        })
        .await
}

/// A server with a token endpoint, and a client of it.
async fn server_and_client() -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let client = builder(&server.base_url()).build().expect("a client");
    (server, client)
}

#[tokio::test]
async fn request_has_the_four_headers() {
    let (server, client) = server_and_client().await;
    let tokens = token_endpoint(&server).await;
    let api = server
        .mock_async(|when, then| {
            when.method(POST)
                .path("/ajo/config/suppression/addresses")
                .query_param("a", "b&c")
                .header("authorization", format!("Bearer {TOKEN}"))
                .header("x-api-key", "client-1")
                .header("x-gw-ims-org-id", ORG_ID)
                .header("x-sandbox-name", "dev")
                .header("content-type", "application/json")
                .header("accept", "application/vnd.adobe.x+json")
                .header("x-own", "2")
                .header_exists("x-request-id")
                .json_body(json!({"address": "a@b.example"}));
            then.status(200).json_body(json!({"ok": true}));
        })
        .await;
    let list = server
        .mock_async(|when, then| {
            when.path("/journey/orchestration/list/endpointConfigs");
            then.status(200).json_body(json!({"results": []}));
        })
        .await;
    let client = client.with_options(CallOptions::default().header("x-own", "1").expect("a header"));
    let request = client
        .request(Method::Post, "/ajo/config/suppression/addresses")
        .query("a", "b&c")
        .header("X-Own", "2")
        .header("Accept", "application/vnd.adobe.x+json")
        .json(&json!({"address": "a@b.example"}));
    assert_eq!(request.await.expect("accepted"), json!({"ok": true}));
    client.capping().list().await.expect("a list");
    // Typed calls use the same token.
    assert_eq!((tokens.calls_async().await, api.calls_async().await, list.calls_async().await), (1, 1, 1));
}

/// Whether a request can be repeated although the server may have processed it.
fn is_repeatable(method: Method) -> bool {
    !matches!(method, Method::Post | Method::Patch)
}

#[tokio::test]
async fn busy_server_is_retried_by_method() {
    for method in Method::ALL {
        let (server, client) = server_and_client().await;
        token_endpoint(&server).await;
        let api = server
            .mock_async(|when, then| {
                when.path("/ajo/journey");
                then.status(503);
            })
            .await;
        let error = client.request(method, "/ajo/journey").await.expect_err("busy");
        let attempts = if is_repeatable(method) { 3 } else { 1 };
        assert_eq!(
            (api.calls_async().await, error.attempts()),
            (attempts, u32::try_from(attempts).expect("a few")),
            "{method}: {error}"
        );
        assert_eq!(error.is_retryable(), attempts > 1, "{method}");
        assert!(
            error.to_string().starts_with(&format!("{method} /ajo/journey failed: the service responded 503")),
            "{error}"
        );
        assert!(error.operation().is_none() && error.is_indeterminate(), "{error}");
    }
}

/// A server that reads a part of each request and closes the connection. Returns its root URL and the number of requests.
async fn closing_server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let root = format!("http://{}", listener.local_addr().expect("an address"));
    let requests = Arc::new(AtomicUsize::new(0));
    let count = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if stream.read(&mut [0; 1024]).await.is_ok_and(|length| length > 0) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    (root, requests)
}

#[tokio::test]
async fn lost_response_is_retried_by_method() {
    for method in Method::ALL {
        let (root, requests) = closing_server().await;
        let token = builder(&root).access_token(TOKEN.into(), "client-1", ORG_ID);
        let client = token.build().expect("a client");
        let error = client.request(method, "/x").await.expect_err("lost");
        assert!(matches!(error.kind(), ErrorKind::Disconnected(_)) && error.is_indeterminate(), "{error}");
        let attempts = if is_repeatable(method) { 3 } else { 1 };
        assert_eq!(
            (requests.load(Ordering::Relaxed), error.attempts()),
            (attempts, u32::try_from(attempts).expect("a few")),
            "{method}"
        );
        assert!(
            method.idempotency() == Idempotency::Safe
                || error.hint().is_some_and(|hint| hint.contains("check its effect"))
        );
    }
}

#[tokio::test]
async fn unsent_request_is_retried() {
    let closed = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    for method in Method::ALL {
        let token = builder(&closed).access_token(TOKEN.into(), "client-1", ORG_ID);
        let error = token.build().expect("a client").request(method, "/x").await.expect_err("no server");
        assert!(matches!(error.kind(), ErrorKind::Connect(_)) && !error.is_indeterminate(), "{error}");
        assert_eq!(error.attempts(), 3, "{method}");
    }
}

#[tokio::test]
async fn rejected_token_is_replaced_once() {
    let (server, client) = server_and_client().await;
    let tokens = token_endpoint(&server).await;
    let respond = |number: u32, status: u16| {
        server.mock(|when, then| {
            let when = when.method(POST).path("/x").body("name=1");
            when.header("authorization", format!("Bearer token-canary-{number}"));
            then.status(status).body("{}");
        })
    };
    let (first, second) = (respond(1, 401), respond(2, 200));
    let request = client.request(Method::Post, "/x").body("name=1", "application/x-www-form-urlencoded");
    let response = request.response().await.expect("accepted");
    assert_eq!((response.status, response.attempts), (200, 1));
    assert_eq!((tokens.calls_async().await, first.calls_async().await, second.calls_async().await), (2, 1, 1));

    // The third token is rejected too.
    let rejects = server.mock(|when, then| {
        when.path("/y");
        then.status(401).body("{}");
    });
    let error = client.request(Method::Get, "/y").await.expect_err("rejected");
    assert!(error.is_authentication() && error.attempts() == 1, "{error}");
    assert_eq!((tokens.calls_async().await, rejects.calls_async().await), (3, 2));
}

#[tokio::test]
async fn request_ends_at_its_deadline() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.path("/x");
            then.status(200).delay(Duration::from_secs(20));
        })
        .await;
    let builder =
        Client::builder().access_token(TOKEN.into(), "client-1", ORG_ID).sandbox("dev").base_url(&server.base_url());
    let client = builder.deadline(Duration::from_millis(100)).build().expect("a client");
    let error = client.request(Method::Get, "/x").await.expect_err("late");
    assert!(error.is_timeout() && error.elapsed() < Duration::from_secs(10), "{error}");
}

#[tokio::test]
async fn hostile_target_is_refused_unsent() {
    let (server, client) = server_and_client().await;
    let everything = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("{}");
        })
        .await;
    let (other, authority) = (MockServer::start_async().await, server.address().to_string());
    let other_authority = other.address().to_string();
    for target in [
        String::new(),
        "ajo/journey".to_owned(),
        format!("//{authority}/x"),
        "//evil.example/x".to_owned(),
        "/\\evil.example".to_owned(),
        "/../x".to_owned(),
        "/%2e%2e/x".to_owned(),
        "/x#fragment".to_owned(),
        "/x\r\nHost: evil.example".to_owned(),
        "/x?a b".to_owned(),
        "https://evil.runtime.adobe.io/x".to_owned(),
        "https://platform.adobe.io.evil.example/x".to_owned(),
        "https://platform.adobe.io:444/x".to_owned(),
        "https://platform.adobe.io@evil.example/x".to_owned(),
        "http://platform.adobe.io/x".to_owned(),
        "https://ims-na1.adobelogin.com/x".to_owned(),
        format!("http://user:{SECRET}@{authority}/x"),
        format!("http://{other_authority}/x"),
        format!("http://{other_authority}/x?token={SECRET}"),
        format!("https://{authority}/x"),
        format!("http://{authority}@evil.example/x"),
    ] {
        for method in [Method::Get, Method::Post] {
            let error = client.request(method, &target).response().await.expect_err(&target);
            assert!(matches!(error.kind(), ErrorKind::BuildRequest(_)), "{target}: {error}");
            assert_eq!((error.attempts(), error.is_indeterminate(), error.request_id()), (0, false, None), "{target}");
            assert!(!error.to_string().contains(SECRET) && !error.to_string().contains('\n'), "{error}");
        }
    }
    assert_eq!(everything.calls_async().await, 0, "not even a token was requested");
    let error = client.request(Method::Get, "https://evil.runtime.adobe.io/x?a").response().await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "GET https://evil.runtime.adobe.io/x? failed: the target gets no access token: its scheme, host, and port are not those of \
         https://platform.adobe.io, https://cjm.adobe.io, the base URL, or an allowed host"
    );
}

#[tokio::test]
async fn invalid_request_is_refused_unsent() {
    let (server, client) = server_and_client().await;
    let everything = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(200);
        })
        .await;
    let request = || client.request(Method::Put, "/x");
    let problem = |error: CallError| {
        assert!(matches!(error.kind(), ErrorKind::BuildRequest(_)) && error.attempts() == 0, "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
        error.to_string()
    };
    for name in ["Authorization", "x-api-key", "X-Gw-Ims-Org-Id", "x-sandbox-name", "x-request-id", "host", "a b"] {
        let message = problem(request().header(name, "canary").response().await.expect_err(name));
        assert!(message.starts_with(&format!("PUT /x failed: header `{name}`: ")), "{message}");
    }
    for name in ["x-own", "accept", "content-type"] {
        problem(request().header(name, "canary\r\nx: y").response().await.expect_err(name));
    }
    for method in [Method::Get, Method::Head] {
        let message = problem(client.request(method, "/x").json(&1).response().await.expect_err("a body"));
        assert_eq!(message, format!("{method} /x failed: a {method} request has no body"));
    }
    assert_eq!(everything.calls_async().await, 0);
}

#[tokio::test]
async fn allowed_host_gets_the_token() {
    let other = MockServer::start_async().await;
    let api = other
        .mock_async(|when, then| {
            when.path("/imp/").header_exists("authorization");
            then.status(200).json_body(json!([1]));
        })
        .await;
    let server = MockServer::start_async().await;
    token_endpoint(&server).await;
    let url = format!("http://{}/imp/", other.address());
    // Also if the service itself needs https.
    for root in [server.base_url(), "https://proxy.example".to_owned()] {
        let builder = builder(&root).ims_url(&server.base_url());
        let client = builder.allow_host(&other.address().to_string()).build().expect("a client");
        assert_eq!(client.request(Method::Get, &url).await.expect("allowed"), json!([1]));
    }
    assert_eq!(api.calls_async().await, 2);
    let invalid = builder(&server.base_url()).allow_host("*.adobe.io").build().expect_err("a wildcard");
    assert!(
        matches!(invalid.kind(), ErrorKind::Config(_)) && invalid.to_string().contains("`*.adobe.io`"),
        "{invalid}"
    );
}

#[tokio::test]
async fn redirect_is_refused_without_the_token() {
    let (server, client) = server_and_client().await;
    token_endpoint(&server).await;
    let other = MockServer::start_async().await;
    let everything = other
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).body("{}");
        })
        .await;
    let authority = other.address().to_string();
    for (path, status, location, shown) in [
        ("/a", 302, format!("http://{authority}/x?token={SECRET}"), format!("http://{authority}")),
        ("/b", 307, format!("//{authority}/x"), format!("//{authority}")),
        ("/c", 308, format!("http://user:{SECRET}@{authority}/x"), format!("http://{authority}")),
        ("/d", 301, format!("http://{TOKEN}.example/x"), "http://[redacted].example".to_owned()),
        ("/e", 303, format!("/{SECRET}"), "another path".to_owned()),
    ] {
        let redirect = server
            .mock_async(|when, then| {
                when.path(path);
                then.status(status).header("location", location);
            })
            .await;
        let error = client.request(Method::Get, path).response().await.expect_err("a redirect");
        let expected = format!(
            "GET {path} failed: the service responded {status}: it redirects to {shown}, and redirects are not followed"
        );
        assert!(error.to_string().starts_with(&expected), "{error}");
        let printed = format!("{error} {error:?} {:?}", error.hint());
        assert!(!printed.contains(SECRET) && !printed.contains(TOKEN), "{printed}");
        assert_eq!((redirect.calls_async().await, error.attempts()), (1, 1));
    }
    assert_eq!(everything.calls_async().await, 0);
}

#[tokio::test]
async fn response_can_have_any_content() {
    let (server, client) = server_and_client().await;
    token_endpoint(&server).await;
    let respond = |path: &'static str, status: u16, body: &'static str| {
        server.mock(|when, then| {
            when.path(path);
            then.status(status).header("set-cookie", "a=b").header("x-echo", format!("Bearer {TOKEN}")).body(body);
        });
    };
    respond("/empty", 204, "");
    respond("/html", 200, "<html></html>");
    respond("/text", 202, "text");
    respond("/unknown", 404, "<html>404</html>");
    let get = |path| client.request(Method::Get, path);
    for (path, status, body) in [("/empty", 204, ""), ("/html", 200, "<html></html>"), ("/text", 202, "text")] {
        let response = get(path).response().await.expect("any content");
        assert_eq!((response.status, &*response.body), (status, body.as_bytes()), "{path}");
        let header =
            |name: &str| response.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str());
        assert_eq!((header("set-cookie"), header("x-echo")), (Some("a=b"), Some("Bearer [redacted]")));
        assert!(!format!("{response:?}").contains("a=b"));
    }
    assert_eq!(get("/empty").await.expect("no body"), Value::Null);
    let response = get("/empty").json_response().await.expect("no body");
    assert_eq!((response.status, response.value), (204, Value::Null));
    for path in ["/html", "/text"] {
        let error = get(path).await.expect_err("not JSON");
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
    }
    let error = get("/unknown").response().await.expect_err("404");
    assert!(error.to_string().contains("the route is unknown to the gateway"), "{error}");
    assert_eq!(error.hint(), Some("check the path and the base URL"));
}
