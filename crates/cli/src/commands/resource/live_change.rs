//! Confirms an operation that changes a live limit.

use ajo_core::{Api, CallError, CappingConfig, ThrottlingConfig};
use ajo_limits::{Action, ConfigDefinition, LiveState, ObservedConfig};
use serde_json::Value;

use super::describe::{format_live_capping, format_live_throttling, format_throughput, join_limits};
use crate::command_error::CommandError;
use crate::confirm::Confirmation;
use crate::exit_status::ExitStatus;
use crate::safe_text::{SafeText, safe};
use crate::session::ClientSession;

/// The effect of a change of the throttling configuration.
pub(super) const LIVE_AT_ONCE: &str = "; the change is live at once, in all sandboxes";

/// A configuration of either API.
pub(super) trait LimitConfig: PartialEq {
    const API: Api;

    fn observe(&self) -> ObservedConfig;
    fn format_saved(&self) -> SafeText;
    fn format_live(&self) -> SafeText;
}

impl LimitConfig for CappingConfig {
    const API: Api = Api::Capping;

    fn observe(&self) -> ObservedConfig {
        self.into()
    }

    fn format_saved(&self) -> SafeText {
        join_limits(self.services.as_ref())
    }

    fn format_live(&self) -> SafeText {
        format_live_capping(self)
    }
}

impl LimitConfig for ThrottlingConfig {
    const API: Api = Api::Throttling;

    fn observe(&self) -> ObservedConfig {
        self.into()
    }

    fn format_saved(&self) -> SafeText {
        format_throughput(self.max_throughput)
    }

    fn format_live(&self) -> SafeText {
        format_live_throttling(self)
    }
}

/// The confirmation of a change by this API, if it needs one. A throttling configuration limits all sandboxes.
pub(super) async fn confirmation(session: &ClientSession, api: Api, yes: bool) -> Option<Confirmation> {
    match api {
        Api::Capping => Confirmation::for_sandbox(&session.type_reader, yes).await,
        Api::Throttling => Confirmation::for_all_sandboxes(&session.type_reader, yes),
    }
}

/// Shows the change and asks for a confirmation, if a live limit changes. Fails if someone changes the configuration meanwhile.
/// `definition` is the new one of an update. Without a confirmation, nothing is read.
pub(super) async fn confirm<C: LimitConfig>(
    session: &ClientSession,
    yes: bool,
    action: Action,
    definition: Option<Value>,
    get: impl AsyncFn() -> Result<C, CallError>,
) -> Result<(), CommandError> {
    let Some(confirmation) = confirmation(session, C::API, yes).await else { return Ok(()) };
    let config = get().await?;
    let observed = config.observe();
    if !changes_limit(&observed, action) {
        return Ok(());
    }
    let effect = describe_effect(&config, action);
    confirmation.ask(describe(&config, action, definition.as_ref(), &effect)).await?;
    check_unchanged(&config, &get().await?)
}

/// Whether the live limit changes.
fn changes_limit(observed: &ObservedConfig, action: Action) -> bool {
    let is_live = observed.deploy_state.live != LiveState::NotDeployed;
    match action {
        Action::Deploy => !observed.is_live_as_saved(),
        // It fails if nothing is deployed.
        Action::Redeploy => is_live && !observed.is_live_as_saved(),
        Action::Create | Action::Update | Action::Undeploy | Action::Delete => is_live,
    }
}

/// What becomes of the live limit.
fn describe_effect<C: LimitConfig>(config: &C, action: Action) -> SafeText {
    match (action, C::API) {
        (Action::Deploy | Action::Redeploy, _) => safe!(" -> {}", config.format_saved()),
        (Action::Create | Action::Update, Api::Capping) => ", until it is deployed again".into(),
        (Action::Create | Action::Update, Api::Throttling) => LIVE_AT_ONCE.into(),
        (Action::Undeploy | Action::Delete, _) => " -> none".into(),
    }
}

/// The change in lines: the configuration, the changed fields, and the live limit with the effect on it.
pub(super) fn describe<C: LimitConfig>(
    config: &C,
    action: Action,
    definition: Option<&Value>,
    effect: &SafeText,
) -> SafeText {
    let observed = config.observe();
    let mut lines = vec![safe!("{} {} {}", action.symbol(), action, observed.key()), safe!("  uid: {}", observed.uid)];
    let saved = &observed.deploy_state.saved;
    if let Some(definition) = definition.and_then(|json| ConfigDefinition::from_json(saved.api(), json)) {
        lines.extend(saved.diffs(&definition).iter().map(|diff| {
            let value = |value: &Value| if value.is_null() { "not set".to_owned() } else { value.to_string() };
            safe!("  {}: {} -> {}", diff.field, value(&diff.before), value(&diff.after))
        }));
    }
    lines.push(safe!("  live: {}{}", config.format_live(), effect));
    SafeText::join_lines(lines)
}

/// Fails if someone changed the configuration during the confirmation.
pub(super) fn check_unchanged<C: PartialEq>(before: &C, now: &C) -> Result<(), CommandError> {
    if before == now {
        return Ok(());
    }
    Err(CommandError::new("someone changed the configuration meanwhile; nothing was sent")
        .with_hint("run the command again")
        .with_exit_status(ExitStatus::Stale))
}
