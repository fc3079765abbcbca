//! The fields of a definition that the service stores, with the quirks `unknown_fields` and `normalization`.
//!
//! Unknown: whether the service drops unknown fields or normalizes values. By default, it drops and changes nothing else.

use ajo_core::{Api, Verb, object_schema};
use serde_json::{Map, Value, json};

use crate::state::quirks::QuirkSettings;

/// The bounds of the variant `clamp`, which are ours.
const MAX_CONNECTIONS: u64 = 400;
const MAX_CALLS: u64 = 300_000;
const MAX_THROUGHPUT: u64 = 4000;

/// Removes fields that are not stored, and applies the quirks.
pub(super) fn prepare(api: Api, verb: Verb, payload: &mut Map<String, Value>, quirks: &QuirkSettings) {
    let returns_unknown = quirks.is("unknown_fields", "returned");
    let schema = object_schema::request_body(api, verb.as_str());
    payload.retain(|name, _| match name.as_str() {
        "orgId" => quirks.is("org_id", "required"),
        name if schema.is_some_and(|schema| schema.field(name).is_some()) => true,
        // Fields that the service adds in responses are never stored from a payload.
        name => returns_unknown && object_schema::config(api).field(name).is_none(),
    });
    remove_nulls(payload);
    if returns_unknown && verb == Verb::Create {
        add_unknown_fields(payload);
    }
    normalize(payload, quirks);
}

/// Inferred: a null field counts as absent. The specification allows null nowhere.
fn remove_nulls(map: &mut Map<String, Value>) {
    map.retain(|_, value| {
        if let Value::Object(below) = value {
            remove_nulls(below);
        }
        !value.is_null()
    });
}

fn add_unknown_fields(definition: &mut Map<String, Value>) {
    definition.entry("priority").or_insert_with(|| json!(1));
    for limit in service_limits(definition) {
        if let Some(Value::Object(rating)) = limit.get_mut("rating") {
            rating.entry("timeUnit").or_insert_with(|| json!("MILLISECONDS"));
        }
    }
}

fn normalize(definition: &mut Map<String, Value>, quirks: &QuirkSettings) {
    let is_selected = |variant| quirks.is("normalization", variant) || quirks.is("normalization", "all");
    for name in ["url", "urlPattern"] {
        if let Some(Value::String(url)) = definition.get_mut(name) {
            *url = normalize_url(url, is_selected("host"), is_selected("slash"), is_selected("port"));
        }
    }
    if is_selected("trim")
        && let Some(Value::String(name)) = definition.get_mut("name")
    {
        *name = name.trim().to_owned();
    }
    if is_selected("clamp") {
        clamp(definition.get_mut("maxThroughput"), MAX_THROUGHPUT);
        for limit in service_limits(definition) {
            clamp(limit.get_mut("maxHttpConnections"), MAX_CONNECTIONS);
            clamp(limit.get_mut("rating").and_then(|rating| rating.get_mut("maxCallsCount")), MAX_CALLS);
        }
    }
    if is_selected("order")
        && let Some(Value::Array(methods)) = definition.get_mut("methods")
    {
        methods.sort_by(|left, right| left.as_str().cmp(&right.as_str()));
    }
}

/// Changes host, trailing slash, and port. A URL without a scheme stays as it is.
fn normalize_url(url: &str, lower_host: bool, no_slash: bool, no_port: bool) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let default_port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let host = host.strip_suffix(default_port).filter(|_| no_port).unwrap_or(host);
    let host = if lower_host { host.to_ascii_lowercase() } else { host.to_owned() };
    let path = path.strip_suffix('/').filter(|path| no_slash && !path.is_empty()).unwrap_or(path);
    [scheme, "://", &host, path].concat()
}

fn service_limits(definition: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    definition.get_mut("services").and_then(Value::as_object_mut).into_iter().flat_map(|services| services.values_mut())
}

fn clamp(value: Option<&mut Value>, max: u64) {
    if let Some(value) = value
        && value.as_u64().is_some_and(|number| number > max)
    {
        *value = json!(max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_parts_are_normalized() {
        let all = |url| normalize_url(url, true, true, true);
        for (url, expected) in [
            ("https://API.example.org:443/V1/", "https://api.example.org/V1"),
            ("http://A.example:80", "http://a.example"),
            ("http://a.example:443/", "http://a.example:443/"),
            ("no url/", "no url/"),
        ] {
            assert_eq!(all(url), expected);
            assert_eq!(normalize_url(url, false, false, false), url);
        }
    }

    #[test]
    fn service_fields_are_not_stored() {
        let mut quirks = QuirkSettings::default();
        quirks.set("unknown_fields", "returned").expect("a variant");
        let payload = json!({"url": "https://a.example/", "state": "deployed", "deployedConfig": {}, "label": 1});
        let mut payload = payload.as_object().expect("an object").clone();
        prepare(Api::Capping, Verb::Update, &mut payload, &quirks);
        assert_eq!(Value::Object(payload), json!({"url": "https://a.example/", "label": 1}));
    }
}
