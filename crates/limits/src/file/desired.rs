//! What the files want.

use ajo_core::Sandbox;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Definition, Key, Place, Standing};

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
