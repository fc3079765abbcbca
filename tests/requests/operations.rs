//! What each of the sixteen operations sends, and how its answer is read, against a fake service.

use ajo_core::{
    Api, Call, CallOptions, Client, DeleteOptions, ErrorKind, OPERATIONS, Operation, ReqwestTransport, Secret, Verb,
};
use ajo_tests::{ORG_ID, answering, call, capping, capping_json, client_of, throttling, throttling_json, uid};
use httpmock::prelude::*;
use serde_json::{Value, json};

const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

/// The body an operation sends.
fn sent(operation: &Operation) -> Option<Value> {
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

/// The smallest documented answer to an operation.
fn answered(operation: &Operation) -> Option<Value> {
    match operation.verb {
        Verb::List => Some(json!({"results": [{"uid": UID}]})),
        Verb::Get => Some(json!({"result": {"uid": UID}})),
        Verb::Create | Verb::Update => Some(json!({"uid": UID})),
        Verb::CanDeploy => Some(json!({"canDeploy": {"validationStatus": "ok"}})),
        Verb::Delete => Some(json!({})),
        Verb::Deploy | Verb::Undeploy => None,
        other => panic!("this test does not know the response of {other}"),
    }
}

#[tokio::test]
async fn every_operation_sends_its_method_path_headers_and_body_and_nothing_else() {
    for operation in &OPERATIONS {
        let server = MockServer::start_async().await;
        let path = format!("/journey/orchestration{}", operation.path.replace("{uid}", UID));
        let body = sent(operation);
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
                if let Some(answer) = answered(operation) {
                    then.json_body(answer);
                }
            })
            .await;
        call(&client_of(&server.base_url()), operation, &uid(UID))
            .await
            .unwrap_or_else(|error| panic!("{operation}: {error}"));
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn force_is_true_in_the_query_or_nothing() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(DELETE).query_param("forceDelete", "true");
            then.status(200).json_body(json!({}));
        })
        .await;
    let client = client_of(&server.base_url());
    client.capping().delete(&uid(UID), DeleteOptions { force: true }).await.expect("deleted");
    client.throttling().delete(&uid(UID), DeleteOptions { force: true }).await.expect("deleted");
    mock.assert_calls_async(2).await;
    client.capping().delete(&uid(UID), DeleteOptions::default()).await.expect_err("not forced");
}

#[tokio::test]
async fn an_organization_that_the_caller_names_is_sent_as_it_is() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(POST).json_body_includes(r#"{"orgId": "<IMS Org Id>"}"#);
            then.status(200).json_body(json!({"uid": UID}));
        })
        .await;
    let mut definition = capping();
    definition.org_id = Some("<IMS Org Id>".to_owned());
    client_of(&server.base_url()).capping().create(&definition).await.expect("created");
    mock.assert_async().await;
}

#[tokio::test]
async fn an_answer_is_kept_as_it_came_beside_its_value() {
    let server = MockServer::start_async().await;
    let body = r#"{"result": {"uid": "u-1", "state": "archived", "brand": {"new": [1]}}, "more": true}"#;
    server
        .mock_async(|when, then| {
            when.method(GET);
            then.status(200).header("x-request-id", "r-1").body(body);
        })
        .await;
    let answer = client_of(&server.base_url()).capping().get(&uid("u-1")).response().await.expect("an answer");
    assert_eq!(answer.value.state.expect("a state").as_str(), "archived");
    assert_eq!((answer.status, answer.request_id.as_deref()), (200, Some("r-1")));
    assert_eq!(answer.body, body.as_bytes());
}

#[tokio::test]
async fn any_success_counts_as_one() {
    // A write that was carried out must not be reported as failed because its status or empty body is not the documented one.
    for (status, body) in [(200, ""), (200, "{}"), (202, "accepted"), (204, "")] {
        let server = answering(status, body).await;
        let client = client_of(&server.base_url());
        for operation in OPERATIONS.iter().filter(|it| matches!(it.verb, Verb::Delete | Verb::Deploy | Verb::Undeploy))
        {
            call(&client, operation, &uid(UID)).await.unwrap_or_else(|error| panic!("{operation}, {status}: {error}"));
        }
    }
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(201).json_body(json!({"uid": UID}));
        })
        .await;
    let answer = client_of(&server.base_url()).capping().create(&capping()).response().await.expect("created");
    assert_eq!((answer.value.uid, answer.status), (uid(UID), 201));
}

