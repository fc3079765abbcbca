//! Addresses of guides on the documentation site, for help and hints.

/// The address of a page of the site, such as `guide_url!("authentication")` for `docs/authentication.md`.
macro_rules! guide_url {
    ($page:literal) => {
        concat!(env!("CARGO_PKG_HOMEPAGE"), $page, ".html")
    };
}

pub(crate) use guide_url;
