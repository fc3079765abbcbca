//! The reader that the server asks.

use crate::arguments::{
    DriftArguments, ExplainArguments, GetArguments, ListArguments, PlanArguments, SimulateArguments, SizeArguments,
    ValidateArguments,
};
use crate::response::{Source, ToolResult};
use crate::roots::Roots;
use crate::stop_signal::StopSignal;

/// Reads limits files and the service. It has one method per tool, and none that changes something.
///
/// Each call runs on a thread of its own, so a method may block. It must return soon after `stop` says so. The paths in the
/// arguments are inside of the roots and have no symbolic links.
#[expect(async_fn_in_trait, reason = "each call runs on one thread, so its future need not be `Send`")]
pub trait LimitsReader: Send + Sync + 'static {
    /// The text without secrets, and with visible control characters.
    fn safe_text(&self, text: &str) -> String;

    /// The service that the tools read, for the errors of calls.
    fn service(&self) -> Source;

    /// From now on, only files inside of these roots may be read, also if another file names them.
    fn restrict_files(&self, roots: &Roots);

    /// Lists the configurations of the service.
    async fn list(&self, arguments: ListArguments, stop: &StopSignal) -> ToolResult;

    /// Reads one configuration of the service.
    async fn get(&self, arguments: GetArguments, stop: &StopSignal) -> ToolResult;

    /// Explains which limits apply to a call.
    async fn explain(&self, arguments: ExplainArguments, stop: &StopSignal) -> ToolResult;

    /// Checks limits files without the service.
    async fn validate(&self, arguments: ValidateArguments, stop: &StopSignal) -> ToolResult;

    /// Compares limits files with the service and plans the changes, without making them.
    async fn plan(&self, arguments: PlanArguments, stop: &StopSignal) -> ToolResult;

    /// Finds configurations that differ from limits files, or are in none.
    async fn drift(&self, arguments: DriftArguments, stop: &StopSignal) -> ToolResult;

    /// Simulates traffic through limits.
    async fn simulate(&self, arguments: SimulateArguments, stop: &StopSignal) -> ToolResult;

    /// Recommends limits for an endpoint, traffic, and goals.
    async fn size(&self, arguments: SizeArguments, stop: &StopSignal) -> ToolResult;
}
