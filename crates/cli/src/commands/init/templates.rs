//! The files of a limits folder. They are copies of `examples/`, whose workflows are tested; `cargo xtask generate` writes
//! them, because a published crate contains no files from outside.

use std::path::{Path, PathBuf};

use ajo_core::SandboxName;
use ajo_limits::{SchemaName, json_schema};

use super::new_files::NewFile;
use crate::arguments::{CiSystem, InitArgs};
use crate::command_error::CommandError;
use crate::commands::limits::repository_root;

const LIMITS: &str = include_str!("generated/limits/prod.yaml");
const POLICY: &str = include_str!("generated/limits/policy.yaml");
const GITIGNORE: &str = include_str!("generated/limits/gitignore");
const GITHUB: &str = include_str!("generated/github/limits.yml");
const GITLAB: &str = include_str!("generated/gitlab/limits.yml");
const GITLAB_APPLY: &str = include_str!("generated/gitlab/limits-apply.yml");

/// The version of the action in the example.
const EXAMPLE_ACTION: &str = "setup-ajo@0000000000000000000000000000000000000000 # the commit of a release";
/// The commit of a release, which its build sets.
const RELEASE_COMMIT: Option<&str> = option_env!("AJO_COMMIT");

/// The files to create. The first one is the limits file.
pub(super) fn limits_folder(args: &InitArgs, sandbox: &SandboxName) -> Result<Vec<NewFile>, CommandError> {
    let directory = &args.directory;
    let limits_file = directory.join(format!("{sandbox}.yaml"));
    let limits = LIMITS.replace("sandbox prod", &format!("sandbox {sandbox}"));
    let limits = limits.replace("sandbox: prod", &format!("sandbox: {sandbox}"));
    let schema = format!("{:#}\n", json_schema(SchemaName::Limits));
    let mut files = vec![
        NewFile { path: limits_file.clone(), text: limits },
        NewFile { path: directory.join("policy.yaml"), text: POLICY.to_owned() },
        NewFile { path: directory.join("limits.schema.json"), text: schema },
        NewFile { path: directory.join(".gitignore"), text: GITIGNORE.to_owned() },
    ];
    let workflows: &[(&str, &str)] = match args.ci {
        CiSystem::Github => &[(".github/workflows/limits.yml", GITHUB)],
        CiSystem::Gitlab => &[(".gitlab/ci/limits.yml", GITLAB), (".gitlab/ci/limits-apply.yml", GITLAB_APPLY)],
        CiSystem::None => &[],
    };
    if !workflows.is_empty() {
        let absolute = |path: &Path| {
            std::path::absolute(path)
                .map_err(|error| CommandError::new(format!("failed to find the current directory: {error}")))
        };
        let here = absolute(Path::new("."))?;
        let directory = absolute(directory)?;
        let root = repository_root(&directory).unwrap_or_else(|| here.clone());
        let inside = ajo_limits::relative_path(&root, &directory);
        let file = ajo_limits::relative_path(&root, &absolute(&limits_file)?);
        for (name, text) in workflows {
            let text = pin_action(text, RELEASE_COMMIT);
            let text = text.replace("limits/prod.yaml", &file).replace("\"limits/**", &format!("\"{inside}/**"));
            // Relative to the current directory if that is the root, for messages.
            let path = if root == here { PathBuf::from(name) } else { root.join(name) };
            files.push(NewFile { path, text });
        }
    }
    Ok(files)
}

/// Pins the action to the release that runs, so that nobody needs to look up a commit.
fn pin_action(workflow: &str, commit: Option<&str>) -> String {
    match commit {
        Some(commit) => {
            workflow.replace(EXAMPLE_ACTION, &format!("setup-ajo@{commit} # v{}", env!("CARGO_PKG_VERSION")))
        }
        None => workflow.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn release_pins_the_action_to_its_own_commit() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let pinned = pin_action(GITHUB, Some(commit));
        let expected = format!("uses: ajo-limits/ajo-limits/setup-ajo@{commit} # v{}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(pinned.matches(&expected).count(), GITHUB.matches("setup-ajo@0").count());
        assert!(!pinned.contains(EXAMPLE_ACTION), "{pinned}");
        assert_eq!(pin_action(GITHUB, None), GITHUB);
    }
}
