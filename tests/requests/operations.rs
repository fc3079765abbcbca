//! The request of each of the sixteen operations and the parsing of its response, against a mock server.

use ajo_core::{
    Api, Call, CallOptions, Client, DeleteOptions, ErrorKind, OPERATIONS, Operation, ReqwestTransport, Secret, Verb,
};
use ajo_tests::{
    ORG_ID, capping_definition, capping_json, client_for, mock_server_with, run_operation, throttling_definition,
    throttling_json, uid,
};
use httpmock::prelude::*;
use serde_json::{Value, json};

const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

/// The request body of an operation.
fn expected_body(operation: &Operation) -> Option<Value> {
    match (operation.verb, operation.api) {
        (Verb::List, _) => Some(json!({})),
        (Verb::Create | Verb::Update, Api::Capping) => {
            let mut definition = capping_json();
            definition["orgId"] = json!(ORG_ID);
            Some(definition)
        }
        (Verb::Create | Verb::Update, Api::Throttling) => Some(throttling_json()),
        _ => None,
    }
}

/// The smallest documented response to an operation.
fn minimal_response(operation: &Operation) -> Option<Value> {
    match operation.verb {
        Verb::List => Some(json!({"results": [{"uid": UID}]})),
        Verb::Get => Some(json!({"result": {"uid": UID}})),
        Verb::Create | Verb::Update => Some(json!({"uid": UID})),
        Verb::CanDeploy => Some(json!({"canDeploy": {"validationStatus": "ok"}})),
        Verb::Delete => Some(json!({})),
        Verb::Deploy | Verb::Undeploy => None,
        other => panic!("this test does not cover {other}"),
    }
}

#[tokio::test]
async fn operations_send_documented_requests() {
    for operation in &OPERATIONS {
        let server = MockServer::start_async().await;
        let path = format!("/journey/orchestration{}", operation.path.replace("{uid}", UID));
        let body = expected_body(operation);
        let mock = server
            .mock_async(|when, then| {
                let when = when
                    .method(operation.method)
                    .path(&path)
                    .header("authorization", "Bearer token-canary")
                    .header("x-api-key", "client-1")
                    .header("x-gw-ims-org-id", ORG_ID)
                    .header("x-sandbox-name", "prod")
                    .header_missing("api-version")
                    .is_true(|request| request.uri().query().is_none());
                match &body {
                    Some(body) => when.header("content-type", "application/json").json_body(body.clone()),
                    None => when.header_missing("content-type").is_true(|request| request.body().is_empty()),
                };
                let then = then.status(operation.success);
                if let Some(body) = minimal_response(operation) {
                    then.json_body(body);
                }
            })
            .await;
        run_operation(&client_for(&server.base_url()), operation, &uid(UID))
            .await
            .unwrap_or_else(|error| panic!("{operation}: {error}"));
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn force_is_sent_in_the_query() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(DELETE).query_param("forceDelete", "true");
            then.status(200).json_body(json!({}));
        })
        .await;
    let client = client_for(&server.base_url());
    client.capping().delete(&uid(UID), DeleteOptions { force: true }).await.expect("deleted");
    client.throttling().delete(&uid(UID), DeleteOptions { force: true }).await.expect("deleted");
    mock.assert_calls_async(2).await;
    client.capping().delete(&uid(UID), DeleteOptions::default()).await.expect_err("not forced");
}

#[tokio::test]
async fn explicit_organization_is_sent_unchanged() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST).json_body_includes(r#"{"orgId": "<IMS Org Id>"}"#);
            then.status(200).json_body(json!({"uid": UID}));
        })
        .await;
    let mut definition = capping_definition();
    definition.org_id = Some("<IMS Org Id>".to_owned());
    client_for(&server.base_url()).capping().create(&definition).await.expect("created");
    mock.assert_async().await;
}

#[tokio::test]
async fn response_contains_the_raw_body() {
    let server = MockServer::start_async().await;
    let body = r#"{"result": {"uid": "u-1", "state": "archived", "brand": {"new": [1]}}, "more": true}"#;
    server
        .mock_async(|when, then| {
            when.method(GET);
            then.status(200).header("x-request-id", "r-1").body(body);
        })
        .await;
    let response = client_for(&server.base_url()).capping().get(&uid("u-1")).response().await.expect("a response");
    assert_eq!(response.value.state.expect("a state").as_str(), "archived");
    assert_eq!((response.status, response.request_id.as_deref()), (200, Some("r-1")));
    assert_eq!(response.body, body.as_bytes());
}

