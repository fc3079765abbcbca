//! Paths of requests to other APIs.

use crate::text::{concat, contains, find_any, is_any, replace};

/// Checks the path of a request, which follows an origin. Returns what is wrong with it.
pub fn check_api_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') || path.starts_with("//") {
        Err("its path must begin with one `/`")
    } else if find_any(path, b"?#").is_some() {
        Err("its path must not contain a query or a fragment; use the option `query`")
    } else {
        path_problem(path).map_or(Ok(()), Err)
    }
}

/// What is wrong with the path of a URL: HTTP clients would change it.
pub(crate) fn path_problem(path: &str) -> Option<&'static str> {
    if has_dot_segment(path) || contains(path, "\\") {
        Some("its path must not contain `.` or `..` segments or `\\`")
    // HTTP clients encode these characters, so the URL in messages would differ from the requested URL.
    } else if !path.bytes().all(|byte| byte.is_ascii_graphic() && !is_any(byte, b"<>`")) {
        Some("its path contains characters that must be percent-encoded")
    } else {
        None
    }
}

/// Whether a path has a segment `.` or `..`. HTTP clients treat `%2e` as a dot here.
fn has_dot_segment(path: &str) -> bool {
    let path = concat(&[&replace(&path.to_ascii_lowercase(), "%2e", "."), "/"]);
    contains(&path, "/./") || contains(&path, "/../")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn path_is_checked() {
        for path in [
            "/",
            "/ajo/journey",
            "/ajo/journey/",
            "/a//b",
            "/data/foundation/sandbox-management/",
            "/a%20b/...",
            "/a@b:1",
        ] {
            assert_eq!(check_api_path(path), Ok(()), "{path}");
        }
        for path in [
            "",
            "ajo",
            "//evil.example/x",
            "///x",
            "@evil.example",
            ".evil.example",
            ":444/x",
            "/..",
            "/a/../b",
            "/a/%2E%2e/b",
            "/.",
            "/a\\b",
            "/\\evil.example",
            "/a?b",
            "/a#b",
            "/a b",
            "/a\n",
            "/é",
            "/a<b",
            "https://evil.example/",
        ] {
            assert!(check_api_path(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn path_stays_below_its_origin(path in prop_oneof!["/?[ -~]{0,8}", "[/\\\\.%2eE@:?#a-]{0,8}", ".{0,8}"]) {
            let text = format!("https://a.example{path}");
            if check_api_path(&path).is_ok() {
                let url = Url::parse(&text).expect("a URL");
                prop_assert_eq!(url.host_str(), Some("a.example"));
                prop_assert_eq!((url.port(), url.query(), url.fragment(), url.username()), (None, None, None, ""));
                let count = |path: &str| path.matches('/').count();
                prop_assert_eq!(count(url.path()), count(&path));
            }
        }
    }
}
