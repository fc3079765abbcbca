//! Finds the operation for a request, with the table generated from the specs.

use ajo_core::{OPERATIONS, Operation, Verb};
use ajo_engine::TOKEN_PATH;
use http::Method;

use crate::api::platform::{PlatformRoute, SAMPLE_PATH, SANDBOXES_PATH};
use crate::api::token_form::is_token_path;
use crate::state::quirks::QuirkSettings;

/// The base path of both APIs at the gateway. Source: the vendor's specification.
pub(crate) const BASE_PATH: &str = "/journey/orchestration";

pub(crate) enum Route<'r> {
    Operation {
        operation: &'static Operation,
        uid: &'r str,
    },
    Token,
    Platform(PlatformRoute<'r>),
    /// The path exists, but only with these methods.
    MethodNotAllowed(Vec<&'static str>),
    NotFound,
}

pub(crate) fn find<'r>(method: &Method, path: &'r str, quirks: &QuirkSettings) -> Route<'r> {
    if is_token_path(path) {
        return if *method == Method::POST { Route::Token } else { Route::MethodNotAllowed(vec!["POST"]) };
    }
    if let Some(route) = PlatformRoute::find(path) {
        let is_allowed = *method == PlatformRoute::METHOD;
        return if is_allowed { Route::Platform(route) } else { Route::MethodNotAllowed(vec!["GET"]) };
    }
    let Some(path) = path.strip_prefix(BASE_PATH) else { return Route::NotFound };
    // Unknown at the real service; a Postman variable with a trailing slash leads to `//`.
    let path = if path.starts_with("//") { &path[1..] } else { path };
    let mut allowed = Vec::new();
    for operation in &OPERATIONS {
        let Some(uid) = match_uid(template(operation, quirks), path) else { continue };
        let methods = methods(operation, quirks);
        if methods.contains(&method.as_str()) {
            return Route::Operation { operation, uid };
        }
        allowed.extend(methods);
    }
    if allowed.is_empty() { Route::NotFound } else { Route::MethodNotAllowed(allowed) }
}

/// GET in the vendor's specification, POST in a table of the product documentation.
fn methods(operation: &Operation, quirks: &QuirkSettings) -> Vec<&'static str> {
    match (operation.verb, quirks.variant("can_deploy_method")) {
        (Verb::CanDeploy, Some("post")) => vec!["POST"],
        (Verb::CanDeploy, Some("both")) => vec!["GET", "POST"],
        _ => vec![operation.method],
    }
}

/// The introduction of the vendor's specification puts the uid of canDeploy last.
fn template(operation: &Operation, quirks: &QuirkSettings) -> &'static str {
    match (operation.verb, operation.path) {
        (Verb::CanDeploy, path) if quirks.is("can_deploy_path", "uid_last") => {
            if path.contains("throttling") {
                "/throttlingConfigs/canDeploy/{uid}"
            } else {
                "/endpointConfigs/canDeploy/{uid}"
            }
        }
        (_, path) => path,
    }
}

/// The existing path that is most similar to this one.
pub(crate) fn closest_path(path: &str) -> String {
    let operations = OPERATIONS.iter().map(|operation| (BASE_PATH, operation.path));
    let edit_distance = |(base, rest): &(&str, &str)| {
        // Compare without the base path as well: it is easily forgotten.
        [format!("{base}{rest}"), (*rest).to_owned()].iter().map(|candidate| distance(candidate, path)).min()
    };
    // This path is so short that it would be similar to every short path.
    let sample = (distance(SAMPLE_PATH, path) <= 2).then_some(("", SAMPLE_PATH));
    operations
        .chain([("", TOKEN_PATH), ("", SANDBOXES_PATH)])
        .chain(sample)
        .min_by_key(edit_distance)
        .map(|(base, rest)| format!("{base}{rest}"))
        .unwrap_or_default()
}

/// The edit distance; any uid matches the uid in the template.
fn distance(template: &str, path: &str) -> usize {
    let mut segments = path.split('/');
    let parts = template.split('/').map(|part| match (part, segments.next()) {
        ("{uid}", Some(uid)) if !uid.is_empty() => uid,
        (part, _) => part,
    });
    strsim::levenshtein(&parts.collect::<Vec<_>>().join("/"), path)
}

/// The uid in a path, empty if the template has none; `None` if the path does not match the template.
fn match_uid<'r>(template: &str, path: &'r str) -> Option<&'r str> {
    let Some((before, after)) = template.split_once('{') else {
        return (template == path).then_some("");
    };
    let after = after.strip_prefix("uid}")?;
    let uid = path.strip_prefix(before)?.strip_suffix(after)?;
    (!uid.is_empty() && !uid.contains('/')).then_some(uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found() {
        for operation in &OPERATIONS {
            let path = format!("{BASE_PATH}{}", operation.path.replace("{uid}", "u-1"));
            let method: Method = operation.method.parse().expect("a method");
            match find(&method, &path, &QuirkSettings::default()) {
                Route::Operation { operation: found, uid } => {
                    assert_eq!(found, operation);
                    assert_eq!(uid, if operation.path.contains("{uid}") { "u-1" } else { "" });
                }
                _ => panic!("{operation} is not found"),
            }
        }
    }

    #[test]
    fn double_slash_after_base_path_matches() {
        let path = "/journey/orchestration//list/endpointConfigs";
        assert!(matches!(find(&Method::POST, path, &QuirkSettings::default()), Route::Operation { .. }));
    }

    #[test]
    fn closest_path_fixes_typos() {
        for (path, expected) in [
            ("/journey/orchestration/endpointConfig", "/journey/orchestration/endpointConfigs"),
            ("/journey/orchestration/list/throttlingConfig", "/journey/orchestration/list/throttlingConfigs"),
            ("/endpointConfigs/u-1/deploy", "/journey/orchestration/endpointConfigs/{uid}/deploy"),
            ("/ims/token/v2", TOKEN_PATH),
            ("/data/foundation/sandbox-management", SANDBOXES_PATH),
            ("/imp", SAMPLE_PATH),
            ("/nowhere", TOKEN_PATH),
        ] {
            assert_eq!(closest_path(path), expected);
        }
    }

    #[test]
    fn unknown_path_or_method_is_rejected() {
        for path in [
            "/",
            "/endpointConfigs",
            "/journey/orchestration",
            "/journey/orchestration/endpointConfigs/",
            "/journey/orchestration/endpointConfigs/a/b",
        ] {
            assert!(matches!(find(&Method::POST, path, &QuirkSettings::default()), Route::NotFound), "{path}");
        }
        let path = "/journey/orchestration/endpointConfigs/u-1";
        assert!(
            matches!(find(&Method::POST, path, &QuirkSettings::default()), Route::MethodNotAllowed(allowed) if allowed == ["GET", "PUT", "DELETE"])
        );
    }
}
