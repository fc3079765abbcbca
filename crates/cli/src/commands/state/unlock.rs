//! `ajo state unlock`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::time::Duration;

use ajo_core::SandboxName;
use ajo_limits::StateSet;
use ajo_state::StateError;
use ajo_state::protocol::LeaseHolder;

use super::opened_state::{OpenedState, empty_error};
use crate::arguments::{GlobalSettings, UnlockArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::safe_text::safe;
use crate::session::AuthContext;
use crate::{output, prompt};

pub(crate) async fn run(settings: &GlobalSettings, args: &UnlockArgs) -> Result<ExitCode, CommandError> {
    let opened = OpenedState::open(settings, &args.target, None).await?;
    if opened.store.is_file() {
        return Err(StateError::FileHasNoLease { path: opened.location() }.into());
    }
    let Some(organization) = &opened.organization else { return Err(empty_error(&opened.location())) };
    let set =
        if args.throttling { StateSet::Throttling } else { StateSet::Sandbox(find_sandbox(settings, &opened).await?) };
    let sets = opened.store.backend.read_sets(organization, opened.sandbox.as_ref()).await?;
    let status = sets.into_iter().find(|status| status.set == set);
    let Some((epoch, time, holder)) = status.and_then(|status| status.lease) else {
        return Err(StateError::NotHeld { set, held: None }.into());
    };
    if epoch != args.epoch {
        return Err(StateError::NotHeld { set, held: Some(epoch) }.into());
    }
    confirm(args, &set, epoch, time, &holder).await?;
    opened.store.backend.unlock(organization, &set, args.epoch).await?;
    output::print_note(safe!("unlocked {}", set));
    Ok(ExitStatus::Success.into())
}

/// The sandbox in the settings or in the profile, or the only one in the bucket.
async fn find_sandbox(settings: &GlobalSettings, opened: &OpenedState) -> Result<SandboxName, CommandError> {
    if let Some(sandbox) = &opened.sandbox {
        return Ok(sandbox.clone());
    }
    let caller = AuthContext::resolve(settings).await.ok();
    if let Some(profile) = caller.and_then(|caller| caller.profile) {
        return Ok(profile.sandbox);
    }
    let sandbox = |status: ajo_state::SetStatus| match status.set {
        StateSet::Sandbox(sandbox) => Some(sandbox),
        StateSet::Throttling => None,
    };
    let sandboxes: Vec<_> = opened.read_sets().await?.into_iter().filter_map(sandbox).collect();
    match <[_; 1]>::try_from(sandboxes) {
        Ok([only]) => Ok(only),
        Err(several) => {
            let names: Vec<_> = several.iter().map(SandboxName::as_str).collect();
            Err(CommandError::new(format!("choose one of these sandboxes: {}", names.join(", ")))
                .with_hint("pass --sandbox NAME, or --throttling")
                .into_usage_error())
        }
    }
}

/// Shows the holder and the danger, and asks. Fails without a terminal.
async fn confirm(
    args: &UnlockArgs,
    set: &StateSet,
    epoch: u64,
    lease_time: Duration,
    holder: &LeaseHolder,
) -> Result<(), CommandError> {
    output::print_note(safe!("{} is locked by {}", set, holder));
    output::print_note(safe!(
        "if it still runs, it can send requests to the service for up to {} s after the unlock; its lease expires by itself {} s \
         after it stops",
        lease_time.as_secs_f64() / 4.0,
        lease_time.as_secs_f64()
    ));
    if args.yes_arg.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(CommandError::new("there is no terminal to confirm the unlock")
            .with_hint("pass --yes if you are sure that the command does not run")
            .with_exit_status(ExitStatus::Blocked));
    }
    let question = format!("Type the epoch ({epoch}) to unlock");
    let typed = prompt::read_answer(question).await?;
    if typed == epoch.to_string() {
        Ok(())
    } else {
        Err(CommandError::new("the epoch does not match; nothing was changed").with_exit_status(ExitStatus::Blocked))
    }
}
