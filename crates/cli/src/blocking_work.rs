//! Blocking work on its own thread.

use crate::command_error::CommandError;

/// Runs `work` on another thread, so that a signal can end a read that blocks, for example of a pipe without a writer.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CommandError> + Send + 'static,
) -> Result<T, CommandError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(CommandError::new("cancelled")),
        },
    }
}
