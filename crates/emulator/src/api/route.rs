//! Which operation a request is for, by the table that is generated from the specs.

use ajo_core::{OPERATIONS, Operation, Verb};
use ajo_engine::TOKEN_PATH;
use http::Method;

use crate::state::quirks::Switches;

/// The path of both APIs at the service's gateway. Source: the vendor's specification.
pub(crate) const BASE_PATH: &str = "/journey/orchestration";

/// What a request leads to.
pub(crate) enum Route<'r> {
    Operation {
        operation: &'static Operation,
        uid: &'r str,
    },
    /// A token request.
    Token,
    /// There is the path, but not with this method; these are allowed.
    WrongMethod(Vec<&'static str>),
    NotFound,
}

pub(crate) fn find<'r>(method: &Method, path: &'r str, switches: &Switches) -> Route<'r> {
    if path == TOKEN_PATH {
        return if *method == Method::POST { Route::Token } else { Route::WrongMethod(vec!["POST"]) };
    }
    let Some(path) = path.strip_prefix(BASE_PATH) else { return Route::NotFound };
    // Unknown: a variable of Postman that ends in a slash gives two.
    let path = if path.starts_with("//") { &path[1..] } else { path };
    let mut allowed = Vec::new();
    for operation in &OPERATIONS {
        let Some(uid) = matches(template(operation, switches), path) else { continue };
        let methods = methods(operation, switches);
        if methods.contains(&method.as_str()) {
            return Route::Operation { operation, uid };
        }
        allowed.extend(methods);
    }
    if allowed.is_empty() { Route::NotFound } else { Route::WrongMethod(allowed) }
}

/// The vendor's specification says GET, one table of the product documentation says POST.
fn methods(operation: &Operation, switches: &Switches) -> Vec<&'static str> {
    match (operation.verb, switches.side("can_deploy_method")) {
        (Verb::CanDeploy, Some("post")) => vec!["POST"],
        (Verb::CanDeploy, Some("both")) => vec!["GET", "POST"],
        _ => vec![operation.method],
    }
}

/// The introduction of the vendor's specification puts the uid of canDeploy last.
fn template(operation: &Operation, switches: &Switches) -> &'static str {
    match (operation.verb, operation.path) {
        (Verb::CanDeploy, path) if switches.is("can_deploy_path", "uid_last") => {
            if path.contains("throttling") {
                "/throttlingConfigs/canDeploy/{uid}"
            } else {
                "/endpointConfigs/canDeploy/{uid}"
            }
        }
        (_, path) => path,
    }
}

/// The path there is that is most like this one.
pub(crate) fn closest(path: &str) -> String {
    let operations = OPERATIONS.iter().map(|operation| (BASE_PATH, operation.path));
    let far = |(base, rest): &(&str, &str)| {
        // Without the base path too: it is easily left out.
        [format!("{base}{rest}"), (*rest).to_owned()].iter().map(|there| distance(there, path)).min()
    };
    operations.chain([("", TOKEN_PATH)]).min_by_key(far).map(|(base, rest)| format!("{base}{rest}")).unwrap_or_default()
}

/// How much has to be typed otherwise; whatever stands in the place of the uid is right.
fn distance(template: &str, path: &str) -> usize {
    let mut typed = path.split('/');
    let parts = template.split('/').map(|part| match (part, typed.next()) {
        ("{uid}", Some(uid)) if !uid.is_empty() => uid,
        (part, _) => part,
    });
    strsim::levenshtein(&parts.collect::<Vec<_>>().join("/"), path)
}

/// The uid in a path, empty where the template has none; `None` if the path is not of this template.
fn matches<'r>(template: &str, path: &'r str) -> Option<&'r str> {
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
    fn every_operation_of_the_specs_is_found() {
        for operation in &OPERATIONS {
            let path = format!("{BASE_PATH}{}", operation.path.replace("{uid}", "u-1"));
            let method: Method = operation.method.parse().expect("a method");
            match find(&method, &path, &Switches::default()) {
                Route::Operation { operation: found, uid } => {
                    assert_eq!(found, operation);
                    assert_eq!(uid, if operation.path.contains("{uid}") { "u-1" } else { "" });
                }
                _ => panic!("{operation} is not found"),
            }
        }
    }

    #[test]
    fn two_slashes_after_the_base_path_are_one() {
        let path = "/journey/orchestration//list/endpointConfigs";
        assert!(matches!(find(&Method::POST, path, &Switches::default()), Route::Operation { .. }));
    }

    #[test]
    fn the_closest_path_is_one_that_was_nearly_typed() {
        for (typed, meant) in [
            ("/journey/orchestration/endpointConfig", "/journey/orchestration/endpointConfigs"),
            ("/journey/orchestration/list/throttlingConfig", "/journey/orchestration/list/throttlingConfigs"),
            ("/endpointConfigs/u-1/deploy", "/journey/orchestration/endpointConfigs/{uid}/deploy"),
            ("/ims/token/v2", TOKEN_PATH),
        ] {
            assert_eq!(closest(typed), meant);
        }
    }

    #[test]
    fn other_paths_and_methods_lead_nowhere() {
        for path in [
            "/",
            "/endpointConfigs",
            "/journey/orchestration",
            "/journey/orchestration/endpointConfigs/",
            "/journey/orchestration/endpointConfigs/a/b",
        ] {
            assert!(matches!(find(&Method::POST, path, &Switches::default()), Route::NotFound), "{path}");
        }
        let path = "/journey/orchestration/endpointConfigs/u-1";
        assert!(
            matches!(find(&Method::POST, path, &Switches::default()), Route::WrongMethod(allowed) if allowed == ["GET", "PUT", "DELETE"])
        );
    }
}
