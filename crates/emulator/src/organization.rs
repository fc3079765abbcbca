//! What one organization keeps.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::settings::SandboxSettings;

/// An organization: its sandboxes, and its one throttling configuration.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) sandboxes: BTreeMap<String, Sandbox>,
    pub(crate) throttling: Option<Throttling>,
}

/// A sandbox and its capping configurations, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) production: bool,
    pub(crate) capping: Vec<Config>,
}

/// The throttling configuration, and where it was defined.
#[derive(Debug)]
pub(crate) struct Throttling {
    pub(crate) config: Config,
    pub(crate) sandbox_id: String,
    pub(crate) sandbox_name: String,
}

impl Organization {
    pub(crate) fn new(sandboxes: &[SandboxSettings], mut new_id: impl FnMut() -> String) -> Self {
        let sandboxes = sandboxes
            .iter()
            .map(|SandboxSettings { name, production }| {
                let sandbox =
                    Sandbox { id: new_id(), name: name.clone(), production: *production, capping: Vec::new() };
                (name.clone(), sandbox)
            })
            .collect();
        Self { sandboxes, throttling: None }
    }
}
