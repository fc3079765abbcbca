//! Confirmations of changes to live limits in production sandboxes.

use std::io::{self, IsTerminal as _};

use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::safe_text::{SafeText, safe};
use crate::sandbox_type::{SandboxKind, SandboxType, SandboxTypeReader};
use crate::{output, prompt};

/// A confirmation that a change needs.
pub(crate) struct Confirmation {
    sandbox: String,
    /// Why the change needs it.
    reason: String,
}

impl Confirmation {
    /// For a change of this sandbox. `None` with `--yes`, in the emulator in this process, and in a development sandbox.
    pub(crate) async fn for_sandbox(types: &SandboxTypeReader, yes: bool) -> Option<Self> {
        Self::for_files(types, yes, None).await
    }

    /// For a change of this sandbox. The limits files say whether it is a production sandbox: `true` is trusted, and `false` is
    /// verified.
    pub(crate) async fn for_files(types: &SandboxTypeReader, yes: bool, production: Option<bool>) -> Option<Self> {
        let sandbox = types.sandbox();
        if !is_possible(types, yes) {
            return None;
        }
        if production == Some(true) {
            return Some(Self::new(types, format!("the limits files say that {sandbox} is a production sandbox")));
        }
        Some(Self::new(
            types,
            match types.read().await {
                SandboxType::Known(SandboxKind::Development, _) => return None,
                SandboxType::Known(SandboxKind::Production, _) if production == Some(false) => {
                    format!("{sandbox} is a production sandbox, although a limits file says `production: false`")
                }
                SandboxType::Known(SandboxKind::Production, _) => format!("{sandbox} is a production sandbox"),
                SandboxType::Unknown(reason) => format!("{sandbox} is treated as a production sandbox: {reason}"),
            },
        ))
    }

    /// For a change of the throttling configuration, which limits all sandboxes. So the type of this one does not matter.
    pub(crate) fn for_all_sandboxes(types: &SandboxTypeReader, yes: bool) -> Option<Self> {
        let reason = "the throttling configuration applies to all sandboxes, including production".to_owned();
        is_possible(types, yes).then(|| Self::new(types, reason))
    }

    /// For a change at another service than the one of the base URL, so that its sandboxes are unknown. `None` with `--yes`.
    pub(crate) fn for_other_service(types: &SandboxTypeReader, yes: bool) -> Option<Self> {
        let reason =
            "the sandbox is treated as a production sandbox: the request goes to another host than the base URL"
                .to_owned();
        (!yes).then(|| Self::new(types, reason))
    }

    fn new(types: &SandboxTypeReader, reason: String) -> Self {
        Self { sandbox: types.sandbox().to_owned(), reason }
    }

    /// Shows the changes and asks for the name of the sandbox. Fails without a terminal, and for another name.
    pub(crate) async fn ask(&self, changes: SafeText) -> Result<(), CommandError> {
        let Self { sandbox, reason } = self;
        output::print_note(changes);
        if !io::stdin().is_terminal() {
            let problem = format!("{reason}; there is no terminal to confirm the changes");
            return Err(CommandError::new(problem)
                .with_hint("review the changes, then pass --yes")
                .with_exit_status(ExitStatus::Blocked));
        }
        output::print_note(safe!("note: {}", reason));
        let question = format!("Type the name of the sandbox ({sandbox}) to apply these changes");
        match prompt::read_answer(question).await {
            Ok(typed) if typed == *sandbox => Ok(()),
            Ok(_) => {
                Err(CommandError::new("the name does not match; nothing was changed")
                    .with_exit_status(ExitStatus::Blocked))
            }
            Err(failure) => {
                Err(CommandError::new(format!("{failure}; nothing was changed")).with_exit_status(ExitStatus::Blocked))
            }
        }
    }
}

/// Whether a change can need a confirmation. The emulator in this process is never production.
fn is_possible(types: &SandboxTypeReader, yes: bool) -> bool {
    !yes && !types.is_own_emulator()
}
