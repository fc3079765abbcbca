//! Requests that change a live limit.

use ajo_core::Method;

/// Path segments of the two APIs, before the uid.
const CONFIG_SEGMENTS: [&str; 2] = ["endpointconfigs", "throttlingconfigs"];

/// Whether a request changes a configuration that exists, which may be live: all writes to `…/endpointConfigs/{uid}…` and
/// `…/throttlingConfigs/{uid}…`. To create a configuration changes no live limit.
pub(super) fn changes_configuration(method: Method, target: &str) -> bool {
    if matches!(method, Method::Get | Method::Head | Method::Options) {
        return false;
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let is_config = |segment: &str| CONFIG_SEGMENTS.contains(&decode(segment).to_ascii_lowercase().as_str());
    segments.any(is_config) && segments.next().is_some()
}

/// Decodes percent-encoded ASCII characters.
fn decode(segment: &str) -> String {
    let mut decoded = String::new();
    let mut parts = segment.split('%');
    decoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii);
        match code {
            Some(code) => decoded.extend([char::from(code).to_string().as_str(), &part[2..]]),
            None => decoded.extend(["%", part]),
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_configurations_are_found() {
        let base = "/journey/orchestration";
        for (method, path) in [
            (Method::Put, "/endpointConfigs/u"),
            (Method::Delete, "/endpointConfigs/u?forceDelete=true"),
            (Method::Patch, "/throttlingConfigs/u"),
            (Method::Post, "/endpointConfigs/u/deploy"),
            (Method::Post, "/throttlingConfigs/u/undeploy"),
            (Method::Post, "//%65ndpointconfigs//u/deploy"),
        ] {
            for prefix in ["", base, "https://platform.adobe.io/journey/orchestration"] {
                assert!(changes_configuration(method, &format!("{prefix}{path}")), "{method:?} {prefix}{path}");
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
            assert!(!changes_configuration(method, &format!("{base}{path}")), "{method:?} {path}");
        }
    }
}
