//! Answers questions about `setRating`, with the decisions of the command `ajo capping set`.

use ajo_core::rules::Severity;
use ajo_core::{Api, CallOptions, CappingDefinition, Client, LiveLimit, Uid};
use ajo_engine::{LimitChange, select_service};
use ajo_limits::{LiveState, ObservedConfig};
use serde_json::{Value, json};

use crate::call::poll_once;
use crate::client;
use crate::question::{CallQuestion, Rating};
use crate::transport::ScriptedTransport;

/// Why nothing or not everything was changed, in the words of the package: `INVALID`, or an error of a call.
type Problem = &'static str;

pub(crate) fn answer(question: &CallQuestion, rating: &Rating) -> Value {
    let (client, script) = client::build(question).unwrap_or_else(|error| wasm_bindgen::throw_str(&error.to_string()));
    let client = client.with_options(CallOptions::default().attempts(1));
    let uid = question.uid.as_deref().and_then(|uid| uid.parse().ok()).expect("a valid uid");
    let result = poll_once(set_rating(&client, &uid, rating));
    let key = |value: &Value, name: &str| value.get(name).cloned();
    let sent = script
        .take_record()
        .into_iter()
        .map(|request| json!([key(&request, "method"), key(&request, "url"), body(&request)]));
    json!({"sent": sent.collect::<Value>(), "problem": result.err()})
}

/// The body as JSON, because its fields have no order.
fn body(request: &Value) -> Option<Value> {
    serde_json::from_str(request["body"].as_str()?).ok()
}

async fn set_rating(client: &Client<ScriptedTransport>, uid: &Uid, rating: &Rating) -> Result<(), Problem> {
    let api = client.capping();
    let config = api.get(uid).response().await.map_err(|_| "call")?.value;
    let mut definition = CappingDefinition::try_from(&config).map_err(|_| "call")?;
    let services = &mut definition.services;
    let limits = [("action", services.action.as_mut()), ("dataSource", services.data_source.as_mut())];
    let limits: Vec<_> = limits.into_iter().filter_map(|(name, limit)| Some((name, limit?))).collect();
    let present: Vec<_> = limits.iter().map(|(name, _)| *name).collect();
    let selected = select_service(rating.service.as_deref(), &present).map_err(|_| "INVALID")?;
    let (_, limit) = limits.into_iter().find(|(name, _)| *name == selected).expect("a selected service");
    let before = (limit.rating.max_calls_count, limit.rating.period_in_ms);
    (limit.rating.max_calls_count, limit.rating.period_in_ms) = (rating.max_calls_count, rating.period_in_ms);
    let live = match ObservedConfig::from(&config).deploy_state.live {
        LiveState::SameAsSaved => LiveLimit::New,
        LiveState::Differs(_) => LiveLimit::Old,
        LiveState::NotDeployed => LiveLimit::None,
        LiveState::Unknown => LiveLimit::Unknown,
    };
    let steps = LimitChange::new(before != (rating.max_calls_count, rating.period_in_ms), live);
    if !steps.update && !steps.redeploy {
        return Ok(());
    }
    let checked = serde_json::to_value(&definition).expect("a definition is JSON");
    if Api::Capping.validate(&checked).iter().any(|found| found.severity == Severity::Error) {
        return Err("INVALID");
    }
    if steps.update {
        api.update(uid, &definition).response().await.map_err(|_| "call")?;
    }
    if steps.redeploy {
        api.redeploy(uid).await.map_err(|_| "call")?;
    } else {
        api.get(uid).response().await.map_err(|_| "call")?;
    }
    Ok(())
}
