//! `ajo mcp`: the tools of the Model Context Protocol, with the reports of the commands.
//!
//! No type here can write: [`SandboxService`](super::limits::SandboxService) has a reader and no client, and the other modules
//! return reports.

mod command_line;
mod command_reader;
mod service_configs;

use std::process::ExitCode;

use ajo_mcp::Roots;

use self::command_reader::CommandReader;
use crate::arguments::{GlobalSettings, McpArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::read_access;

pub(crate) async fn run(settings: &GlobalSettings, args: McpArgs) -> Result<ExitCode, CommandError> {
    let roots = if args.root.is_empty() { Roots::current_directory() } else { Roots::new(args.root.clone()) };
    if roots.is_empty() && !args.root.is_empty() {
        return Err(CommandError::new("no folder of --root exists").into_usage_error());
    }
    read_access::restrict_variables(args.variable);
    let served = ajo_mcp::serve(CommandReader::new(settings), roots, env!("CARGO_PKG_VERSION")).await;
    served.map_err(|error| CommandError::new(error.to_string()))?;
    Ok(ExitStatus::Success.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// A type that writes, or a function that returns one, cannot be used without its name.
    #[test]
    fn no_writer_is_named() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/mcp");
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            for writer in
                ["Client", "connect_with", "PlanExecutor", "ajo_state", "StateStore", "write", "fs::", "print_"]
            {
                assert!(!text.contains(writer), "{}: {writer}", path.display());
            }
        }
    }
}
