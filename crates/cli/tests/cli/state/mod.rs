//! `ajo state`.

mod bucket_errors;
mod copies;
mod edits;
pub(crate) mod fake_bucket;
mod leases;
mod lists;

use ajo_limits::{LimitsState, ManagedConfig};
use serde_json::json;

/// A state with these entries: sandbox, API, number, and limits file.
pub(crate) fn state_with(entries: &[(&str, &str, u32, &str)]) -> LimitsState {
    let mut state = LimitsState { organization: Some(fake_bucket::ORGANIZATION.to_owned()), ..LimitsState::default() };
    for (sandbox, api, number, file) in entries {
        let key = json!({ "api": api, "url": format!("https://a{number}.example/*"), "methods": ["GET", "PUT"] });
        let digest = ajo_limits::Digest::compute(number);
        let entry = json!({ "sandbox": sandbox, "file": file, "key": key, "uid": format!("uid-{number}"), "digest": digest,
            "lastModifiedAt": "2026-11-26T09:00:00Z" });
        state.record(serde_json::from_value::<ManagedConfig>(entry).expect("an entry"));
    }
    state.advance_serials(&LimitsState::default());
    state
}

/// Two sandboxes, and throttling that was applied from `prod`.
pub(crate) fn example() -> LimitsState {
    state_with(&[
        ("prod", "capping", 1, "prod.yaml"),
        ("prod", "capping", 2, "prod.yaml"),
        ("dev", "capping", 3, "dev.yaml"),
        ("prod", "throttling", 4, "throttling.yaml"),
    ])
}
