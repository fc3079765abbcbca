//! The key `state:` of limits files.

use ajo_engine::untrusted_text::escape;

use super::file_diagnostics::FileDiagnostics;
use super::limits_document::{LimitsDocument, STATE_CODE};
use super::source_location::SourceLocation;
use super::source_span::SourceSpan;
use crate::StateLocation;

/// Where the state is, according to a limits file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSetting {
    /// The location. A relative path is relative to the same directory as the names of the limits files.
    pub location: StateLocation,
    /// Where the limits file says so.
    pub at: SourceLocation,
}

/// The location that these files name; reports an error if there are several.
pub(crate) fn merge_states(documents: &[LimitsDocument], diagnostics: &mut FileDiagnostics) -> Option<StateSetting> {
    let mut named = documents.iter().filter_map(|document| document.state.as_ref());
    let (location, span): &(StateLocation, SourceSpan) = named.next()?;
    let at = span.to_location();
    for (other, span) in named.filter(|(other, _)| other != location) {
        let message = format!("the state is {other} here, but {location} at {at}");
        diagnostics.error(STATE_CODE, span, escape(&message)).hint = Some(
            "limits of one sandbox have one state; plan and apply the files separately, or name one location"
                .to_owned(),
        );
    }
    Some(StateSetting { location: location.clone(), at })
}
