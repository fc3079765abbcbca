//! Fields that a published crate needs.

use std::collections::BTreeSet;

use serde_json::Value;

/// Fields of text that crates.io shows.
const TEXTS: [&str; 6] = ["description", "license", "homepage", "repository", "readme", "rust_version"];
/// The limit of crates.io, for keywords and for categories.
const MAX_TERMS: usize = 5;

/// Finds missing fields, and dependencies that crates.io would refuse. `published` has the names of all published crates.
pub(super) fn find(package: &Value, published: &BTreeSet<&str>) -> Vec<String> {
    let missing = TEXTS.iter().filter(|field| package[**field].as_str().is_none_or(str::is_empty));
    let mut problems: Vec<String> = missing.map(|field| format!("the field {field} is missing")).collect();
    for field in ["keywords", "categories"] {
        let count = package[field].as_array().map_or(0, Vec::len);
        if count == 0 || count > MAX_TERMS {
            problems.push(format!("{count} {field}; there must be 1 to {MAX_TERMS}"));
        }
    }
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        // Cargo removes a development dependency without a version.
        if dependency["path"].is_null() || dependency["kind"] == "dev" {
            continue;
        }
        let name = dependency["name"].as_str().unwrap_or_default();
        if dependency["req"] == "*" {
            problems.push(format!("the dependency {name} has a path and no version"));
        }
        if !published.contains(name) {
            problems.push(format!("the dependency {name} is not published"));
        }
    }
    problems
}

/// Compares the README with the manifest.
pub(super) fn find_in_readme(package: &Value, readme: &str) -> Vec<String> {
    let field = |name: &str| package[name].as_str().unwrap_or_default();
    let expected = [field("homepage").to_owned(), format!("Rust {}", field("rust_version"))];
    let missing = expected.into_iter().filter(|text| !readme.contains(text.as_str()));
    let mut problems: Vec<String> = missing.map(|text| format!("README.md does not contain {text}")).collect();
    let links = readme.split("https://github.com/").skip(1).map(|rest| format!("https://github.com/{rest}"));
    if links.into_iter().any(|link| !link.starts_with(field("repository"))) {
        problems.push("README.md has a link to another repository".to_owned());
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complete() -> Value {
        json!({
            "description": "d", "license": "MIT", "homepage": "https://example.org/", "readme": "README.md",
            "repository": "https://github.com/a/b", "rust_version": "1.89", "keywords": ["k"], "categories": ["wasm"],
            "dependencies": [
                {"name": "core", "path": "/core", "req": "^0.1.0", "kind": null},
                {"name": "tests", "path": "/tests", "req": "*", "kind": "dev"},
            ],
        })
    }

    fn problems_after(field: &str, value: Value) -> Vec<String> {
        let mut package = complete();
        package[field] = value;
        find(&package, &BTreeSet::from(["core"]))
    }

    #[test]
    fn complete_manifest_has_no_problems() {
        assert_eq!(find(&complete(), &BTreeSet::from(["core"])), [""; 0]);
    }

    #[test]
    fn missing_field_is_found() {
        assert_eq!(problems_after("repository", Value::Null), ["the field repository is missing"]);
        assert_eq!(problems_after("keywords", json!([])), ["0 keywords; there must be 1 to 5"]);
        assert_eq!(
            problems_after("categories", json!(["a", "b", "c", "d", "e", "f"])),
            ["6 categories; there must be 1 to 5"]
        );
    }

    #[test]
    fn dependency_without_version_is_found() {
        let dependency = json!([{"name": "core", "path": "/core", "req": "*", "kind": null}]);
        assert_eq!(problems_after("dependencies", dependency), ["the dependency core has a path and no version"]);
        let dependency = json!([{"name": "tests", "path": "/tests", "req": "^0.1.0", "kind": "build"}]);
        assert_eq!(problems_after("dependencies", dependency), ["the dependency tests is not published"]);
    }

    #[test]
    fn readme_is_compared_with_manifest() {
        let readme = "Rust 1.89, https://example.org/, https://github.com/a/b/issues";
        assert_eq!(find_in_readme(&complete(), readme), [""; 0]);
        let problems = find_in_readme(&complete(), "Rust 1.80, https://github.com/c/d");
        assert_eq!(problems.len(), 3, "{problems:?}");
    }
}
