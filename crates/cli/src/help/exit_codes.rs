//! `ajo help exit-codes`.

use crate::exit_status::ExitStatus;

/// The text of the topic.
pub(crate) fn exit_codes_text() -> String {
    let rows: String =
        ExitStatus::ALL.iter().map(|status| format!("  {:>2}  {}\n", status.code(), explain(*status))).collect();
    format!(
        "Exit codes of every command\n\n{rows}\n`ajo emulator exec` exits with the code of the command that it runs.\n"
    )
}

/// When a command exits with this code.
pub(crate) const fn explain(status: ExitStatus) -> &'static str {
    match status {
        ExitStatus::Success => "success, or nothing to do",
        ExitStatus::Failure => "the command failed, or a file is invalid",
        ExitStatus::Changes => "`drift` found differences, or `plan --exit-code` found changes",
        ExitStatus::Authentication => "no credentials, no token, or no permission; see `ajo doctor`",
        ExitStatus::Partial => "`apply` completed only part of the plan; see `ajo apply --resume`",
        ExitStatus::Cancelled => "`apply` was cancelled; see `ajo apply --resume`",
        ExitStatus::Stale => "the plan is stale, or another command holds the lock",
        ExitStatus::Blocked => "blocked by a safety check, a policy, or a missing confirmation",
        ExitStatus::Unexpected => "an `--expect` of `simulate` failed, or the goals of `size` are impossible",
        ExitStatus::Usage => "usage error; nothing was done",
    }
}
