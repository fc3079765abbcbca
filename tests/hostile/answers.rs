//! Answers of the service that are whole and wrong, and what the next call on the same connection makes of them.

use std::time::Duration;

use ajo_core::{Client, OPERATIONS, Verb};
use ajo_tests::{call, capping, uid};

use crate::peer::{Peer, Step};
use crate::victim::{End, TOKEN, Victim, shows_no_secret};

/// An answer with these lines in its head and this body.
fn answer(status: u16, lines: &str, body: &str) -> Step {
    Step::Send(format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n{lines}\r\n{body}", body.len()).into())
}

/// The answer to a list that is empty.
fn empty_list() -> Step {
    answer(200, "", r#"{"results": []}"#)
}

/// The answer to `get` of this configuration.
fn configuration(uid: &str) -> Step {
    answer(200, "", &format!(r#"{{"result": {{"uid": "{uid}"}}}}"#))
}

/// The client of a service that plays these scripts, one connection after the other.
fn service(scripts: Vec<Vec<Step>>) -> (Client, Peer) {
    let peer = Peer::one_after_the_other(scripts);
    (Victim::Service.hasty(&peer, &peer), peer)
}

#[tokio::test]
async fn success_of_the_wrong_shape_is_an_error_of_every_operation_that_reads_its_answer() {
    let page = "<!doctype html><title>Bearer token-canary</title>";
    let echo = format!(r#""Bearer {TOKEN}""#);
    let bodies = ["", "null", "7", "true", "[]", "[[]]", "[{\"uid\": \"u-1\"}]", "{}", page, &echo];
    for (status, body) in bodies.into_iter().map(|body| (200, body)).chain([(204, "")]) {
        let (client, peer) = service(vec![vec![Step::Request, answer(status, "", body)]]);
        let reading = OPERATIONS.iter().filter(|it| !matches!(it.verb, Verb::Delete | Verb::Deploy | Verb::Undeploy));
        for (before, operation) in reading.enumerate() {
            let error = call(&client, operation, &uid("u-1")).await.expect_err(body);
            Victim::Service.judge(body, &error, End::Unreadable(status));
            assert_eq!((error.attempts(), peer.requests()), (1, before + 1), "{operation}, {status}, {body}");
        }
    }
}

#[tokio::test]
async fn a_part_of_the_wrong_shape_is_told_without_its_text() {
    let echo = format!("Bearer \\\"{TOKEN}");
    for body in [
        format!(r#"{{"results": "{echo}"}}"#),
        format!(r#"{{"results": ["{echo}"]}}"#),
        format!(r#"{{"results": [{{"uid": "{echo}"}}]}}"#),
        format!(r#"{{"results": [{{"uid": ["{echo}"]}}]}}"#),
    ] {
        let (client, _peer) = service(vec![vec![Step::Request, answer(200, "", &body)]]);
        let error = client.capping().list().await.expect_err(&body);
        Victim::Service.judge(&body, &error, End::Unreadable(200));
        assert!(error.to_string().contains("column"), "where it is wrong is told: {error}");
    }
}

#[tokio::test]
async fn what_an_answer_repeats_of_the_request_is_not_shown() {
    let lines = format!("x-request-id: {TOKEN}\r\n");
    let body = format!(r#"{{"error_code": "{TOKEN}", "message": "no {TOKEN}", "requestId": "{TOKEN}"}}"#);
    for (status, body) in [(400, body.as_str()), (400, "{}"), (418, ""), (200, "[]")] {
        let (client, _peer) = service(vec![vec![Step::Request, answer(status, &lines, body)]]);
        let error = client.capping().list().await.expect_err("no list");
        shows_no_secret(&error);
        assert_eq!(error.request_id(), Some("[redacted]"), "{status}, {body}");
    }
    let (client, _peer) = service(vec![vec![Step::Request, answer(200, &lines, r#"{"results": []}"#)]]);
    let answer = client.capping().list().response().await.expect("a list");
    assert_eq!(answer.request_id.as_deref(), Some("[redacted]"));
}

#[tokio::test]
async fn a_request_id_is_short_and_readable_or_it_is_the_one_that_was_sent() {
    let enormous = format!("x-request-id: {}\r\n", "a".repeat(60_000));
    let (client, _peer) = service(vec![vec![Step::Request, answer(200, &enormous, "[]")]]);
    let error = client.capping().list().await.expect_err("no list");
    assert!(error.to_string().len() < 1000, "{} characters", error.to_string().len());

    let (client, peer) = service(vec![vec![Step::Request, answer(400, "x-request-id: é\r\n", "")]]);
    let error = client.capping().list().await.expect_err("refused");
    assert!(peer.received().contains(&format!("x-request-id: {}\r\n", error.request_id().expect("an id"))));
}

#[tokio::test]
async fn of_a_header_that_comes_twice_the_first_counts() {
    let lines = "x-request-id: first\r\nx-request-id: second\r\nretry-after: 86400\r\nretry-after: 0\r\n";
    let (client, peer) = service(vec![vec![Step::Request, answer(429, lines, "{}")]]);
    let error = client.capping().list().await.expect_err("busy");
    Victim::Service.judge("busy", &error, End::Refused(429));
    assert_eq!((error.request_id(), error.retry_after()), (Some("first"), Some(Duration::from_secs(86_400))));
    assert_eq!((error.attempts(), peer.requests()), (1, 1), "a day is too long to wait");

    let (client, _peer) =
        service(vec![vec![Step::Request, answer(200, "content-length: 15\r\n", r#"{"results": []}"#)]]);
    client.capping().list().await.expect("twice the same length is one length");
}

#[tokio::test]
async fn a_wait_beyond_all_numbers_ends_the_call_at_once() {
    for wait in ["99999999999999999999999", "18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        for status in [429, 503] {
            let lines = format!("retry-after: {wait}\r\n");
            let (client, peer) = service(vec![vec![Step::Request, answer(status, &lines, "{}")]]);
            let error = client.capping().list().await.expect_err("busy");
            Victim::Service.judge(wait, &error, End::Refused(status));
            assert_eq!((error.attempts(), peer.requests()), (1, 1), "{wait}: {error}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_chunked_and_has_a_length_is_read_by_its_chunks() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n";
    let chunked = format!("{head}f\r\n{{\"results\": []}}\r\n0\r\n\r\n");
    let (client, _peer) = service(vec![vec![Step::Request, Step::Send(chunked.into())]]);
    assert_eq!(client.capping().list().response().await.expect("a list").body, r#"{"results": []}"#);
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let interim = Step::Send(b"HTTP/1.1 103 Early Hints\r\nlink: <https://a.example>\r\n\r\n".repeat(200));
    let (client, _peer) = service(vec![vec![Step::Request, interim, empty_list()]]);
    assert_eq!(client.capping().list().await.expect("a list"), []);
}

#[tokio::test]
async fn a_deployment_is_done_whatever_json_or_text_comes_with_its_success_but_not_a_page() {
    for (status, body) in [(204, "{}"), (204, "<html>"), (200, ""), (200, "{}"), (200, "[1"), (202, "accepted")] {
        let (client, peer) = service(vec![vec![Step::Request, answer(status, "", body)]]);
        client.capping().deploy(&uid("u-1")).await.unwrap_or_else(|error| panic!("{status}, {body}: {error}"));
        assert_eq!(peer.requests(), 1);
    }
    for body in ["<html>Sign in</html>", "\r\n <!doctype html>"] {
        let (client, peer) = service(vec![vec![Step::Request, answer(200, "", body)]]);
        for verb in [Verb::Deploy, Verb::Undeploy, Verb::Delete] {
            let operation = OPERATIONS.iter().find(|it| it.verb == verb).expect("an operation");
            let error = call(&client, operation, &uid("u-1")).await.expect_err("a proxy's page");
            Victim::Service.judge(body, &error, End::Unreadable(200));
            assert!(error.hint().expect("a hint").contains("read the configuration back"));
        }
        assert_eq!(peer.requests(), 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_an_answer_is_never_taken_for_the_answer_to_the_next_call() {
    let forged = "HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{\"result\":{\"uid\":\"forged\"}}";
    let after = |first: &str| vec![Step::Send(format!("HTTP/1.1 {first}{forged}").into())];
    let late = Step::Paced(forged.into(), Duration::from_millis(5));
    for (what, first) in [
        ("with an answer", after("200 OK\r\ncontent-length: 2\r\n\r\n{}")),
        ("in the body of a 204", after(&format!("204 No Content\r\ncontent-length: {}\r\n\r\n", forged.len()))),
        ("while nothing is asked", vec![answer(204, "", ""), late]),
    ] {
        let first = [vec![Step::Request], first, vec![Step::Hold]].concat();
        let (client, peer) = service(vec![first, vec![Step::Request, configuration("real")]]);
        client.capping().deploy(&uid("u-1")).await.expect("done");
        if what == "while nothing is asked" {
            assert!(peer.is_left_alone().await, "the client hangs up");
        }
        let found = client.capping().get(&uid("real")).await.expect("a configuration");
        assert_eq!((found.uid.as_str(), peer.connections()), ("real", 2), "{what}");
    }
}

#[tokio::test]
async fn what_makes_something_is_sent_once_on_a_connection_that_was_good_before() {
    let half = Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"uid\": ".to_vec());
    for (what, then) in [("closes", vec![half.clone()]), ("resets", vec![half, Step::Reset]), ("is silent", vec![])] {
        let script = [vec![Step::Request, empty_list(), Step::Request], then].concat();
        let (client, peer) = service(vec![script, vec![Step::Request, answer(200, "", r#"{"uid": "second"}"#)]]);
        client.capping().list().await.expect("a list");
        let error = client.capping().create(&capping()).await.expect_err(what);
        Victim::Service.judge(what, &error, End::Broken);
        assert_eq!(error.attempts(), 1, "{what}: {error}");
        assert!(!error.is_retryable() && error.hint().expect("a hint").contains("may have carried it out"));
        assert_eq!((peer.connections(), peer.requests()), (1, 2), "{what}");
    }
}

#[tokio::test]
async fn what_only_reads_is_made_again_on_a_new_connection() {
    let script = vec![Step::Request, empty_list(), Step::Request];
    let (client, peer) = service(vec![script, vec![Step::Request, configuration("u-1")]]);
    client.capping().list().await.expect("a list");
    let answer = client.capping().get(&uid("u-1")).response().await.expect("a configuration");
    assert_eq!((answer.attempts, peer.connections(), peer.requests()), (2, 2, 3));
}
