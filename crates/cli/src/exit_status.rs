//! Exit codes.

use std::process::ExitCode;

/// Exit codes of `ajo`, stable for scripts. `ajo emulator exec` exits with the code of its child instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExitStatus {
    /// 0: success.
    Success,
    /// 1: the command failed, or `can-deploy` found errors.
    Failure,
    /// 2: `drift` found drift, or `plan --exit-code` found changes to make.
    Changes,
    /// 3: no credentials, no token, or no permission.
    Authentication,
    /// 4: `apply` completed only part of the plan.
    Partial,
    /// 5: `apply` was cancelled and can be resumed.
    Cancelled,
    /// 6: the plan is stale, or another apply holds the lock.
    Stale,
    /// 7: a safety check or the policy blocked the command.
    Blocked,
    /// 8: `simulate --expect`: the result does not meet an expectation.
    Unexpected,
    /// 64: usage error; nothing was done (`EX_USAGE` in sysexits.h).
    Usage,
}

impl ExitStatus {
    pub(crate) const ALL: [Self; 10] = [
        Self::Success,
        Self::Failure,
        Self::Changes,
        Self::Authentication,
        Self::Partial,
        Self::Cancelled,
        Self::Stale,
        Self::Blocked,
        Self::Unexpected,
        Self::Usage,
    ];

    /// The numeric exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Changes => 2,
            Self::Authentication => 3,
            Self::Partial => 4,
            Self::Cancelled => 5,
            Self::Stale => 6,
            Self::Blocked => 7,
            Self::Unexpected => 8,
            Self::Usage => 64,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(exit: ExitStatus) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_errors_exit_with_64() {
        assert_eq!(ExitStatus::Usage.code(), 64);
    }
}
