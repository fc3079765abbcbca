//! All configurations of an organization, the saved definition next to the deployed one.

use serde_json::{Value, json};

use crate::state::config::Config;
use crate::state::organization::Organization;

/// Most configurations in one answer, unless it is said otherwise. Chosen here: more than anybody reads.
const USUAL: usize = 200;

/// Configurations of an organization, in the order of their creation: throttling, then capping by sandbox.
///
/// `find` keeps those whose uid or URL has this text in it; no more than `limit` are shown, of which `total` counts all.
pub(super) fn list(organization: &Organization, find: Option<&str>, limit: Option<usize>) -> Value {
    let throttling = organization.store.throttling.iter().map(|it| ("throttling", &it.sandbox_name, &it.config));
    let capping = organization
        .store
        .sandboxes
        .iter()
        .flat_map(|sandbox| sandbox.capping.values().map(|config| ("capping", &sandbox.name, config)));
    let wanted = |config: &Config| find.is_none_or(|text| has(config, text));
    let (mut shown, mut total) = (Vec::new(), 0_usize);
    for (api, sandbox, config) in throttling.chain(capping).filter(|(_, _, config)| wanted(config)) {
        total += 1;
        if shown.len() < limit.unwrap_or(USUAL) {
            shown.push(show(api, sandbox, config));
        }
    }
    json!({"configs": shown, "total": total})
}

fn has(config: &Config, text: &str) -> bool {
    let definition = config.definition.parse();
    let in_definition = |name| definition.get(name).and_then(Value::as_str).is_some_and(|it| it.contains(text));
    config.uid.contains(text) || in_definition("url") || in_definition("urlPattern")
}

/// The definitions are shown as they were sent: what the service adds to them in its answers would only differ in itself.
fn show(api: &str, sandbox: &str, config: &Config) -> Value {
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
