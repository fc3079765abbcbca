//! The intended differences, each with its reason.

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::spec_difference::SpecDifference;

/// One explained difference.
#[derive(Clone, Debug)]
pub(super) struct KnownDifference {
    pub(super) difference: SpecDifference,
    pub(super) reason: String,
    /// The position of this location in `known-differences.yaml`.
    pub(super) source_location: Location,
}

/// An entry of the file: one reason for the same difference at several locations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DifferenceExplanation {
    reason: Spanned<String>,
    difference: String,
    locations: Spanned<Vec<Spanned<String>>>,
}

/// Parses the file. An explanation covers exactly the locations it names, because a pattern could hide a new difference.
pub(super) fn parse_known_differences(file: &str, text: &str) -> Result<Vec<KnownDifference>, String> {
    let explanations: Vec<DifferenceExplanation> =
        serde_saphyr::from_str(text).map_err(|error| format!("failed to read {file}: {error}"))?;
    let mut known: Vec<KnownDifference> = Vec::new();
    for DifferenceExplanation { reason, difference, locations } in explanations {
        if reason.value.trim().is_empty() {
            return Err(format!("{}: the reason is empty", format_location(file, reason.referenced)));
        }
        if locations.value.is_empty() {
            return Err(format!("{}: the list of locations is empty", format_location(file, locations.referenced)));
        }
        for location in locations.value {
            let difference = SpecDifference { location: location.value, description: difference.clone() };
            if known.iter().any(|known| known.difference == difference) {
                return Err(format!("{}: explained twice: {difference}", format_location(file, location.referenced)));
            }
            let reason = reason.value.trim().to_owned();
            known.push(KnownDifference { difference, reason, source_location: location.referenced });
        }
    }
    Ok(known)
}

/// A position that editors and terminals understand: `file:line:column`.
pub(super) fn format_location(file: &str, location: Location) -> String {
    format!("{file}:{}:{}", location.line(), location.column())
}

#[cfg(test)]
mod tests {
    use super::{format_location, parse_known_differences};

    #[test]
    fn one_reason_covers_many_locations() {
        let known = parse_known_differences(
            "known.yaml",
            "- reason: r\n  difference: only local\n  locations:\n    - GET /a\n    - GET /b\n",
        )
        .expect("well-formed");
        let formatted: Vec<String> = known
            .iter()
            .map(|known| {
                format!(
                    "{} {} {}",
                    format_location("known.yaml", known.source_location),
                    known.difference,
                    known.reason
                )
            })
            .collect();
        assert_eq!(formatted, ["known.yaml:4:7 GET /a: only local r", "known.yaml:5:7 GET /b: only local r"]);
    }

    #[test]
    fn malformed_file_is_rejected() {
        for (text, expected) in [
            ("- reason: ' '\n  difference: only local\n  locations: [a]", "known.yaml:1:11: the reason is empty"),
            (
                "- reason: r\n  difference: only local\n  locations: []",
                "known.yaml:3:14: the list of locations is empty",
            ),
            (
                "- reason: r\n  difference: only local\n  locations: [a, a]",
                "known.yaml:3:18: explained twice: a: only local",
            ),
            (
                "- {reason: r, difference: d, locations: [a]}\n- {reason: other, difference: d, locations: [b, a]}",
                "known.yaml:2:49: explained twice: a: d",
            ),
            ("- reason: r\n  difference: only local\n  location: [a]", "unknown field `location`"),
            ("- difference: only local\n  locations: [a]", "missing field `reason`"),
            ("- {reason: r", "failed to read known.yaml"),
        ] {
            let error = parse_known_differences("known.yaml", text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
