//! The differences that are meant, each with its reason.

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::difference::Difference;

/// One explained difference.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) difference: Difference,
    pub(super) reason: String,
    /// Where the place is written in the file.
    pub(super) location: Location,
}

/// As written in the file: one reason for the same difference at several places.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    reason: Spanned<String>,
    difference: String,
    places: Spanned<Vec<Spanned<String>>>,
}

/// Reads the file. An explanation covers exactly the places it names; there are no patterns that a new difference could
/// hide under.
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Known>, String> {
    let explanations: Vec<Explanation> =
        serde_saphyr::from_str(text).map_err(|error| format!("failed to read {file}: {error}"))?;
    let mut known: Vec<Known> = Vec::new();
    for Explanation { reason, difference, places } in explanations {
        if reason.value.trim().is_empty() {
            return Err(format!("{}: the reason is empty", at(file, reason.referenced)));
        }
        if places.value.is_empty() {
            return Err(format!("{}: the list of places is empty", at(file, places.referenced)));
        }
        for place in places.value {
            let difference = Difference { place: place.value, what: difference.clone() };
            if known.iter().any(|known| known.difference == difference) {
                return Err(format!("{}: explained twice: {difference}", at(file, place.referenced)));
            }
            let reason = reason.value.trim().to_owned();
            known.push(Known { difference, reason, location: place.referenced });
        }
    }
    Ok(known)
}

/// A place in a file as editors and terminals understand it.
pub(super) fn at(file: &str, location: Location) -> String {
    format!("{file}:{}:{}", location.line(), location.column())
}

#[cfg(test)]
mod tests {
    use super::{at, parse};

    #[test]
    fn one_reason_covers_the_places_it_names() {
        let known =
            parse("known.yaml", "- reason: r\n  difference: only ours\n  places:\n    - GET /a\n    - GET /b\n")
                .expect("well-formed");
        let shown: Vec<String> = known
            .iter()
            .map(|known| format!("{} {} {}", at("known.yaml", known.location), known.difference, known.reason))
            .collect();
        assert_eq!(shown, ["known.yaml:4:7 GET /a: only ours r", "known.yaml:5:7 GET /b: only ours r"]);
    }

    #[test]
    fn a_malformed_file_is_refused_with_its_line() {
        for (text, expected) in [
            ("- reason: ' '\n  difference: only ours\n  places: [a]", "known.yaml:1:11: the reason is empty"),
            ("- reason: r\n  difference: only ours\n  places: []", "known.yaml:3:11: the list of places is empty"),
            (
                "- reason: r\n  difference: only ours\n  places: [a, a]",
                "known.yaml:3:15: explained twice: a: only ours",
            ),
            (
                "- {reason: r, difference: d, places: [a]}\n- {reason: other, difference: d, places: [b, a]}",
                "known.yaml:2:46: explained twice: a: d",
            ),
            ("- reason: r\n  difference: only ours\n  place: [a]", "unknown field `place`"),
            ("- difference: only ours\n  places: [a]", "missing field `reason`"),
            ("- {reason: r", "failed to read known.yaml"),
        ] {
            let error = parse("known.yaml", text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
