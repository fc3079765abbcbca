//! Reads definitions from files.

use std::path::Path;

use ajo_core::Api;
use ajo_limits::file::{ParsedDefinition, ParsedDefinitions, SourceFile, parse_definitions};
use ajo_limits::{CommandOutcome, CommandReport, FileDiagnostic, LiveState};
use serde::de::DeserializeOwned;

use crate::command_error::CommandError;
use crate::input_file::read_named_text;
use crate::output;
use crate::report::{DEFINITION_REPORT, OutputFormat, TextStyle};
use crate::safe_text::safe;

/// Maximum file size in bytes, which is the limit of the YAML reader. The output of `list` has 1 KB per configuration.
const MAX_DEFINITION_BYTES: usize = 4 * 1024 * 1024;

/// Reads the definitions of one API in a file, or from standard input for `-`. Refuses definitions with errors; with `force`,
/// only definitions that cannot be sent.
pub(crate) fn read_to_send<D: DeserializeOwned>(
    api: Api,
    file: &Path,
    force: bool,
    format: OutputFormat,
) -> Result<Vec<D>, CommandError> {
    let source = read_source(file)?;
    let parsed = parse_definitions(Some(api), &source);
    let definitions = parsed.definitions.iter().map(|it| serde_json::from_value(it.json.clone().into()));
    let definitions: Vec<D> = definitions.collect::<Result<_, _>>().unwrap_or_default();
    let is_sendable = !definitions.is_empty();
    if !is_sendable || parsed.has_errors() && !force {
        let error = refuse(&source, parsed, format);
        return Err(if is_sendable {
            error.with_hint("nothing was sent; correct it, or pass --force to send it anyway")
        } else {
            error.with_hint("nothing was sent; correct the file")
        });
    }
    // The service reports its own warnings itself.
    for found in parsed.diagnostics.iter().filter(|it| force || !it.code.starts_with("ERR_")) {
        print_diagnostic(found);
    }
    print_live_limits(&source.name, &parsed.definitions);
    Ok(definitions)
}

/// Parses the definitions in a file for the simulator, which has rules of its own.
pub(crate) fn parse_to_simulate(
    source: &SourceFile,
    format: OutputFormat,
) -> Result<Vec<ParsedDefinition>, CommandError> {
    let parsed = parse_definitions(None, source);
    if parsed.definitions.is_empty() {
        return Err(refuse(source, parsed, format));
    }
    print_live_limits(&source.name, &parsed.definitions);
    Ok(parsed.definitions)
}

/// Reads a file, or standard input for `-`.
pub(crate) fn read_source(file: &Path) -> Result<SourceFile, CommandError> {
    let (name, content) = read_named_text(file, MAX_DEFINITION_BYTES)?;
    Ok(SourceFile { name, content })
}

/// Prints the diagnostics as text, or adds them to the error in JSON.
fn refuse(source: &SourceFile, parsed: ParsedDefinitions, format: OutputFormat) -> CommandError {
    let ParsedDefinitions { diagnostics, is_displayable, .. } = parsed;
    let error = CommandError::new(format!("{} holds no valid definition", source.name));
    if format == OutputFormat::Json {
        return error.with_diagnostics(diagnostics);
    }
    let report = CommandReport {
        files: vec![source.name.clone()],
        diagnostics,
        ..CommandReport::new(DEFINITION_REPORT, CommandOutcome::Invalid)
    };
    let style = TextStyle { color: output::has_color(), width: output::terminal_width() };
    let content = |_: &str| is_displayable.then(|| source.content.clone());
    output::print_note(OutputFormat::Text.render(&report, &content, style));
    error
}

fn print_diagnostic(found: &FileDiagnostic) {
    let location = found.location.as_ref().map(|location| safe!("{}: ", location)).unwrap_or_default();
    let hint = found.hint.as_ref().map(|hint| safe!("; {}", hint)).unwrap_or_default();
    output::print_note(safe!("{}[{}]: {}{}{}", found.severity.as_str(), found.code, location, found.message, hint));
}

/// Says once that live limits in the output of `get` or `list` are not sent.
fn print_live_limits(name: &str, definitions: &[ParsedDefinition]) {
    let differing = definitions.iter().filter(|it| matches!(it.live, Some(LiveState::Differs(_)))).count();
    if differing > 0 {
        output::print_note(safe!(
            "note: in {}, {} of {} live limits differ from the saved definition; only the saved one is used",
            name,
            differing,
            definitions.len()
        ));
    }
}
