//! The URLs of the project, from the workspace's manifest.

use crate::workspace::root;

/// The default branch.
const BRANCH: &str = "main";

pub(crate) struct ProjectUrls {
    /// Without a slash at the end.
    repository: String,
    /// The site, with a slash at the end.
    pub(crate) site: String,
}

impl ProjectUrls {
    pub(crate) fn read() -> Result<Self, String> {
        let path = root().join("Cargo.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let manifest: toml::Table = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let field = |name: &str| {
            let value = manifest.get("workspace")?.get("package")?.get(name)?.as_str()?;
            Some(value.trim_end_matches('/').to_owned())
        };
        let required = |name| field(name).ok_or_else(|| format!("Cargo.toml: workspace.package.{name} is missing"));
        Ok(Self::new(&required("repository")?, &required("homepage")?))
    }

    pub(crate) fn new(repository: &str, site: &str) -> Self {
        Self { repository: repository.to_owned(), site: format!("{site}/") }
    }

    pub(crate) fn repository(&self) -> &str {
        &self.repository
    }

    /// The path of the site on its host, such as `/ajo-limits/`.
    pub(crate) fn site_root(&self) -> &str {
        let host = self.site.find("://").map_or(0, |at| at + 3);
        self.site[host..].find('/').map_or("/", |at| &self.site[host + at..])
    }

    /// `view` is `blob` for files, `tree` for folders, or `edit`.
    pub(crate) fn repository_link(&self, view: &str, path: &str) -> String {
        format!("{}/{view}/{BRANCH}/{path}", self.repository)
    }

    /// The path of a file or folder that a URL shows.
    pub(crate) fn repository_path<'u>(&self, url: &'u str) -> Option<&'u str> {
        let rest = url.strip_prefix(&*self.repository)?.strip_prefix('/')?;
        let (view, rest) = rest.split_once('/')?;
        let path = rest.strip_prefix(BRANCH)?.strip_prefix('/')?;
        matches!(view, "blob" | "tree" | "edit").then_some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_links_have_a_path() {
        let urls = ProjectUrls::new("https://git.example/a/b", "https://a.example/b");
        let link = urls.repository_link("blob", "x/y.rs");
        assert_eq!(link, "https://git.example/a/b/blob/main/x/y.rs");
        assert_eq!(urls.repository_path(&link), Some("x/y.rs"));
        assert_eq!(urls.repository_path("https://git.example/a/b/issues/1/2"), None);
        assert_eq!(urls.repository_path("https://git.example/a/bc/blob/main/x"), None);
        assert_eq!(urls.site_root(), "/b/");
    }

    #[test]
    fn manifest_has_both() {
        let urls = ProjectUrls::read().expect("both URLs");
        assert!(urls.site.starts_with("https://") && urls.repository().starts_with("https://"));
    }
}
