//! Arguments of `ajo mcp`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct McpArgs {
    /// Folder with readable files, if the client lists none; default: this one
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Vec<PathBuf>,

    /// Environment variable that limits files may use
    #[arg(long, value_name = "NAME")]
    pub(crate) variable: Vec<String>,
}
