//! Explains which limits apply to one call, with a label for every statement.

mod call_explanation;
mod caller_limits;
mod matching_config;
mod statement;

pub use self::call_explanation::{CallExplanation, explain_call};
pub use self::matching_config::{MatchStatus, MatchingConfig};
pub use self::statement::{Statement, StatementLabel};

#[cfg(test)]
mod tests;
