//! Why a change cannot be accepted.

use std::rc::Rc;

use super::entry_target::EntryTarget;
use super::field_edit::{EditProblem, FieldEdit};
use crate::FileDiagnostic;
use crate::file::file_diagnostics::FileDiagnostics;
use crate::file::source_file::SourceFile;
use crate::file::source_span::{LineIndex, SourceSpan};

const CODE: &str = "AJO_LIMITS_ACCEPT";

/// A problem of one field, at the position where the user can edit it.
pub(super) fn field_problem(
    file: &SourceFile,
    target: &EntryTarget,
    edit: &FieldEdit,
    problem: EditProblem,
) -> FileDiagnostic {
    let name = edit.path.join(".");
    let text_span = |range: std::ops::Range<usize>| byte_span(file, range);
    let written = match target.entry.resolve_pointer(&edit.pointer()) {
        Ok(node) => &node.span,
        Err(span) => span,
    };
    let (span, message, hint) = match problem {
        EditProblem::Elsewhere if *written.file != *file.name => (
            written.clone(),
            format!("`{name}` comes from this base file"),
            format!("edit it here, or override it in {}", file.name),
        ),
        EditProblem::Elsewhere => (
            written.clone(),
            format!("`{name}` comes from an anchor"),
            "edit it here, which changes every use, or set the field in the limit itself".to_owned(),
        ),
        EditProblem::Shared(range) => (
            text_span(range),
            format!("`{name}` is shared by an anchor or alias"),
            "edit it manually: the change affects every use".to_owned(),
        ),
        EditProblem::Variable(range) => (
            text_span(range),
            format!("`{name}` contains a variable"),
            "change the variable, or replace it with a value".to_owned(),
        ),
        EditProblem::Unsupported(range) => {
            (text_span(range), format!("`{name}` cannot be edited in this layout"), "edit it manually".to_owned())
        }
    };
    with_key(diagnostic(&span, message, hint), target)
}

/// A problem of a whole entry.
pub(super) fn entry_problem(target: &EntryTarget, message: &str, hint: &str) -> FileDiagnostic {
    with_key(diagnostic(&target.entry.reference_span, message.to_owned(), hint.to_owned()), target)
}

/// A problem of a file.
pub(super) fn file_problem(file: &SourceFile, message: &str) -> FileDiagnostic {
    diagnostic(&SourceSpan::file_start(&file.name.as_str().into()), message.to_owned(), "edit it manually".to_owned())
}

fn diagnostic(span: &SourceSpan, message: String, hint: String) -> FileDiagnostic {
    let mut diagnostics = FileDiagnostics::default();
    let diagnostic = diagnostics.error(CODE, span, message);
    diagnostic.hint = Some(hint);
    diagnostic.clone()
}

fn with_key(diagnostic: FileDiagnostic, target: &EntryTarget) -> FileDiagnostic {
    FileDiagnostic { key: Some(target.key.clone()), ..diagnostic }
}

fn byte_span(file: &SourceFile, range: std::ops::Range<usize>) -> SourceSpan {
    let name: Rc<str> = file.name.as_str().into();
    LineIndex::new(&name, &file.content).byte_span(range.start, range.end)
}
