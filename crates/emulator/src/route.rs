//! Which operation a request is for, by the table that is generated from the specs.

use ajo_core::{OPERATIONS, Operation, Verb};
use http::Method;

/// The path of both APIs at the service's gateway. Source: the vendor's specification.
pub(crate) const BASE_PATH: &str = "/journey/orchestration";

/// What a request leads to.
pub(crate) enum Route<'r> {
    Operation {
        operation: &'static Operation,
        uid: &'r str,
    },
    /// There is the path, but not with this method; these are allowed.
    WrongMethod(Vec<&'static str>),
    Nowhere,
}

pub(crate) fn find<'r>(method: &Method, path: &'r str) -> Route<'r> {
    let Some(path) = path.strip_prefix(BASE_PATH) else { return Route::Nowhere };
    let mut allowed = Vec::new();
    for operation in &OPERATIONS {
        let Some(uid) = matches(operation.path, path) else { continue };
        // The vendor's specification says GET, one table of the product documentation says POST: both are answered.
        let also_post = operation.verb == Verb::CanDeploy && *method == Method::POST;
        if operation.method == method.as_str() || also_post {
            return Route::Operation { operation, uid };
        }
        allowed.push(operation.method);
    }
    if allowed.is_empty() { Route::Nowhere } else { Route::WrongMethod(allowed) }
}

/// The uid in a path, empty where the template has none; `None` if the path is not of this template.
fn matches<'r>(template: &str, path: &'r str) -> Option<&'r str> {
    let Some((before, after)) = template.split_once("{uid}") else {
        return (template == path).then_some("");
    };
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
            match find(&method, &path) {
                Route::Operation { operation: found, uid } => {
                    assert_eq!(found, operation);
                    assert_eq!(uid, if operation.path.contains("{uid}") { "u-1" } else { "" });
                }
                _ => panic!("{operation} is not found"),
            }
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
            assert!(matches!(find(&Method::POST, path), Route::Nowhere), "{path}");
        }
        let path = "/journey/orchestration/endpointConfigs/u-1";
        assert!(
            matches!(find(&Method::POST, path), Route::WrongMethod(allowed) if allowed == ["GET", "PUT", "DELETE"])
        );
    }
}
