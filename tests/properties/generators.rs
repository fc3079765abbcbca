//! Generates inputs that resemble the expected format of each property.

use ajo_tests::properties::{SECRET, TOKEN};
use proptest::prelude::*;
use serde_json::{Map, Value};

pub(crate) type ByteStrategy = BoxedStrategy<Vec<u8>>;

/// Any JSON, with these words as keys and many of the strings.
fn json_value(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        4 => prop::sample::select(words).prop_map(str::to_owned),
        1 => "\\PC{0,20}",
        1 => "[\\x00-\\x20\\x7f]{0,4}",
        1 => "[a-zé]{490,520}",
    ];
    let leaf = prop_oneof![
        6 => text.prop_map(Value::String),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => prop::sample::select(&[0, 1, 3600, 1_000_000, 1_000_001, 2_678_400_000, 2_678_400_001_u64][..]).prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        let members = prop::collection::vec((prop::sample::select(words), inner.clone()), 0..6);
        let object =
            members.prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
        prop_oneof![
            3 => object.prop_map(|members: Map<String, Value>| Value::Object(members)),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            // A string that contains JSON, as in responses of the service.
            1 => inner.prop_map(|value| Value::String(value.to_string())),
        ]
    })
}

/// An object with some of these fields, each with any value.
fn json_object(fields: &'static [&'static str], words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let fields = prop::sample::subsequence(fields, 0..=fields.len());
    fields
        .prop_flat_map(move |fields| {
            let count = fields.len();
            (Just(fields), prop::collection::vec(json_value(words), count))
        })
        .prop_map(|(fields, values)| fields.into_iter().map(str::to_owned).zip(values).collect())
        .prop_map(Value::Object)
}

fn json_bytes(values: impl Strategy<Value = Value> + 'static) -> ByteStrategy {
    values.prop_map(|value| value.to_string().into_bytes()).boxed()
}

pub(crate) fn credential_files() -> ByteStrategy {
    const WORDS: &[&str] = &[
        SECRET,
        "client-1",
        "A1B2@AdobeOrg",
        "openid,AdobeID",
        "credentials",
        "details",
        "workspace",
        "org",
        "ims_org_id",
        "integration_type",
        "oauth_server_to_server",
        "client_id",
        "client_secrets",
        "scopes",
        "name",
        "key",
        "value",
        "enabled",
        "API_KEY",
        "IMS_ORG",
        "CLIENT_SECRET",
        "SCOPES",
        "jwt",
    ];
    const FIELDS: &[&str] =
        &["project", "values", "CLIENT_ID", "CLIENT_SECRETS", "ORG_ID", "SCOPES", "API_KEY", "name"];
    let lines = prop::collection::vec(
        (
            prop::sample::select(
                &["AJO_CLIENT_ID", "AJO_CLIENT_SECRET", "AJO_ORG_ID", "AJO_SCOPES", "IMS_OAUTH_S2S_SCOPES", "X", "# "]
                    [..],
            ),
            prop::sample::select(&["=", " = ", "", "='"][..]),
            prop::sample::select(WORDS),
        ),
        0..8,
    );
    let lines = lines.prop_map(|lines| {
        lines.into_iter().map(|(name, between, value)| format!("{name}{between}{value}\n")).collect::<String>()
    });
    prop_oneof![json_bytes(json_object(FIELDS, WORDS)), lines.prop_map(String::into_bytes)].boxed()
}

pub(crate) fn error_responses() -> ByteStrategy {
    const WORDS: &[&str] = &[
        SECRET,
        TOKEN,
        "code",
        "family",
        "message",
        "service",
        "context",
        "errorCode",
        "1463",
        "INTERNAL_ERROR",
        "about:blank",
        "http://ns.adobe.com/aep/errors/EXEG-0500-504",
        "",
        " ",
    ];
    const FIELDS: &[&str] = &[
        "status",
        "error",
        "requestId",
        "request_id",
        "error_code",
        "message",
        "type",
        "title",
        "detail",
        "report",
        "error-chain",
        "code",
    ];
    prop_oneof![json_bytes(json_object(FIELDS, WORDS)), json_bytes(json_value(WORDS))].boxed()
}

pub(crate) fn token_responses() -> ByteStrategy {
    const WORDS: &[&str] = &[
        SECRET,
        TOKEN,
        "s3 cr/3t-canary",
        "s3+cr%2F3t-canary",
        "s3\ncr/3t-canary",
        "invalid_client",
        "invalid client_id",
        "3600",
        "",
    ];
    json_bytes(json_object(&["access_token", "token_type", "expires_in", "error", "error_description"], WORDS))
}

pub(crate) fn store_entries() -> ByteStrategy {
    const WORDS: &[&str] = &[TOKEN, "", "a b"];
    const NOW: u64 = 1_795_000_000_000;
    let near = prop_oneof![NOW - 3_000_000_000..NOW + 3_000_000_000, any::<u64>()];
    let entry = (0..3_u32, prop::sample::select(WORDS), near.clone(), near).prop_map(|(version, token, issued, expires)| {
        serde_json::json!({"version": version, "accessToken": token, "issuedAtMillis": issued, "expiresAtMillis": expires})
    });
    let invalid = json_object(&["version", "accessToken", "issuedAtMillis", "expiresAtMillis"], WORDS);
    prop_oneof![json_bytes(entry), json_bytes(invalid)].boxed()
}

pub(crate) fn retry_after_values() -> ByteStrategy {
    let date = "(Sun|Mon|Tue|Wed|Thu|Fri|Sat), [0-3][0-9] (Jan|Feb|Nov|Dec) [0-9]{4} [0-2][0-9]:[0-6][0-9]:[0-6][0-9] (GMT|UTC)";
    prop_oneof![date, "[0-9]{0,22}", "[-+ 0-9.e]{0,6}"].prop_map(String::into_bytes).boxed()
}

pub(crate) fn identifiers() -> ByteStrategy {
    prop_oneof![
        "[a-zA-Z0-9._-]{0,132}",
        "[a-zA-Z0-9._~/\\\\%:@?#;, \\x00-\\x20\\x7f-]{0,20}",
        "[a-z0-9-]{1,300}",
        " ?[a-zA-Z0-9_-]{0,24}@AdobeOrg ?",
        "(https|http|HTTP|ftp)://(localhost|127\\.0\\.0\\.1|\\[::1\\]|a\\.example|[a-z.@:]{0,12})(:[0-9+]{0,6})?(/[a-z.%2eE\\\\\\x7f-\\xff]{0,12}){0,3}[?#]?",
        "\\PC{0,40}",
    ]
    .prop_map(String::into_bytes)
    .boxed()
}
