//! Arguments of `ajo api`.

use std::path::PathBuf;

use ajo_auth::BaseUrl;
use ajo_core::{BASE_URL, Method};
use ajo_engine::AllowedOrigins;
use clap::Args;

use super::resource::YesArg;

/// Arguments of `ajo api`.
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// HTTP method, such as GET
    #[arg(value_parser = parse_method)]
    pub(crate) method: Method,

    /// Path such as /ajo/journey, or URL of an allowed host
    #[arg(value_name = "PATH|URL")]
    pub(crate) target: String,

    /// Add a value to the query, or to the JSON body of POST, PUT, and PATCH
    ///
    /// In JSON, true, false, null, and integers have these types.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) field: Vec<String>,

    /// Send this file as the body, as JSON unless a header Content-Type says otherwise; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "field")]
    pub(crate) input: Option<PathBuf>,

    /// Add a header
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,

    /// Print the status and the headers of the response too
    #[arg(long)]
    pub(crate) include: bool,

    /// Get all pages; print their items as one array
    #[arg(long, conflicts_with_all = ["input", "include"])]
    pub(crate) paginate: bool,

    /// Also send the access token to this host
    #[arg(long, value_name = "HOST", value_parser = parse_host)]
    pub(crate) allow_host: Vec<String>,

    #[command(flatten)]
    pub(crate) yes_arg: YesArg,
}

/// Accepts lower case too.
fn parse_method(name: &str) -> Result<Method, ajo_core::MethodError> {
    name.to_ascii_uppercase().parse()
}

/// Checks a host before anything is read or sent.
pub(crate) fn parse_host(host: &str) -> Result<String, String> {
    let base_url = BaseUrl::parse(BASE_URL).map_err(|error| error.to_string())?;
    AllowedOrigins::new(&base_url, &[host]).map(|_| host.to_owned()).map_err(|error| error.to_string())
}