#[tokio::test]
async fn any_2xx_status_is_success() {
    // A successful write must not be reported as failed because of an undocumented status or body.
    for (status, body) in [(200, ""), (200, "{}"), (202, "accepted"), (204, "")] {
        let server = mock_server_with(status, body).await;
        let client = client_for(&server.base_url());
        for operation in
            OPERATIONS.iter().filter(|operation| matches!(operation.verb, Verb::Delete | Verb::Deploy | Verb::Undeploy))
        {
            run_operation(&client, operation, &uid(UID))
                .await
                .unwrap_or_else(|error| panic!("{operation}, {status}: {error}"));
        }
    }
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(201).json_body(json!({"uid": UID}));
        })
        .await;
    let response =
        client_for(&server.base_url()).capping().create(&capping_definition()).response().await.expect("created");
    assert_eq!((response.value.uid, response.status), (uid(UID), 201));
}

#[tokio::test]
async fn invalid_success_body_is_an_error() {
    for body in [
        "",
        "<html>s3cr3t</html>",
        "null",
        "[]",
        "{}",
        r#"{"results": null}"#,
        r#"{"results": {}}"#,
        r#"{"results": [{}]}"#,
        r#"{"results": [{"uid": "../admin"}]}"#,
    ] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(200).header("x-request-id", "r-1").body(body);
            })
            .await;
        let error = client_for(&server.base_url()).capping().list().await.expect_err(body);
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{body}: {error:?}");
        assert_eq!((error.status(), error.request_id()), (Some(200), Some("r-1")));
        let text = error.to_string();
        assert!(text.starts_with("capping list failed: the service responded 200 with an invalid body: "), "{text}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}

#[tokio::test]
async fn echoed_token_is_redacted() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(400)
                .body(r#"{"error_code": "token-canary", "message": "bad token-canary", "requestId": "token-canary"}"#);
        })
        .await;
    let client = client_for(&server.base_url());
    for operation in &OPERATIONS {
        let error = run_operation(&client, operation, &uid(UID)).await.expect_err("an error");
        let printed = format!("{client:?} {error} {error:?} {error:#?}");
        assert!(!printed.contains("token-canary"), "{operation}: {printed}");
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let target = MockServer::start_async().await;
    let followed = target
        .mock_async(|when, then| {
            when.any_request();
            then.status(200).json_body(json!({"results": []}));
        })
        .await;
    for status in [301, 302, 303, 307, 308] {
        let server = MockServer::start_async().await;
        server
            .mock_async(|when, then| {
                when.any_request();
                then.status(status).header("location", target.url("/"));
            })
            .await;
        let error = client_for(&server.base_url()).capping().list().await.expect_err("a redirect");
        assert_eq!(error.status(), Some(status));
    }
    followed.assert_calls_async(0).await;
}

#[tokio::test]
async fn invalid_config_fails_on_build() {
    let build = |sandbox: &str, base_url: &str, org: &str| {
        Client::builder()
            .access_token(Secret::new("t"), "client-1", org)
            .sandbox(sandbox)
            .base_url(base_url)
            .build()
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let good = "https://a.example/base";
    assert_eq!(build("prod", good, ORG_ID), Ok(()));
    for (sandbox, url, org, expected) in [
        ("Prod", good, ORG_ID, "`Prod` is not a valid sandbox name"),
        ("prod", "http://a.example", ORG_ID, "invalid base URL: `http://a.example` cannot be used: plain http"),
        ("prod", "https://a.example/../b", ORG_ID, "invalid base URL: `https://a.example/../b` cannot be used"),
        ("prod", good, "A1", "the organization id must look like"),
    ] {
        let error = build(sandbox, url, org).expect_err(expected);
        assert!(error.starts_with(expected), "{error}");
    }
    let error = Client::builder().sandbox("prod").build().expect_err("no credentials");
    assert_eq!(error.to_string(), "neither credentials nor an access token are set");
}

/// A socket that keeps a port on which nothing listens, and the URL of the port.
fn closed_port() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    (socket, url)
}

