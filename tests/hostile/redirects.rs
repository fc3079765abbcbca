//! Answers that point elsewhere: nothing goes there, least of all a credential.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{call, uid};

use crate::peer::{Peer, Step};
use crate::victim::{End, SECRET, TOKEN, Victim};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_a_failure_and_no_credential_follows_it() {
    for status in [300, 301, 302, 303, 305, 307, 308] {
        let target = Peer::bystander();
        let authority = target.root().replace("http:", "");
        for location in
            [format!("http:{authority}/"), authority.clone(), format!("http://user:{TOKEN}@{SECRET}.invalid/")]
        {
            for victim in [Victim::Service, Victim::TokenHost] {
                let answer = format!("HTTP/1.1 {status} M\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
                let peer = Peer::new(vec![Step::Request, Step::Send(answer.into())]);
                let error = victim.hasty(&peer, &target).capping().list().await.expect_err("a redirect");
                victim.judge("redirects", &error, End::Refused(status));
                assert!(error.hint().expect("a hint").contains("redirects"), "{victim:?}: {error}: {:?}", error.hint());
                assert_eq!((error.attempts(), peer.requests()), (1, 1), "{victim:?}, {status}");
            }
        }
        assert_eq!((target.connections(), target.received().as_str()), (0, ""), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_that_names_another_address_leads_nowhere() {
    let target = Peer::bystander();
    let (root, authority) = (target.root(), target.root().replace("http://", ""));
    let lines = format!(
        "location: {root}/\r\ncontent-location: {root}/\r\nrefresh: 0; url={root}/\r\nlink: <{root}/>; rel=preload\r\n\
         alt-svc: h2=\"{authority}\", http/1.1=\"{authority}\"; persist=1\r\nset-cookie: a=cookie; path=/\r\n"
    );
    for victim in [Victim::Service, Victim::TokenHost] {
        for (status, more) in [
            (201, ""),
            (401, "www-authenticate: Basic realm=a, Digest realm=a, nonce=b, Negotiate, Bearer\r\n"),
            (407, "proxy-authenticate: Basic realm=a\r\n"),
            (421, ""),
        ] {
            let answer = format!("HTTP/1.1 {status} S\r\n{lines}{more}content-length: 2\r\n\r\n{{}}");
            let peer = Peer::new(vec![Step::Request, Step::Send(answer.into())]);
            let client = victim.hasty(&peer, &target);
            for verb in [Verb::List, Verb::Create] {
                call(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
                    .await
                    .expect_err("no answer to this");
            }
            let received = peer.received().to_ascii_lowercase();
            assert!(!received.contains("cookie") && !received.contains("proxy-authorization"), "{received}");
            // Only after a 401 of the service is a call made again, with a new token; a ready-made one cannot be replaced.
            assert!(peer.requests() <= 2, "{victim:?}, {status}: {received}");
        }
    }
    assert_eq!((target.connections(), target.received().as_str()), (0, ""));
}

#[tokio::test]
async fn the_token_goes_to_the_service_alone_and_the_secret_to_the_token_host_alone() {
    let body = format!(r#"{{"access_token": "{TOKEN}", "expires_in": 86399, "service": "http://127.0.0.1:1"}}"#);
    let grant = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let host = Peer::new(vec![Step::Request, Step::Send(grant.into())]);
    let refusal = format!("HTTP/1.1 403 F\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", host.root());
    let service = Peer::new(vec![Step::Request, Step::Send(refusal.into())]);
    Victim::TokenHost.hasty(&host, &service).capping().list().await.expect_err("refused");
    assert!(service.received().contains(TOKEN) && !service.received().contains(SECRET));
    assert!(host.received().contains(SECRET) && !host.received().contains(TOKEN));
    assert_eq!((host.requests(), service.requests()), (1, 1));
}
