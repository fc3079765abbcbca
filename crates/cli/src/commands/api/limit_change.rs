//! Requests that change a live limit.

use ajo_core::{Api, Idempotency, Method};
use percent_encoding::percent_decode_str;

/// The API whose configuration a request changes: all writes to `…/endpointConfigs/{uid}…` and `…/throttlingConfigs/{uid}…`, because
/// the configuration may be live. To create one changes no live limit.
pub(super) fn changed_api(method: Method, target: &str) -> Option<Api> {
    if method.idempotency() == Idempotency::Safe {
        return None;
    }
    // A server may decode an encoded slash.
    let path = percent_decode_str(target.split(['?', '#']).next().unwrap_or_default()).decode_utf8_lossy();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let api = segments.find_map(|segment| {
        // A matrix parameter does not change the resource.
        let name = segment.split(';').next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "endpointconfigs" => Some(Api::Capping),
            "throttlingconfigs" => Some(Api::Throttling),
            _ => None,
        }
    });
    api.filter(|_| segments.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_configurations_are_found() {
        let base = "/journey/orchestration";
        for (method, path, api) in [
            (Method::Put, "/endpointConfigs/u", Api::Capping),
            (Method::Delete, "/endpointConfigs/u?forceDelete=true", Api::Capping),
            (Method::Patch, "/throttlingConfigs/u", Api::Throttling),
            (Method::Post, "/endpointConfigs/u/deploy", Api::Capping),
            (Method::Post, "/throttlingConfigs/u/undeploy", Api::Throttling),
            (Method::Post, "//%65ndpointconfigs//u/deploy", Api::Capping),
            (Method::Post, "/endpointConfigs;a=b/u/deploy", Api::Capping),
            (Method::Post, "/endpointConfigs%2Fu%2fdeploy", Api::Capping),
        ] {
            for prefix in ["", base, "https://platform.adobe.io/journey/orchestration"] {
                assert_eq!(changed_api(method, &format!("{prefix}{path}")), Some(api), "{method} {prefix}{path}");
            }
        }
        for (method, path) in [
            (Method::Get, "/endpointConfigs/u"),
            (Method::Get, "/endpointConfigs/u/canDeploy"),
            (Method::Post, "/endpointConfigs"),
            (Method::Post, "/throttlingConfigs/?a=/u"),
            (Method::Post, "/list/endpointConfigs"),
            (Method::Delete, "/ajo/config/suppression/addresses/a@b.example"),
        ] {
            assert_eq!(changed_api(method, &format!("{base}{path}")), None, "{method} {path}");
        }
    }
}
