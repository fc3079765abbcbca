//! `ajo fmt`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_limits::file::{SourceFile, SourceSet, format_file};
use ajo_limits::{CommandOutcome, CommandReport};

use crate::arguments::{FmtArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::input_file::read_text;
use crate::output;
use crate::report::{self, OutputFormat, pluralize};
use crate::safe_text::{SafeText, safe};
use crate::text_diff;

/// The maximum size of a file in bytes, which is the limit of the YAML reader.
const MAX_BYTES: usize = 4 * 1024 * 1024;

pub(crate) fn run(settings: &GlobalSettings, args: &FmtArgs) -> Result<ExitCode, CommandError> {
    let sources = args.files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let (formatted, invalid): (Vec<_>, Vec<_>) = sources.iter().map(format_file).partition(Result::is_ok);
    if !invalid.is_empty() {
        // One invalid file keeps all of them as they are.
        let diagnostics = invalid.into_iter().filter_map(Result::err).flatten().collect();
        let report = CommandReport { diagnostics, ..new_report(&sources, CommandOutcome::Invalid) };
        report::print(&report, settings.output, &SourceSet::new(sources))?;
        return Ok(ExitStatus::Failure.into());
    }
    let formatted: Vec<String> = formatted.into_iter().flatten().collect();
    let changes: Vec<Change<'_>> = sources
        .iter()
        .zip(&formatted)
        .filter(|(source, after)| source.content != **after)
        .map(|(source, after)| Change { source, after })
        .collect();
    if args.check {
        return check(settings, &sources, &changes);
    }
    for change in changes.iter().filter(|change| change.source.name != "-") {
        change.write()?;
    }
    if settings.output == OutputFormat::Json {
        let outcome = if changes.is_empty() { CommandOutcome::Clean } else { CommandOutcome::Applied };
        print_json(&sources, &changes, outcome)?;
    } else if let Some(at) = sources.iter().position(|source| source.name == "-") {
        print_formatted(&formatted[at])?;
    }
    for change in changes.iter().filter(|change| change.source.name != "-") {
        output::print_note(safe!("formatted {}", change.source.name));
    }
    let all = sources.iter().filter(|source| source.name != "-").count();
    if settings.output == OutputFormat::Text && all > 0 {
        print_count(all);
    }
    Ok(ExitStatus::Success.into())
}

fn print_count(formatted: usize) {
    output::print_note(safe!("{} formatted", pluralize(formatted, "file is", "files are")));
}

/// A file that is not formatted.
struct Change<'s> {
    source: &'s SourceFile,
    after: &'s str,
}

impl Change<'_> {
    fn diff(&self) -> String {
        text_diff::unified_diff(&self.source.name, &self.source.name, &self.source.content, self.after)
    }

    /// Replaces the file, unless someone edited it in the meantime.
    fn write(&self) -> Result<(), CommandError> {
        let path = PathBuf::from(&self.source.name);
        if read(&path)?.content != self.source.content {
            return Err(CommandError::new(format!("{} was edited in the meantime", self.source.name))
                .with_hint("run the command again")
                .with_exit_status(ExitStatus::Stale));
        }
        Ok(ajo_state::write_atomic(&path, self.after)?)
    }
}

fn read(file: &Path) -> Result<SourceFile, CommandError> {
    let name = file.display().to_string();
    match read_text(file, MAX_BYTES) {
        Ok(content) => Ok(SourceFile { name, content }),
        Err(error) => Err(CommandError::new(format!("failed to read {name}: {error}"))),
    }
}

/// Shows the differences from the formatted files.
fn check(settings: &GlobalSettings, sources: &[SourceFile], changes: &[Change<'_>]) -> Result<ExitCode, CommandError> {
    if settings.output == OutputFormat::Json {
        let outcome = if changes.is_empty() { CommandOutcome::Clean } else { CommandOutcome::Changes };
        print_json(sources, changes, outcome)?;
    } else {
        for change in changes {
            output::print_data(SafeText::document(&change.diff()))?;
        }
    }
    if changes.is_empty() {
        if settings.output == OutputFormat::Text {
            print_count(sources.len());
        }
        return Ok(ExitStatus::Success.into());
    }
    let names: Vec<_> = changes.iter().map(|change| change.source.name.as_str()).collect();
    Err(CommandError::new(format!("not formatted: {}", names.join(", "))).with_hint("run `ajo fmt` without --check"))
}

/// Prints the formatted standard input.
fn print_formatted(text: &str) -> Result<(), CommandError> {
    let shown = SafeText::document(text);
    if shown.as_str() != text {
        return Err(CommandError::new("standard input contains a secret of the credentials, so it is not printed")
            .with_hint("format a file instead"));
    }
    output::print_data(shown)
}

fn new_report(sources: &[SourceFile], outcome: CommandOutcome) -> CommandReport {
    let files = sources.iter().map(|source| source.name.clone()).collect();
    CommandReport { files, ..CommandReport::new("fmt", outcome) }
}

fn print_json(sources: &[SourceFile], changes: &[Change<'_>], outcome: CommandOutcome) -> Result<(), CommandError> {
    let file_diff = changes.iter().map(Change::diff).collect();
    let report = CommandReport { file_diff, ..new_report(sources, outcome) };
    report::print(&report, OutputFormat::Json, &SourceSet::default())
}
