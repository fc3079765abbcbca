//! Responses that name another address. The client must not contact it.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{run_operation, uid};

use crate::attack_target::{AttackTarget, ExpectedError, SECRET, TOKEN};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirect_is_not_followed() {
    for status in [300, 301, 302, 303, 305, 307, 308] {
        let other = ScriptedPeer::silent();
        let authority = other.root().replace("http:", "");
        for location in [
            format!("http:{authority}/"),
            authority.clone(),
            format!("http://user:{SECRET}@{TOKEN}.invalid/{SECRET}?{SECRET}"),
        ] {
            for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
                let response = format!("HTTP/1.1 {status} M\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
                let peer = ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(response.into())]);
                let error = target.client_without_delays(&peer, &other).capping().list().await.expect_err("a redirect");
                target.assert_error("redirects", &error, ExpectedError::ErrorStatus(status));
                assert!(error.hint().expect("a hint").contains("redirects"), "{target:?}: {error}: {:?}", error.hint());
                assert_eq!((error.attempts(), peer.requests()), (1, 1), "{target:?}, {status}");
            }
        }
        assert_eq!((other.connections(), other.received().as_str()), (0, ""), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_with_other_addresses_are_ignored() {
    let other = ScriptedPeer::silent();
    let (root, authority) = (other.root(), other.root().replace("http://", ""));
    let lines = format!(
        "location: {root}/\r\ncontent-location: {root}/\r\nrefresh: 0; url={root}/\r\nlink: <{root}/>; rel=preload\r\n\
         alt-svc: h2=\"{authority}\", http/1.1=\"{authority}\"; persist=1\r\nset-cookie: a=cookie; path=/\r\n"
    );
    for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
        for (status, more) in [
            (201, ""),
            (401, "www-authenticate: Basic realm=a, Digest realm=a, nonce=b, Negotiate, Bearer\r\n"),
            (407, "proxy-authenticate: Basic realm=a\r\n"),
            (421, ""),
        ] {
            let response = format!("HTTP/1.1 {status} S\r\n{lines}{more}content-length: 2\r\n\r\n{{}}");
            let peer = ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(response.into())]);
            let client = target.client_without_delays(&peer, &other);
            for verb in [Verb::List, Verb::Create] {
                run_operation(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
                    .await
                    .expect_err("an invalid response");
            }
            let received = peer.received().to_ascii_lowercase();
            assert!(!received.contains("cookie") && !received.contains("proxy-authorization"), "{received}");
            // The client replays a call only after a 401 and with a new token. A static token cannot be replaced.
            assert!(peer.requests() <= 2, "{target:?}, {status}: {received}");
        }
    }
    assert_eq!((other.connections(), other.received().as_str()), (0, ""));
}

#[tokio::test]
async fn token_and_secret_go_to_their_own_hosts() {
    let body = format!(r#"{{"access_token": "{TOKEN}", "expires_in": 86399, "service": "http://127.0.0.1:1"}}"#);
    let token_response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let token_endpoint = ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(token_response.into())]);
    let error_response = format!("HTTP/1.1 403 F\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", token_endpoint.root());
    let service = ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(error_response.into())]);
    AttackTarget::TokenEndpoint
        .client_without_delays(&token_endpoint, &service)
        .capping()
        .list()
        .await
        .expect_err("an error");
    assert!(service.received().contains(TOKEN) && !service.received().contains(SECRET));
    assert!(token_endpoint.received().contains(SECRET) && !token_endpoint.received().contains(TOKEN));
    assert_eq!((token_endpoint.requests(), service.requests()), (1, 1));
}
