//! The actions that JavaScript performs for a call.

use core::time::Duration;

use crate::time::timer_millis;

/// Codes of actions. JavaScript has the same numbers.
pub(crate) mod code {
    pub(crate) const SEND: u32 = 0;
    pub(crate) const WAIT: u32 = 1;
    pub(crate) const REQUEST_TOKEN: u32 = 2;
    pub(crate) const READ_STORE: u32 = 3;
    pub(crate) const WRITE_STORE: u32 = 4;
    pub(crate) const LOCK_STORE: u32 = 5;
    pub(crate) const UNLOCK_STORE: u32 = 6;
    pub(crate) const CALLBACK: u32 = 7;
    pub(crate) const DONE: u32 = 8;
    pub(crate) const FAILED: u32 = 9;
}

/// Flags of an action, for events.
pub(crate) mod flag {
    /// A token was loaded from the store.
    pub(crate) const LOADED_FROM_STORE: u32 = 0x100;
    /// An attempt started.
    pub(crate) const ATTEMPT_STARTED: u32 = 0x200;
    /// The entry that was read from the store is invalid.
    pub(crate) const INVALID_ENTRY: u32 = 0x400;
    pub(crate) const TOKEN_REQUEST_SUCCEEDED: u32 = 0x800;
    pub(crate) const TOKEN_REQUEST_FAILED: u32 = 0x1000;
}

/// An action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Action {
    /// The code with its flags.
    pub(crate) code: u32,
    /// The time limit, or the wait.
    pub(crate) limit: Duration,
    /// A detail, which depends on the code.
    pub(crate) extra: f64,
}

impl Action {
    pub(crate) const FAILED: Self = Self::new(code::FAILED, Duration::ZERO, 0.0);

    pub(crate) const fn new(code: u32, limit: Duration, extra: f64) -> Self {
        Self { code, limit, extra }
    }

    pub(crate) const fn with_flags(self, flags: u32) -> Self {
        Self { code: self.code | flags, ..self }
    }

    pub(crate) const fn is(&self, code: u32) -> bool {
        self.code & 0xFF == code
    }

    pub(crate) fn millis(&self) -> f64 {
        timer_millis(self.limit).into()
    }
}
