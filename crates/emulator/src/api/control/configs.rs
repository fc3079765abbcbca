//! Lists the configurations of an organization, with saved and deployed definitions.

use serde_json::{Value, json};

use crate::state::config::StoredConfig;
use crate::state::organization::Organization;

/// Default for `limit`.
const DEFAULT_LIMIT: usize = 200;

/// Lists the throttling configuration, then capping configurations by sandbox in the order they were created.
///
/// `find` selects by a substring of the uid or URL. At most `limit` are returned; `total` counts all matches.
pub(super) fn list(organization: &Organization, find: Option<&str>, limit: Option<usize>) -> Value {
    let throttling = organization.store.throttling.iter().map(|it| ("throttling", &it.sandbox_name, &it.config));
    let capping = organization
        .store
        .sandboxes
        .iter()
        .flat_map(|sandbox| sandbox.capping.values().map(|config| ("capping", &sandbox.name, config)));
    let wanted = |config: &StoredConfig| find.is_none_or(|text| matches(config, text));
    let (mut views, mut total) = (Vec::new(), 0_usize);
    for (api, sandbox, config) in throttling.chain(capping).filter(|(_, _, config)| wanted(config)) {
        total += 1;
        if views.len() < limit.unwrap_or(DEFAULT_LIMIT) {
            views.push(show(api, sandbox, config));
        }
    }
    json!({"configs": views, "total": total})
}

fn matches(config: &StoredConfig, text: &str) -> bool {
    let definition = config.definition.parse();
    let in_definition = |name| definition.get(name).and_then(Value::as_str).is_some_and(|it| it.contains(text));
    config.uid.contains(text) || in_definition("url") || in_definition("urlPattern")
}

/// Definitions are shown without the fields that the service adds in its responses.
fn show(api: &str, sandbox: &str, config: &StoredConfig) -> Value {
    json!({
        "api": api,
        "sandbox": sandbox,
        "uid": config.uid,
        "state": config.state.as_str(),
        "saved": config.definition,
        "deployed": config.deployed,
        "differs": config.deployed.as_ref().is_some_and(|deployed| *deployed != config.definition),
        "metadata": config.metadata(),
    })
}
