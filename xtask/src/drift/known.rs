//! The differences that are meant, each with its reason.

use serde::Deserialize;

use super::difference::Difference;

/// One explained difference.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) difference: Difference,
    pub(super) reason: String,
}

/// As written in the file: one reason for the same difference at several places.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    reason: String,
    difference: String,
    places: Vec<String>,
}

/// Reads the file. An explanation covers exactly the places it names; there are no patterns that a new difference could
/// hide under.
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Known>, String> {
    let explanations: Vec<Explanation> =
        serde_saphyr::from_str(text).map_err(|error| format!("failed to read {file}: {error}"))?;
    let mut known: Vec<Known> = Vec::new();
    for (index, Explanation { reason, difference, places }) in explanations.into_iter().enumerate() {
        let entry = index + 1;
        if reason.trim().is_empty() {
            return Err(format!("{file}: explanation {entry} has no reason"));
        }
        if places.is_empty() {
            return Err(format!("{file}: explanation {entry} names no place"));
        }
        for place in places {
            let difference = Difference { place, what: difference.clone() };
            if known.iter().any(|known| known.difference == difference) {
                return Err(format!("{file}: explained twice: {difference}"));
            }
            known.push(Known { difference, reason: reason.trim().to_owned() });
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_malformed_file_is_refused_with_its_reason() {
        for (text, expected) in [
            ("- {reason: '', difference: only ours, places: [a]}", "explanation 1 has no reason"),
            ("- {reason: r, difference: only ours, places: []}", "explanation 1 names no place"),
            ("- {reason: r, difference: only ours, places: [a, a]}", "explained twice: a: only ours"),
            ("- {reason: r, difference: only ours, place: [a]}", "unknown field `place`"),
            ("- {reason: r", "known.yaml"),
        ] {
            let error = parse("known.yaml", text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
