//! `cargo xtask docs pictures`: writes the pictures in `docs/pictures/` from the programs of today.

use crate::process::{cargo, run_in};
use crate::requirement::Requirement::{self, Chromium, Node, NpmPackages};
use crate::workspace::root;

/// Tests that compare the pictures, and write them if a variable says so.
const BROWSER_TESTS: &str = "tests/browser";
const REQUIREMENTS: [Requirement; 3] = [Node, Chromium, NpmPackages(BROWSER_TESTS)];

pub(crate) fn update() -> Result<String, String> {
    for requirement in REQUIREMENTS {
        requirement.ensure().map_err(|missing| format!("{}; to enable: {}", missing.reason, missing.fix))?;
    }
    let plan = ["test", "--package=ajo", "--test=cli", "--locked", "docs::picture"];
    cargo(&plan, &[("UPDATE", "1")])?;
    cargo(&["build", "--package=ajo-emulator", "--example=web_ui", "--locked"], &[])?;
    run_in(&root().join(BROWSER_TESTS), "env", &["UPDATE=1", "node", "--test", "pictures.test.js"])?;
    Ok("wrote docs/pictures/; review the pictures before you commit them".to_owned())
}
