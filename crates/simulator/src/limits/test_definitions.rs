//! Definitions for tests.

use serde_json::{Value, json};

pub(super) fn capping(service: &str, calls: i64) -> Value {
    let rating = json!({"maxCallsCount": calls, "periodInMs": 500});
    json!({"url": "https://a.example/*", "methods": ["GET"], "services": {service: {"rating": rating}}})
}

pub(super) fn throttling() -> Value {
    json!({"urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 400})
}
