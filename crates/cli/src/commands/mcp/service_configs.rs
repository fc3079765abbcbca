//! The tools `list` and `get`.

use ajo_apply::ServiceReader;
use ajo_core::{Api, Uid};
use ajo_limits::ObservedConfig;
use ajo_mcp::arguments::{GetArguments, LimitKind, ListArguments};
use serde_json::{Value, json};

use crate::arguments::ListArgs;
use crate::command_error::CommandError;
use crate::commands::resource::{choose, deploy_state, matches};

/// The number of configurations of a page.
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;

/// A page of the configurations that pass the filters.
pub(super) async fn list(
    reader: &ServiceReader,
    arguments: &ListArguments,
    filters: &ListArgs,
) -> Result<Value, CommandError> {
    let limit = arguments.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(CommandError::new(format!("`limit` must be from 1 to {MAX_LIMIT}")).into_usage_error());
    }
    let mut configs = read_list(reader, arguments.api).await?;
    configs.retain(|config| matches(filters, config));
    let total = configs.len();
    let page: Vec<Value> = configs.iter().skip(arguments.offset).take(limit).map(summarize).collect();
    Ok(json!({ "total": total, "offset": arguments.offset, "configurations": page }))
}

/// One configuration with all fields.
pub(super) async fn get(reader: &ServiceReader, arguments: &GetArguments) -> Result<Value, CommandError> {
    let config = match (&arguments.uid, &arguments.url) {
        (Some(uid), None) => find_uid(reader, arguments.api, uid).await?,
        (None, Some(url)) => choose(arguments.api.map(to_api), Some(url), read_list(reader, arguments.api).await?)?,
        _ => return Err(CommandError::new("pass either `uid` or `url`").into_usage_error()),
    };
    let mut fields = json!(config);
    fields["api"] = json!(config.key().api.to_string());
    Ok(fields)
}

async fn read_list(reader: &ServiceReader, api: Option<LimitKind>) -> Result<Vec<ObservedConfig>, CommandError> {
    let observed = match api {
        Some(api) => reader.list(to_api(api)).await?,
        None => reader.observe(false, &[]).await?,
    };
    Ok(observed.configs)
}

async fn find_uid(reader: &ServiceReader, api: Option<LimitKind>, uid: &str) -> Result<ObservedConfig, CommandError> {
    let parsed: Uid = uid.parse().map_err(|error: ajo_core::UidError| CommandError::new(error.to_string()))?;
    let apis = api.map_or(vec![Api::Capping, Api::Throttling], |api| vec![to_api(api)]);
    for api in apis {
        if let Some(found) = reader.get(api, &parsed).await? {
            return Ok(found);
        }
    }
    Err(CommandError::new(format!("no configuration has the uid {parsed}")).with_hint("the tool `list` shows the uids"))
}

fn summarize(config: &ObservedConfig) -> Value {
    let key = config.key();
    json!({
        "api": key.api.to_string(),
        "uid": config.uid,
        "url": key.url,
        "methods": key.methods,
        "deployState": deploy_state(config).as_str(),
        "limit": config.deploy_state.limit_summary(),
        "lastModifiedAt": config.last_modified_at,
        "lastModifiedBy": config.last_modified_by,
    })
}

const fn to_api(kind: LimitKind) -> Api {
    match kind {
        LimitKind::Capping => Api::Capping,
        LimitKind::Throttling => Api::Throttling,
    }
}
