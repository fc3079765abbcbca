//! Errors of credentials.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{ClientIdError, OrgIdError, ScopesError};

/// What is wrong with credentials. Never shows a value that may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// Some are not set.
    #[error("no credentials: {} not set; set {}, or name a credential file in AJO_CREDENTIALS", listed(.0), if .0.len() == 1 { "it" } else { "them" })]
    Missing(Vec<&'static str>),
    /// The file cannot be read.
    #[error("failed to read the credentials in {path}: {problem}")]
    File {
        /// The path as it was given.
        path: String,
        /// Why.
        problem: String,
    },
    /// The text is not JSON.
    #[error("this is not JSON (line {line}, column {column})")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The JSON is not of a known form.
    #[error("{0}")]
    Form(String),
    /// The client id cannot be used.
    #[error(transparent)]
    ClientId(#[from] ClientIdError),
    /// The organization id cannot be used.
    #[error(transparent)]
    OrgId(#[from] OrgIdError),
    /// The scopes cannot be used.
    #[error(transparent)]
    Scopes(#[from] ScopesError),
    /// The file holds several credentials and none is chosen.
    #[error("there are several credentials; choose one by name: {}", .0.join(", "))]
    Several(Vec<String>),
    /// The file holds no credential of the name that is asked for.
    #[error("no credential is called {wanted}; there {}", if .there.is_empty() { "is one, without a name".to_owned() } else { format!("are: {}", .there.join(", ")) })]
    NoSuchName {
        /// The name that is asked for.
        wanted: String,
        /// The names in the file.
        there: Vec<String>,
    },
    /// There is no secret.
    #[error("the client secret is empty")]
    NoSecret,
}

fn listed(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}
