//! One call beside what its specification says of it.

use ajo_core::Operation;
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use serde_json::Value;

use crate::api::contract::differences::Difference;
use crate::api::contract::schema::check;
use crate::api::contract::spec::{Described, Spec};
use crate::api::json_pointer::escape_token;
use crate::api::response::Answer;
use crate::api::route::BASE_PATH;

/// Most differences that are told of one side of a call. Chosen here.
const MOST: usize = 20;

/// Where, and what.
type Problems = Vec<(String, String)>;

pub(super) fn differences(operation: &Operation, request: &Request<Bytes>, answer: &Answer) -> Vec<Difference> {
    let Some(described) = Spec::describe(operation) else { return Vec::new() };
    let name = format!("{}.{}", operation.api, operation.verb);
    let sides = [("request", of_request(&described, request)), ("answer", of_answer(&described, answer))];
    let told = |(side, problems): (&'static str, Problems)| {
        let name = name.clone();
        problems.into_iter().take(MOST).map(move |(pointer, problem)| Difference {
            operation: name.clone(),
            side,
            pointer,
            problem,
        })
    };
    sides.into_iter().flat_map(told).collect()
}

fn of_request(described: &Described, request: &Request<Bytes>) -> Problems {
    let mut problems = Vec::new();
    let method = request.method().as_str();
    if !method.eq_ignore_ascii_case(described.method) {
        let wanted = described.method.to_ascii_uppercase();
        problems.push(("/method".to_owned(), format!("is {method}, and the specification says {wanted}")));
    }
    path(described, request.uri().path(), &mut problems);
    query(described, request.uri().query().unwrap_or_default(), &mut problems);
    for name in described.spec.security_headers() {
        if !request.headers().contains_key(&name) {
            problems.push((format!("/headers/{name}"), "is missing".to_owned()));
        }
    }
    let body = described.spec.follow(&described.operation["requestBody"]);
    match (body.is_null(), request.body().is_empty()) {
        (true, false) => problems.push(("/body".to_owned(), "is there, and the specification has none".to_owned())),
        (false, true) if body["required"] == true => problems.push(("/body".to_owned(), "is missing".to_owned())),
        (false, false) => content(described.spec, &body["content"], request.headers(), request.body(), &mut problems),
        _ => {}
    }
    problems
}

/// The parts of the path that stand for parameters.
fn path(described: &Described, path: &str, problems: &mut Problems) {
    let sent: Vec<&str> = path.strip_prefix(BASE_PATH).unwrap_or(path).split('/').collect();
    let template: Vec<&str> = described.path.split('/').collect();
    let fits = |(part, sent): (&&str, &&str)| part == sent || part.starts_with('{');
    if sent.len() != template.len() || !template.iter().zip(&sent).all(fits) {
        problems.push(("/path".to_owned(), format!("is not {}", described.path)));
        return;
    }
    for parameter in described.parameters().filter(|parameter| parameter["in"] == "path") {
        let name = parameter["name"].as_str().unwrap_or_default();
        let place = template.iter().position(|part| part.trim_matches(['{', '}']) == name && part.starts_with('{'));
        if let Some(text) = place.and_then(|place| sent.get(place)) {
            let value = Value::String((*text).to_owned());
            problems.extend(check(described.spec, &parameter["schema"], &value, &format!("/path/{name}")));
        }
    }
}

fn query(described: &Described, query: &str, problems: &mut Problems) {
    let known: Vec<&Value> = described.parameters().filter(|parameter| parameter["in"] == "query").collect();
    let sent: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    for (name, text) in &sent {
        let pointer = format!("/query/{}", escape_token(name));
        match known.iter().find(|parameter| parameter["name"] == name.as_str()) {
            Some(parameter) => {
                problems.extend(check(described.spec, &parameter["schema"], &typed(parameter, text), &pointer));
            }
            None => problems.push((pointer, "is not in the specification".to_owned())),
        }
    }
}

/// A parameter's text as the type that it is meant to be, where it can be.
fn typed(parameter: &Value, text: &str) -> Value {
    match text {
        "true" | "false" if parameter["schema"]["type"] == "boolean" => Value::Bool(text == "true"),
        _ => Value::String(text.to_owned()),
    }
}

fn of_answer(described: &Described, answer: &Answer) -> Problems {
    let mut problems = Vec::new();
    let responses = &described.operation["responses"];
    let status = answer.status();
    let response = responses.get(status.as_str()).or_else(|| responses.get("default"));
    let Some(response) = response.map(|response| described.spec.follow(response)) else {
        return vec![("/status".to_owned(), format!("is {}, which the specification does not have", status.as_u16()))];
    };
    match (response.get("content"), answer.body().is_empty()) {
        (None, false) => problems.push(("/body".to_owned(), "is there, and the specification has none".to_owned())),
        (Some(_), true) => problems.push(("/body".to_owned(), "is missing".to_owned())),
        (Some(media), false) => content(described.spec, media, answer.headers(), answer.body(), &mut problems),
        (None, true) => {}
    }
    problems
}

/// A body beside the media types that it can be of.
fn content(spec: &Spec, media: &Value, headers: &HeaderMap, body: &[u8], problems: &mut Problems) {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Parameters such as the character set do not make it another type.
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some(wanted) = media.get(&essence) else {
        let known: Vec<&str> = media.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let problem = if headers.contains_key(header::CONTENT_TYPE) { "is not" } else { "is missing; it is" };
        problems.push(("/headers/content-type".to_owned(), format!("{problem} {}", known.join(" or "))));
        return;
    };
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => problems.extend(check(spec, &wanted["schema"], &value, "/body")),
        Err(_) => problems.push(("/body".to_owned(), "is no JSON".to_owned())),
    }
}
