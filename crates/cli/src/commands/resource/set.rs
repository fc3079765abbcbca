//! `ajo capping set` and `ajo throttling set`: change numbers of one configuration and make them live.

use std::process::ExitCode;

use ajo_core::rules::Severity;
use ajo_core::{Api, CappingDefinition, LiveLimit, ServiceLimit, ThrottlingDefinition};
use ajo_engine::{LimitChange, ServiceSelectionError, select_service};
use ajo_limits::{Action, ConfigDefinition, LiveState, ObservedConfig};
use ajo_simulator::ServiceType;
use serde_json::Value;

use super::describe::{format_live_capping, format_live_throttling};
use super::live_change::{self, LIVE_AT_ONCE, LimitConfig, check_unchanged};
use super::print::print_live;
use super::target;
use crate::arguments::{GlobalSettings, SetCappingArgs, SetThrottlingArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::{SafeText, safe};
use crate::session::ClientSession;

pub(super) async fn capping(settings: &GlobalSettings, args: SetCappingArgs) -> Result<ExitCode, CommandError> {
    let session = ClientSession::connect(settings).await?;
    let api = session.client.capping();
    let uid = target::find_uid(&session.client, Api::Capping, Some(args.target_arg.target.clone())).await?;
    let config = api.get(&uid).await?;
    let mut definition = CappingDefinition::try_from(&config).map_err(|error| CommandError::new(error.to_string()))?;
    change_capping(&mut definition, &args)?;
    let observed = ObservedConfig::from(&config);
    let json = serde_json::to_value(&definition).unwrap_or_default();
    let saved = &observed.deploy_state.saved;
    let new = ConfigDefinition::from_json(Api::Capping, &json);
    let changed = new.as_ref().is_none_or(|new| !saved.diffs(new).is_empty());
    let steps = LimitChange::new(changed, live_limit(&observed.deploy_state.live));
    if !steps.update && !steps.redeploy {
        output::print_note("nothing to change: the saved definition has these values; nothing was sent");
        print_live(settings.output, &config, &format_live_capping(&config))?;
        return Ok(ExitStatus::Success.into());
    }
    check_rules(Api::Capping, &json)?;
    let (action, effect) = match steps {
        LimitChange { redeploy: false, .. } => (Action::Update, "; it stays undeployed".into()),
        LimitChange { update: false, .. } => (Action::Redeploy, safe!(" -> {}", config.format_saved())),
        _ => (Action::Update, "; it is redeployed".into()),
    };
    let change = live_change::describe(&config, action, Some(&json), &effect);
    if confirm(&session, Api::Capping, args.yes_arg.yes || !steps.redeploy, change).await? {
        check_unchanged(&config, &api.get(&uid).await?)?;
    }
    if steps.update {
        api.update(&uid, &definition).await?;
    }
    let now = if steps.redeploy {
        api.redeploy(&uid).await?
    } else {
        let sandbox = session.type_reader.sandbox();
        output::print_note(safe!(
            "note: it is not deployed; deploy it with: ajo capping deploy {} --sandbox {}",
            uid,
            sandbox
        ));
        api.get(&uid).await?
    };
    let before = match &observed.deploy_state.live {
        LiveState::Differs(live) => live,
        _ => saved,
    };
    if let Some(options) = new.and_then(|new| undo_options(before, &new, args.service.is_some())) {
        output::print_note(safe!(
            "undo: ajo capping set {}{} --sandbox {}",
            uid,
            options,
            session.type_reader.sandbox()
        ));
    }
    print_live(settings.output, &now, &format_live_capping(&now))?;
    Ok(ExitStatus::Success.into())
}

pub(super) async fn throttling(settings: &GlobalSettings, args: SetThrottlingArgs) -> Result<ExitCode, CommandError> {
    let session = ClientSession::connect(settings).await?;
    let api = session.client.throttling();
    let uid = target::find_uid(&session.client, Api::Throttling, args.target).await?;
    let config = api.get(&uid).await?;
    let mut definition =
        ThrottlingDefinition::try_from(&config).map_err(|error| CommandError::new(error.to_string()))?;
    let before = definition.max_throughput;
    definition.max_throughput = args.max_throughput;
    let mut now = config;
    if before == args.max_throughput {
        output::print_note("nothing to change: the saved definition has this value; nothing was sent");
    } else {
        let json = serde_json::to_value(&definition).unwrap_or_default();
        check_rules(Api::Throttling, &json)?;
        let is_deployed = ObservedConfig::from(&now).deploy_state.is_deployed();
        let effect = if is_deployed { LIVE_AT_ONCE } else { "; it stays undeployed" };
        let change = live_change::describe(&now, Action::Update, Some(&json), &effect.into());
        if confirm(&session, Api::Throttling, args.yes_arg.yes || !is_deployed, change).await? {
            check_unchanged(&now, &api.get(&uid).await?)?;
        }
        api.update(&uid, &definition).await?;
        now = api.get(&uid).await?;
        if now.max_throughput != Some(args.max_throughput) {
            let found = now.max_throughput.map_or_else(|| "no limit".to_owned(), |calls| format!("{calls} calls/s"));
            return Err(CommandError::new(format!("the update succeeded, but the service returns {found}"))
                .with_hint(format!("see `ajo throttling get {uid}`; someone else may have changed it")));
        }
        let sandbox = session.type_reader.sandbox();
        output::print_note(safe!("undo: ajo throttling set {} --max-throughput {} --sandbox {}", uid, before, sandbox));
    }
    print_live(settings.output, &now, &format_live_throttling(&now))?;
    Ok(ExitStatus::Success.into())
}

/// Changes the numbers of one service.
fn change_capping(definition: &mut CappingDefinition, args: &SetCappingArgs) -> Result<(), CommandError> {
    let limit = find_service(definition, args.service)?;
    limit.rating.max_calls_count = args.max_calls.unwrap_or(limit.rating.max_calls_count);
    limit.rating.period_in_ms = args.period.unwrap_or(limit.rating.period_in_ms);
    limit.max_http_connections = args.max_connections.or(limit.max_http_connections);
    Ok(())
}

/// The options of the `set` that restores a definition. `None` if more than the numbers of one service differ.
fn undo_options(before: &ConfigDefinition, now: &ConfigDefinition, name_service: bool) -> Option<String> {
    let mut options = Vec::new();
    let mut changed = None;
    for diff in now.diffs(before) {
        let (service, field) = diff.field.strip_prefix("services.")?.split_once('.')?;
        if changed.get_or_insert_with(|| service.to_owned()) != service {
            return None;
        }
        let number = diff.after.as_i64()?;
        let (option, unit) = match field {
            "rating.maxCallsCount" => ("max-calls", ""),
            "rating.periodInMs" => ("period", "ms"),
            "maxHttpConnections" => ("max-connections", ""),
            _ => return None,
        };
        options.push(format!(" --{option} {number}{unit}"));
    }
    options.extend(changed.filter(|_| name_service).map(|service| format!(" --service {}", option_value(&service))));
    Some(options.concat())
}

/// The value of `--service` for a service.
fn option_value(service: &str) -> &str {
    if service == ServiceType::DataSource.as_str() { "data-source" } else { service }
}

/// The named service, or the only one.
fn find_service(
    definition: &mut CappingDefinition,
    wanted: Option<ServiceType>,
) -> Result<&mut ServiceLimit, CommandError> {
    let services = &mut definition.services;
    let all =
        [(ServiceType::Action, services.action.as_mut()), (ServiceType::DataSource, services.data_source.as_mut())];
    let limits: Vec<_> = all.into_iter().filter_map(|(service, limit)| Some((service, limit?))).collect();
    let present: Vec<_> = limits.iter().map(|(service, _)| service.as_str()).collect();
    let selected = select_service(wanted.map(ServiceType::as_str), &present).map_err(|error| {
        let failure = CommandError::new(error.to_string());
        if error == ServiceSelectionError::NoLimit {
            return failure;
        }
        let options: Vec<_> = present.iter().map(|name| format!("--service {}", option_value(name))).collect();
        failure.with_hint(format!("pass {}", options.join(" or "))).into_usage_error()
    })?;
    let found = limits.into_iter().find(|(service, _)| service.as_str() == selected);
    Ok(found.expect("a service with a limit").1)
}

fn live_limit(live: &LiveState) -> LiveLimit {
    match live {
        LiveState::SameAsSaved => LiveLimit::New,
        LiveState::Differs(_) => LiveLimit::Old,
        LiveState::NotDeployed => LiveLimit::None,
        LiveState::Unknown => LiveLimit::Unknown,
    }
}

/// Prints the findings, and fails if the definition violates a rule of the service.
fn check_rules(api: Api, definition: &Value) -> Result<(), CommandError> {
    let (errors, others): (Vec<_>, Vec<_>) =
        api.validate(definition).into_iter().partition(|found| found.severity == Severity::Error);
    if let Some(found) = errors.first() {
        return Err(CommandError::new(format!("{} ({}); nothing was sent", found.message, found.code)));
    }
    for found in others {
        output::print_note(safe!("{}[{}]: {}", found.severity.as_str(), found.code, found.message));
    }
    Ok(())
}

/// Shows the change, and asks for a confirmation if it needs one. Returns whether it asked.
async fn confirm(session: &ClientSession, api: Api, yes: bool, change: SafeText) -> Result<bool, CommandError> {
    let Some(confirmation) = live_change::confirmation(session, api, yes).await else {
        output::print_note(change);
        return Ok(false);
    };
    confirmation.ask(change).await.map(|()| true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::arguments::{CappingCommand, CliArgs, Command};

    fn args(arguments: &[&str]) -> SetCappingArgs {
        use clap::Parser as _;
        let arguments = ["ajo", "capping", "set", "u-1"].iter().chain(arguments);
        match CliArgs::try_parse_from(arguments).expect("arguments").command {
            Command::Capping(CappingCommand::Set(args)) => args,
            _ => panic!("another command"),
        }
    }

    fn definition(services: &[&str]) -> CappingDefinition {
        let limit = json!({"rating": {"maxCallsCount": 500, "periodInMs": 1000}});
        let services: serde_json::Map<_, _> = services.iter().map(|name| ((*name).to_owned(), limit.clone())).collect();
        serde_json::from_value(
            json!({"url": "https://a.example/*", "methods": ["GET"], "services": services, "extra": {"x": 1}}),
        )
        .expect("a definition")
    }

    #[test]
    fn only_given_numbers_change() {
        let before = definition(&["action"]);
        let mut changed = before.clone();
        change_capping(&mut changed, &args(&["--max-calls", "300", "--max-connections", "9"])).expect("one");
        let limit = changed.services.action.as_mut().expect("a limit");
        let numbers = (limit.rating.max_calls_count, limit.rating.period_in_ms, limit.max_http_connections);
        assert_eq!(numbers, (300, 1000, Some(9)));
        limit.max_http_connections = None;
        change_capping(&mut changed, &args(&["--max-calls", "500", "--period", "1s"])).expect("one");
        assert_eq!(changed, before);
    }

    #[test]
    fn service_must_be_clear() {
        let failure = |services: &[&str], arguments: &[&str]| {
            let error = change_capping(&mut definition(services), &args(arguments)).expect_err("unclear");
            (error.to_string(), error.exit_status().code())
        };
        let calls = ["--max-calls", "1"];
        let both = "the configuration limits action and dataSource".to_owned();
        assert_eq!(failure(&["action", "dataSource"], &calls), (both, 64));
        let other = "the configuration has no limit for dataSource; it limits action".to_owned();
        assert_eq!(failure(&["action"], &[&calls[..], &["--service", "dataSource"]].concat()), (other, 64));
        assert_eq!(failure(&[], &calls), ("the configuration has no limit to change".to_owned(), 1));
        let mut changed = definition(&["action", "dataSource"]);
        change_capping(&mut changed, &args(&[&calls[..], &["--service", "data-source"]].concat())).expect("one");
        assert_eq!(changed.services.data_source.map(|limit| limit.rating.max_calls_count), Some(1));
        assert_eq!(changed.services.action.map(|limit| limit.rating.max_calls_count), Some(500));
    }
}
