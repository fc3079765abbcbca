//! `ajo mcp`: the tools of the Model Context Protocol, with the reports of the commands.
//!
//! No type here can write: [`SandboxService`](super::limits::SandboxService) has a reader and no client, and the other modules
//! return reports.

mod command_line;
mod command_reader;
mod service_configs;
mod tool_data;

use std::process::ExitCode;

use ajo_mcp::Roots;

use self::command_reader::CommandReader;
use crate::arguments::{GlobalSettings, McpArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::read_access::restrict_variables;
use crate::session::{Setting, SettingsReader};

pub(crate) async fn run(settings: &GlobalSettings, args: McpArgs) -> Result<ExitCode, CommandError> {
    if SettingsReader::new(settings).get(Setting::Credentials)?.is_some_and(|found| found.value == "-") {
        let problem = "the credential cannot be read from standard input, which belongs to the protocol";
        return Err(CommandError::new(problem).with_hint("name a file, or use --profile").into_usage_error());
    }
    let roots = if args.root.is_empty() { Roots::current_directory() } else { Roots::new(args.root.clone()) };
    if roots.is_empty() && !args.root.is_empty() {
        return Err(CommandError::new("no folder of --root exists").into_usage_error());
    }
    restrict_variables(args.variable);
    let served = ajo_mcp::serve(CommandReader::new(settings).await, roots, env!("CARGO_PKG_VERSION")).await;
    served.map_err(|error| CommandError::new(error.to_string()))?;
    Ok(ExitStatus::Success.into())
}

#[cfg(test)]
mod tests;
