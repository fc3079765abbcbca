//! Responses that contain configurations.

use ajo_core::Api;
use ajo_core::rules::Diagnostic;
use http::StatusCode;

use crate::api::authoring::can_deploy::can_deploy;
use crate::api::authoring::config_view::ConfigView;
use crate::api::json_writer::{push_field, push_name};
use crate::api::response::{self, ByteResponse};
use crate::state::config::StoredConfig;
use crate::state::quirks::QuirkSettings;

/// Roughly the length of a response with one configuration, to avoid reallocation.
const TYPICAL_LENGTH: usize = 1024;

/// The response to create and update: the configuration and the result of `canDeploy`.
pub(super) fn save_response(
    api: Api,
    config: &StoredConfig,
    status: &'static str,
    view: &ConfigView<'_>,
    diagnostics: Vec<Diagnostic>,
    quirks: &QuirkSettings,
) -> ByteResponse {
    let base = match api {
        Api::Capping => "/voyager/apis/endpointConfigs/",
        Api::Throttling => "/voyager/apis/throttlingConfigs/",
    };
    let result = can_deploy(api, config, diagnostics, quirks);
    let mut json = String::with_capacity(TYPICAL_LENGTH);
    json.push('{');
    push_name(&mut json, if status == "created" { "createdElement" } else { "updatedElement" });
    view.write(&mut json);
    push_field(&mut json, "uid", &config.uid);
    push_field(&mut json, "uri", &[base, &config.uid].concat());
    push_field(&mut json, "resStatus", status);
    push_name(&mut json, "canDeploy");
    json.push_str(&serde_json::to_string(&result).unwrap_or_default());
    json.push('}');
    response::json_body(StatusCode::OK, json)
}

pub(super) fn get_response(view: &ConfigView<'_>) -> ByteResponse {
    let mut json = String::with_capacity(TYPICAL_LENGTH);
    json.push_str("{\"result\":");
    view.write(&mut json);
    json.push('}');
    response::json_body(StatusCode::OK, json)
}

/// A list, which is incomplete with some variants of the quirk `list_results`.
pub(super) fn list_response<'w>(
    views: impl ExactSizeIterator<Item = ConfigView<'w>> + Clone,
    quirks: &QuirkSettings,
) -> ByteResponse {
    let (count, times) = match quirks.variant("list_results") {
        Some("empty") => (0, 1),
        Some("first_half") => (views.len().div_ceil(2), 1),
        Some("duplicated") => (views.len(), 2),
        _ => (views.len(), 1),
    };
    let mut json = String::with_capacity(TYPICAL_LENGTH);
    json.push_str("{\"results\":[");
    for (index, view) in std::iter::repeat_n(views.take(count), times).flatten().enumerate() {
        if index > 0 {
            json.push(',');
        }
        view.write(&mut json);
    }
    json.push_str("]}");
    response::json_body(StatusCode::OK, json)
}
