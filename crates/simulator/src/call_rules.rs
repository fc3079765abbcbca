//! Documented rules of calls.

/// Maximum number of retries. Documented: three after the first call.
pub const MAX_RETRIES: u8 = 3;

/// Maximum time in the throttling queue, in milliseconds. Documented: up to 6 hours.
pub const MAX_QUEUE_MS: u64 = 6 * 3_600_000;
