//! Paths of files, relative to the workspace root and with `/`.

/// Resolves a relative link in a file. `None` if it leaves the repository.
pub(crate) fn resolve(file: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The relative link from one file to another.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len() - 1;
    let common = from[..folders].iter().zip(&to[..to.len() - 1]).take_while(|(left, right)| left == right).count();
    let up = std::iter::repeat_n("..", folders - common);
    up.chain(to[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// Splits a link into its path and its fragment.
pub(crate) fn split_fragment(target: &str) -> (&str, Option<&str>) {
    target.split_once('#').map_or((target, None), |(path, fragment)| (path, Some(fragment)))
}

/// Whether a link has a scheme or a host, such as `https://example.com` or `mailto:a@example.com`.
pub(crate) fn is_external(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    target.starts_with("//")
        || scheme.is_some_and(|scheme| scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_from_their_file() {
        assert_eq!(resolve("docs/a.md", "b.md").as_deref(), Some("docs/b.md"));
        assert_eq!(resolve("docs/x/a.md", "../../README.md").as_deref(), Some("README.md"));
        assert_eq!(resolve("README.md", "./docs/decisions/").as_deref(), Some("docs/decisions"));
        assert_eq!(resolve("docs/a.md", "../../outside.md"), None);
    }

    #[test]
    fn relative_links_resolve_to_their_file() {
        for (from, to, link) in [
            ("a.md", "b.md", "b.md"),
            ("x/a.md", "b.md", "../b.md"),
            ("x/a.md", "x/b.md", "b.md"),
            ("x/y/a.md", "x/z/b.md", "../z/b.md"),
            ("a.md", "x/b.md", "x/b.md"),
        ] {
            assert_eq!(relative(from, to), link);
            assert_eq!(resolve(from, link).as_deref(), Some(to));
        }
    }

    #[test]
    fn schemes_and_hosts_are_external() {
        for target in ["https://example.com", "mailto:a@example.com", "//example.com/a"] {
            assert!(is_external(target), "{target}");
        }
        for target in ["a.md", "a/b.md#c:d", "#a:b", "/a"] {
            assert!(!is_external(target), "{target}");
        }
    }
}
