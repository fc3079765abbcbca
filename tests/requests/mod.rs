//! What each operation sends, and how successes and failures are read.

mod failures;
mod operations;