#[tokio::test]
async fn success_that_cannot_be_read_is_an_error_and_never_an_empty_result() {
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
        let error = client_of(&server.base_url()).capping().list().await.expect_err(body);
        assert!(matches!(error.kind(), ErrorKind::Unreadable { .. }), "{body}: {error:?}");
        assert_eq!((error.status(), error.request_id()), (Some(200), Some("r-1")));
        let text = error.to_string();
        assert!(text.starts_with("capping list failed: the answer is 200 with a body that cannot be read: "), "{text}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}

#[tokio::test]
async fn a_token_is_never_shown_also_when_the_service_repeats_it() {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(400)
                .body(r#"{"error_code": "token-canary", "message": "bad token-canary", "requestId": "token-canary"}"#);
        })
        .await;
    let client = client_of(&server.base_url());
    for operation in &OPERATIONS {
        let error = call(&client, operation, &uid(UID)).await.expect_err("refused");
        let printed = format!("{client:?} {error} {error:?} {error:#?}");
        assert!(!printed.contains("token-canary"), "{operation}: {printed}");
    }
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_nothing_follows_it() {
    let elsewhere = MockServer::start_async().await;
    let caught = elsewhere
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
                then.status(status).header("location", elsewhere.url("/"));
            })
            .await;
        let error = client_of(&server.base_url()).capping().list().await.expect_err("a redirect");
        assert_eq!(error.status(), Some(status));
    }
    caught.assert_calls_async(0).await;
}

#[tokio::test]
async fn a_client_is_refused_before_anything_is_sent_if_its_settings_are_wrong() {
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
        ("Prod", good, ORG_ID, "`Prod` is not the name of a sandbox"),
        ("prod", "http://a.example", ORG_ID, "the base URL: `http://a.example` cannot be used: plain http"),
        ("prod", "https://a.example/../b", ORG_ID, "the base URL: `https://a.example/../b` cannot be used"),
        ("prod", good, "A1", "the organization id must look like"),
    ] {
        let error = build(sandbox, url, org).expect_err(expected);
        assert!(error.starts_with(expected), "{error}");
    }
    let error = Client::builder().sandbox("prod").build().expect_err("nobody calls");
    assert_eq!(error.to_string(), "no credentials and no access token are given");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_connection_error() {
    let client = client_of("http://127.0.0.1:1");
    let error = client.capping().deploy(&uid(UID)).await.expect_err("nobody listens");
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error:?}");
    assert!(error.to_string().starts_with("capping deploy failed: no connection: "), "{error}");
    assert!(error.hint().expect("a hint").contains("base URL"));
}

#[tokio::test]
async fn no_answer_in_time_says_that_a_write_may_have_been_carried_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let client = Client::builder()
        .access_token(Secret::new("t"), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(&format!("http://{}", listener.local_addr().expect("an address")))
        .timeout(std::time::Duration::from_millis(100))
        .build()
        .expect("a client");
    let error = client.capping().create(&capping()).await.expect_err("no answer");
    assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
    assert!(error.hint().expect("a hint").contains("read the configuration back"));
    let error = client.capping().list().await.expect_err("no answer");
    assert_eq!(error.hint(), Some("this passes; try again"));
}

/// Compiles only while the futures of all sixteen operations can move between threads.
#[test]
fn all_sixteen_calls_are_send() {
    fn send<'c, R: Send + 'c>(call: Call<'c, ReqwestTransport, R>) -> impl Send {
        fn is_send<T: Send>(it: T) -> T {
            it
        }
        is_send(is_send(call).into_future())
    }
    fn response<'c, R: Send + 'c>(call: Call<'c, ReqwestTransport, R>) -> impl Send {
        call.response()
    }
    let (client, uid) = (client_of("http://127.0.0.1:1"), uid(UID));
    let (capping, throttling) = (client.capping(), client.throttling());
    let (capping_definition, throttling_definition) = (ajo_tests::capping(), self::throttling());
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

/// A service that answers each connection with these bytes and then closes it, or holds it open.
async fn raw(answer: &'static [u8], hold: bool) -> Client {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request).await;
                let _ = connection.write_all(answer).await;
                if hold {
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
async fn a_connection_that_breaks_is_told_from_one_that_was_never_made() {
    for answer in [
        b"".as_slice(),
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\":",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"re",
        b"garbage\r\n\r\n",
    ] {
        let shown = String::from_utf8_lossy(answer).into_owned();
        let error = raw(answer, false).await.capping().create(&capping()).await.expect_err(&shown);
        assert!(matches!(error.kind(), ErrorKind::Broken(_)), "{shown}: {error:?}");
        assert!(error.hint().expect("a hint").contains("may have carried it out"), "{shown}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_a_timeout() {
    for answer in
        [b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"results\":".as_slice(), b"HTTP/1.1 200 OK\r\nx-a: "]
    {
        let started = std::time::Instant::now();
        let error = raw(answer, true).await.capping().list().await.expect_err("no end");
        assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
        assert!(started.elapsed() < std::time::Duration::from_secs(3));
    }
}
