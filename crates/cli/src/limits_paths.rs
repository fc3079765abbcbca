//! Finds the limits files that arguments name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ajo_limits::file::is_other_file;
use glob::MatchOptions;

use crate::command_error::CommandError;
use crate::input_file::read_text;

/// The extensions of limits files.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];
/// The maximum size of a file whose kind is checked, in bytes. A state file with 10,000 configurations has 6 MB.
const MAX_BYTES: usize = 64 * 1024 * 1024;
const PATTERN_OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// The files that these arguments name, each of them once. An argument is a file, a directory, a pattern, or `-` for standard input.
///
/// A directory stands for its limits files, sorted by name, without those of its subdirectories. A pattern, such as
/// `limits/**/*.yaml`, stands for the limits files that match it. Of the files that end in `.yaml`, `.yml`, or `.json`, only those are
/// left out that are hidden or certainly of another kind: policies, state files, saved plans. A named file is never left out.
///
/// Fails if a directory cannot be read, or if a directory or a pattern has no limits files.
pub(crate) fn expand(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        for file in expand_argument(argument)? {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// Whether an argument contains characters of patterns.
pub(crate) fn has_pattern(argument: &str) -> bool {
    argument.contains(['*', '?', '['])
}

/// Whether a file has an extension of limits files.
pub(crate) fn has_limits_extension(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

fn expand_argument(argument: &Path) -> Result<Vec<PathBuf>, CommandError> {
    if argument.is_dir() {
        let paths = list_directory(argument)?;
        let below = subdirectories_with_limits(&paths);
        return select_files(paths).map_err(|others| {
            let failure = CommandError::new(format!("the directory {} has no limits files", argument.display()));
            if !below.is_empty() {
                return failure.with_hint(format!("pass a subdirectory that has some: {}", below.join(", ")));
            }
            failure.with_hint(format!(
                "limits files end in .yaml, .yml, or .json{others}; `ajo init` creates one; to search subdirectories, pass a pattern: \
                 '{}'",
                argument.join("**").join("*.yaml").display()
            ))
        });
    }
    let pattern = argument.to_str().filter(|text| has_pattern(text) && !argument.exists());
    // An invalid pattern, such as `a[.yaml`, is the name of a file that does not exist.
    let Some(paths) = pattern.and_then(|pattern| glob::glob_with(pattern, PATTERN_OPTIONS).ok()) else {
        return Ok(vec![argument.to_owned()]);
    };
    let paths: Result<Vec<PathBuf>, _> = paths.collect();
    let paths = paths.map_err(|error| unreadable_error(error.path(), error.error()))?;
    select_files(paths).map_err(|others| {
        CommandError::new(format!("no limits file matches {}", argument.display()))
            .with_hint(format!("limits files end in .yaml, .yml, or .json{others}"))
    })
}

/// The visible files of a directory.
fn list_directory(directory: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let failed = |error: std::io::Error| unreadable_error(directory, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if !name.to_string_lossy().starts_with('.') {
            paths.push(directory.join(name));
        }
    }
    Ok(paths)
}

/// The names of the directories among these paths that have limits files.
fn subdirectories_with_limits(paths: &[PathBuf]) -> Vec<String> {
    let has_limits =
        |path: &&PathBuf| path.is_dir() && list_directory(path).is_ok_and(|files| select_files(files).is_ok());
    let mut names: Vec<_> = paths.iter().filter(has_limits).map(|path| path.display().to_string()).collect();
    names.sort();
    names
}

/// The limits files of these paths, sorted. If there are none, the error is a text about the files of other kinds.
fn select_files(mut paths: Vec<PathBuf>) -> Result<Vec<PathBuf>, String> {
    paths.retain(|path| {
        // A link to nothing stays, so that it is an error.
        has_limits_extension(path) && fs::metadata(path).map_or(true, |metadata| metadata.is_file())
    });
    paths.sort();
    let (others, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_of_other_kind(path));
    if !files.is_empty() {
        return Ok(files);
    }
    let names: Vec<_> = others.iter().map(|path| path.display().to_string()).collect();
    Err(if names.is_empty() { String::new() } else { format!(" (of another kind: {})", names.join(", ")) })
}

fn is_of_other_kind(path: &Path) -> bool {
    read_text(path, MAX_BYTES).is_ok_and(|text| is_other_file(&text))
}

fn unreadable_error(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::new(format!("failed to read the directory {}: {error}", path.display()))
}