#[tokio::test]
async fn unreachable_service_is_a_connect_error() {
    let (_socket, root) = closed_port();
    let client = client_for(&root);
    let error = client.capping().deploy(&uid(UID)).await.expect_err("connection refused");
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error:?}");
    assert!(error.to_string().starts_with("capping deploy failed: no connection: "), "{error}");
    assert!(error.hint().expect("a hint").contains("base URL"));
}

#[tokio::test]
async fn certificate_in_base_url_is_no_cert_error() {
    let (_socket, root) = closed_port();
    for url in [&root, &format!("{root}/certificate")] {
        let error = client_for(url).capping().list().await.expect_err("connection refused");
        assert_eq!((error.attempts(), error.is_retryable()), (3, true), "{error}");
        assert!(error.hint().expect("a hint").contains("base URL and that"), "{error}");
    }
}

#[tokio::test]
async fn write_timeout_hints_at_read_back() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let client = Client::builder()
        .access_token(Secret::new("t"), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(&format!("http://{}", listener.local_addr().expect("an address")))
        .timeout(std::time::Duration::from_millis(100))
        .build()
        .expect("a client");
    let error = client.capping().create(&capping_definition()).await.expect_err("no response");
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
    assert!(error.hint().expect("a hint").contains("read the configuration back"));
    let error = client.capping().list().await.expect_err("no response");
    assert_eq!(error.hint(), Some("this is usually temporary; try again"));
}

/// Fails to compile if the future of any operation is not `Send`.
#[test]
fn all_sixteen_calls_are_send() {
    fn send<'c, R: Send + 'c>(call: Call<'c, ReqwestTransport, R>) -> impl Send {
        fn is_send<T: Send>(value: T) -> T {
            value
        }
        is_send(is_send(call).into_future())
    }
    fn response<'c, R: Send + 'c>(call: Call<'c, ReqwestTransport, R>) -> impl Send {
        call.response()
    }
    let (client, uid) = (client_for("http://127.0.0.1:1"), uid(UID));
    let (capping, throttling) = (client.capping(), client.throttling());
    let (capping_definition, throttling_definition) = (ajo_tests::capping_definition(), self::throttling_definition());
    let options = DeleteOptions::default();
    drop((send(capping.list()), send(capping.create(&capping_definition)), send(capping.get(&uid))));
    drop((
        send(capping.update(&uid, &capping_definition)),
        send(capping.delete(&uid, options)),
        send(capping.can_deploy(&uid)),
    ));
    drop((send(capping.deploy(&uid)), send(capping.undeploy(&uid))));
    drop((send(throttling.list()), send(throttling.create(&throttling_definition)), send(throttling.get(&uid))));
    drop((send(throttling.update(&uid, &throttling_definition)), send(throttling.delete(&uid, options))));
    drop((send(throttling.can_deploy(&uid)), send(throttling.deploy(&uid)), send(throttling.undeploy(&uid))));
    drop((response(capping.list()), response(throttling.create(&throttling_definition))));
}

/// The client of a server that sends these bytes on each connection, and then closes it or holds it open.
async fn raw_server_client(response: &'static [u8], hold_open: bool) -> Client {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).await;
                let _ = connection.write_all(response).await;
                if hold_open {
                    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                }
            });
        }
    });
    Client::builder()
        .access_token(Secret::new("token-canary"), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(&format!("http://{address}"))
        .timeout(std::time::Duration::from_millis(300))
        .build()
        .expect("a client")
        .with_options(CallOptions::default().attempts(1))
}

#[tokio::test]
async fn lost_connection_is_not_a_connect_error() {
    for response in [
        b"".as_slice(),
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"re",
        b"garbage\r\n\r\n",
    ] {
        let response_text = String::from_utf8_lossy(response).into_owned();
        let error = raw_server_client(response, false)
            .await
            .capping()
            .create(&capping_definition())
            .await
            .expect_err(&response_text);
        assert!(matches!(error.kind(), ErrorKind::Disconnected(_)), "{response_text}: {error:?}");
        assert!(error.hint().expect("a hint").contains("may have applied the change"), "{response_text}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn unfinished_response_is_a_timeout() {
    for response in
        [b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\":".as_slice(), b"HTTP/1.1 200 OK\r\nx-a: "]
    {
        let started = std::time::Instant::now();
        let error = raw_server_client(response, true).await.capping().list().await.expect_err("a timeout");
        assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
        assert!(started.elapsed() < std::time::Duration::from_secs(3));
    }
}
