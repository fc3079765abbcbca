//! Redeploying a capping configuration. The engine decides the calls.

use ajo_engine::{LiveLimit, RedeployCall, RedeployResult, RedeployState, RedeployStep};
use serde_json::{Map, Value};

use crate::object_schema::ORG_ID;
use crate::{
    Api, CallError, CanDeploy, Capping, CappingConfig, ConfigState, HttpTransport, RedeployError, RedeployFailure, Uid,
    ValidationStatus, Verb, object_schema,
};

impl<T: HttpTransport> Capping<'_, T> {
    /// Makes the saved definition live and returns the configuration as read back.
    ///
    /// An update of a deployed configuration takes effect only when it is deployed again. This deploys it without a gap. Only if the
    /// service refuses that or does not act on it, this undeploys and deploys, so that no limit is live in between. `can_deploy` is
    /// always asked first. Nothing is sent but `get` if the saved definition is live already.
    ///
    /// ```no_run
    /// # async fn example(client: ajo_core::Client, uid: ajo_core::Uid, changed: ajo_core::CappingDefinition)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// client.capping().update(&uid, &changed).await?;
    /// let config = client.capping().redeploy(&uid).await?;
    /// println!("{} is live", config.url);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The saved definition is not live at the end. [`RedeployError::live`] says which limit is.
    ///
    /// # Dropping
    ///
    /// If the future is dropped between undeploy and deploy, no limit is live.
    pub async fn redeploy(&self, uid: &Uid) -> Result<CappingConfig, RedeployError> {
        let mut state = RedeployState::default();
        let (mut before, mut current, mut failure) = (None, None, RedeployFailure::NotEffective);
        loop {
            let call = match state.step() {
                RedeployStep::Call(call) => call,
                RedeployStep::Finished(live) => match current {
                    Some(config) if live == LiveLimit::New => return Ok(config),
                    _ => return Err(RedeployError::new(uid.clone(), live, failure)),
                },
            };
            let result = match call {
                RedeployCall::Get => match self.get(uid).response().await {
                    Ok(response) => {
                        let config = response.value;
                        let live = live_limit(&config, before.as_ref());
                        before.get_or_insert_with(|| config.clone());
                        current = Some(config);
                        Ok(RedeployResult::Live(live))
                    }
                    Err(error) => Err(error),
                },
                RedeployCall::CanDeploy => self.can_deploy(uid).response().await.map(|response| {
                    let can_deploy = response.value;
                    if is_deployable(&can_deploy) {
                        return RedeployResult::Done;
                    }
                    failure = RedeployFailure::CannotDeploy(Box::new(can_deploy));
                    RedeployResult::Refused
                }),
                RedeployCall::Deploy => self.deploy(uid).response().await.map(|_| {
                    failure = RedeployFailure::NotEffective;
                    RedeployResult::Done
                }),
                RedeployCall::Undeploy => self.undeploy(uid).response().await.map(|_| RedeployResult::Done),
            };
            state = state.advance(result.unwrap_or_else(|error| {
                let result = RedeployResult::from(&error);
                failure = RedeployFailure::Call(error);
                result
            }));
        }
    }
}

impl From<&CallError> for RedeployResult {
    fn from(error: &CallError) -> Self {
        error.failure().redeploy_result()
    }
}

fn is_deployable(can_deploy: &CanDeploy) -> bool {
    can_deploy.validation_status != Some(ValidationStatus::Error)
}

/// Which limit is live. `before` is the configuration before the first write.
fn live_limit(now: &CappingConfig, before: Option<&CappingConfig>) -> LiveLimit {
    if !now.has_been_deployed.unwrap_or(now.state == Some(ConfigState::Deployed)) {
        return LiveLimit::None;
    }
    // Any change turns the state `deployed` into `updated`.
    let is_updated = now.state != Some(ConfigState::Deployed);
    let deployed_definition = |config: &CappingConfig| {
        config.deployed_config.as_ref().map(|deployed| comparable_definition(&to_json(deployed), is_updated))
    };
    let Some(deployed) = deployed_definition(now) else {
        return if is_updated { LiveLimit::Unknown } else { LiveLimit::New };
    };
    let changed = before.and_then(deployed_definition).is_some_and(|before| before != deployed);
    // The service may normalize a definition when it deploys it, so a changed one is the new one.
    if changed || deployed == comparable_definition(&to_json(now), is_updated) {
        LiveLimit::New
    } else {
        LiveLimit::Old
    }
}

/// The fields of a definition, without the differences between saved and deployed ones that mean nothing. Whether the service
/// returns unknown fields of a deployed definition is unknown.
fn comparable_definition(config: &Map<String, Value>, with_unknown_fields: bool) -> Value {
    let schema = object_schema::request_body(Api::Capping, Verb::Update.as_str()).expect("an update has a body");
    let responses = [&object_schema::CAPPING_CONFIG, &object_schema::DEPLOYED_CAPPING];
    let is_compared = |name: &str| {
        // A published sample of `deployedConfig` has `id` instead of `uid`.
        let is_unknown = name != "id" && responses.iter().all(|response| response.field(name).is_none());
        schema.field(name).map_or(with_unknown_fields && is_unknown, |field| field.name != ORG_ID)
    };
    let fields = config.iter().filter(|(name, _)| is_compared(name));
    let mut definition: Map<String, Value> = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    definition.sort_keys();
    definition.values_mut().for_each(normalize);
    Value::Object(definition)
}

/// The order of methods means nothing, and -1 connections in a deployed definition mean none set (observed).
fn normalize(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null() && *value != -1);
            fields.values_mut().for_each(normalize);
        }
        Value::Array(items) => items.sort_by_key(Value::to_string),
        _ => {}
    }
}

fn to_json(config: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(config) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The npm package has the same cases.
    #[test]
    fn live_limit_is_read_from_the_config() {
        let cases = include_str!("../../../../tests/conformance/live_limit.json");
        let cases: Vec<Value> = serde_json::from_str(cases).expect("cases");
        for case in &cases {
            let config = |name: &str| -> Option<CappingConfig> {
                case.get(name).map(|json| serde_json::from_value(json.clone()).expect("a configuration"))
            };
            let live = match live_limit(&config("now").expect("now"), config("before").as_ref()) {
                LiveLimit::Unknown => "hidden",
                live => live.as_str(),
            };
            assert_eq!(case["live"], live, "{}", case["case"]);
        }
    }
}
