//! The responses that have configurations in them.

use ajo_core::Api;
use ajo_core::rules::Finding;
use http::StatusCode;

use crate::api::authoring::can_deploy::can_deploy;
use crate::api::authoring::config_view::ConfigView;
use crate::api::json_text::{push_field, push_name};
use crate::api::response::{self, Answer};
use crate::state::config::Config;
use crate::state::quirks::Switches;

/// About as long as the response with one configuration, so that it need not grow.
const USUAL_LENGTH: usize = 1024;

/// The response to create and update: the configuration with its verdict.
pub(super) fn envelope(
    api: Api,
    config: &Config,
    status: &'static str,
    shown: &ConfigView<'_>,
    findings: Vec<Finding>,
    switches: &Switches,
) -> Answer {
    let base = match api {
        Api::Capping => "/voyager/apis/endpointConfigs/",
        Api::Throttling => "/voyager/apis/throttlingConfigs/",
    };
    let verdict = can_deploy(api, config, findings, switches);
    let mut json = String::with_capacity(USUAL_LENGTH);
    json.push('{');
    push_name(&mut json, if status == "created" { "createdElement" } else { "updatedElement" });
    shown.write(&mut json);
    push_field(&mut json, "uid", &config.uid);
    push_field(&mut json, "uri", &[base, &config.uid].concat());
    push_field(&mut json, "resStatus", status);
    push_name(&mut json, "canDeploy");
    json.push_str(&serde_json::to_string(&verdict).unwrap_or_default());
    json.push('}');
    response::json_text(StatusCode::OK, json)
}

/// The response to get.
pub(super) fn one(shown: &ConfigView<'_>) -> Answer {
    let mut json = String::with_capacity(USUAL_LENGTH);
    json.push_str("{\"result\":");
    shown.write(&mut json);
    json.push('}');
    response::json_text(StatusCode::OK, json)
}

/// The response to list.
pub(super) fn list<'w>(shown: impl Iterator<Item = ConfigView<'w>>) -> Answer {
    let mut json = String::with_capacity(USUAL_LENGTH);
    json.push_str("{\"results\":[");
    for (index, shown) in shown.enumerate() {
        if index > 0 {
            json.push(',');
        }
        shown.write(&mut json);
    }
    json.push_str("]}");
    response::json_text(StatusCode::OK, json)
}
