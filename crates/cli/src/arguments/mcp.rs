//! Arguments of `ajo mcp`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct McpArgs {
    /// Folder whose files may be read if the client lists no roots; defaults to the current directory
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Vec<PathBuf>,

    /// Environment variable that limits files may use; others are hidden from them
    #[arg(long, value_name = "NAME")]
    pub(crate) variable: Vec<String>,
}
