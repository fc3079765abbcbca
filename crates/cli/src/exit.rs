//! Exit codes.

use std::process::ExitCode;

/// With which code `ajo` ends. Scripts may rely on them. `ajo emulator exec` ends with the code of its child instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// 0: it did what was asked.
    Success,
    /// 1: it failed, or `can-deploy` says no.
    Failure,
    /// 2: `drift`, or `plan --exit-code`, found something that is not as the files say.
    Changes,
    /// 3: no credentials, no token, or not allowed.
    Authentication,
    /// 4: `apply` did some of it, and says what.
    Partial,
    /// 5: `apply` was stopped, and says how to go on.
    Cancelled,
    /// 6: the plan is stale, or somebody else is applying.
    Stale,
    /// 7: a rule of safety or of the policy refuses it.
    Refused,
    /// 64: the command line is wrong; nothing was done. (The code `EX_USAGE` of sysexits.)
    Usage,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Changes => 2,
            Self::Authentication => 3,
            Self::Partial => 4,
            Self::Cancelled => 5,
            Self::Stale => 6,
            Self::Refused => 7,
            Self::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_errors_exit_with_64() {
        assert_eq!(Exit::Usage.code(), 64);
    }
}
