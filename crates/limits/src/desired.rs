//! What the files want.

use std::fmt;

use ajo_core::Sandbox;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Definition, Key, Standing};

/// Everything that the files want of one sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The configurations, each with a key of its own.
    pub configs: Vec<Wanted>,
}

/// One configuration as a file wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// The definition, in normal form.
    pub definition: Definition,
    /// Whether it shall limit.
    pub deployed: bool,
    /// Where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How many characters of the line it is about; at least 1.
    pub length: u32,
}

impl Wanted {
    /// What it is known by.
    pub fn key(&self) -> Key {
        self.definition.key()
    }

    /// How it shall stand.
    pub fn standing(&self) -> Standing {
        Standing::wanted(self.definition.clone(), self.deployed)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
