//! Arguments of `ajo api`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `ajo api`.
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// HTTP method, such as GET
    pub(crate) method: String,

    /// Path such as /ajo/journey, or URL of an allowed host
    #[arg(value_name = "PATH|URL")]
    pub(crate) target: String,

    /// Send this file as the body; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "field")]
    pub(crate) input: Option<PathBuf>,

    /// Add a value: to the query of GET, otherwise to the JSON body
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) field: Vec<String>,

    /// Add a header
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,

    /// Print the status and the headers of the response too
    #[arg(long)]
    pub(crate) include: bool,

    /// Get all pages
    #[arg(long)]
    pub(crate) paginate: bool,

    /// Also send the token to this host
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
}
