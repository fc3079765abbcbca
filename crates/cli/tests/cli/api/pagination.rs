//! `--paginate` gets complete lists or fails.

use super::stub::{Stub, StubRequest};
use crate::fake_server::json_response;

/// The value of a query parameter of a request.
fn parameter(request: &StubRequest, name: &str) -> Option<String> {
    let (_, query) = request.line.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value.to_owned())
}

/// Journeys with a number of pages; the last one is empty. `fails_at` responds 500 to a page.
fn journeys(pages: u64, fails_at: Option<u64>) -> Stub {
    Stub::start(move |request| {
        let page = parameter(request, "page").map_or(0, |page| page.parse().expect("a number"));
        if Some(page) == fails_at {
            return json_response(400, r#"{"reason":"FILTER","message":"the filter is not supported"}"#);
        }
        let items = if page + 1 == pages { String::new() } else { format!(r#"{{"name":"j-{page}"}}"#) };
        json_response(200, &format!(r#"{{"results":[{items}],"page":{page},"limit":1,"pages":{pages}}}"#))
    })
}

#[test]
fn all_pages_are_one_array() {
    let stub = journeys(4, None);
    let output = stub.run(&["GET", "/ajo/journey?pageSize=1", "--paginate", "--field", "filter=status=live"]);
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    assert_eq!(output.stdout, "[{\"name\":\"j-0\"},{\"name\":\"j-1\"},{\"name\":\"j-2\"}]\n");
    let line = "GET /ajo/journey?pageSize=1&filter=status%3Dlive";
    let expected = [line.to_owned()].into_iter().chain((1..4).map(|page| format!("{line}&page={page}")));
    assert_eq!(stub.lines(), expected.collect::<Vec<_>>());
    assert_eq!(stub.token_request_count(), 1);
}

#[test]
fn cursors_are_followed() {
    let stub = Stub::start(|request| match parameter(request, "start").as_deref() {
        None => json_response(200, r#"{"items":[1],"_page":{"count":1,"next":"a@b.example"}}"#),
        Some("a%40b.example") => json_response(200, r#"{"items":[2],"_page":{"count":1,"next":"c"}}"#),
        Some(_) => json_response(200, r#"{"items":[],"_page":{"count":0}}"#),
    });
    let output = stub.run(&["GET", "/ajo/config/suppression/addresses", "--paginate"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), "[1,2]\n"), "{}", output.stderr);
    assert_eq!(stub.calls().len(), 3);
}

#[test]
fn failed_page_fails_the_list() {
    let output = journeys(4, Some(2)).run(&["GET", "/ajo/journey", "--paginate"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{}", output.stderr);
    assert!(output.stderr.contains("error: got 2 pages, then: GET /ajo/journey failed: "), "{}", output.stderr);
    assert!(output.stderr.contains("the filter is not supported"), "{}", output.stderr);
    assert_eq!(output.stderr.matches("error: ").count(), 1, "{}", output.stderr);
    let output = journeys(4, Some(2)).run(&["GET", "/ajo/journey", "--paginate", "--output", "json"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{}", output.stderr);
    let error: serde_json::Value = serde_json::from_str(&output.stderr).expect("one line of JSON");
    assert_eq!(error["error"]["response"]["status"], 400);
}

#[test]
fn incomplete_list_fails() {
    for (body, problem) in [
        // The service ignores `page`.
        (r#"{"results":[1],"page":0,"limit":1,"pages":3}"#, "returned page 0 instead of page 1"),
        (r#"{"items":[1],"_page":{"next":"a"}}"#, "the same next page twice"),
        (r#"{"results":[1]}"#, "not a list whose pages are documented"),
        ("[1]", "not a list whose pages are documented"),
        ("<html>", "not a list whose pages are documented"),
    ] {
        let output = Stub::with_json(200, body).run(&["GET", "/ajo/journey", "--paginate"]);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{body}: {}", output.stderr);
        assert!(
            output.stderr.contains("error: GET /ajo/journey: ") && output.stderr.contains(problem),
            "{}",
            output.stderr
        );
        let has_hint = output.stderr.contains("hint: --paginate supports the lists of journeys, campaigns, content, ");
        assert_eq!(has_hint, problem.contains("documented"), "{}", output.stderr);
    }
}

#[test]
fn wrong_use_of_paginate_is_rejected() {
    let stub = journeys(2, None);
    for arguments in [
        ["POST", "/ajo/journey", "--paginate"].as_slice(),
        &["GET", "/ajo/journey?page=1", "--paginate"],
        &["GET", "/ajo/journey?a=1&start=x", "--paginate"],
        &["GET", "/ajo/journey", "--paginate", "--field", "page=1"],
        &["GET", "/ajo/journey", "--paginate", "--include"],
        &["GET", "/ajo/journey", "--paginate", "--input", "-"],
    ] {
        let output = stub.run(arguments);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{arguments:?}: {}", output.stderr);
    }
    assert_eq!(stub.lines(), [""; 0]);
}
