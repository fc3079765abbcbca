//! Findings about HTTP methods.

use alloc::borrow::ToOwned as _;
use alloc::vec::Vec;

use super::callers::Caller;
use super::findings::Findings;
use crate::json::JsonValue;
use crate::text::{concat, decimal, join};
use crate::untrusted_text::excerpt;

/// The methods that the service documents. A test of the generated models compares them with the specs.
pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"];

/// Reports methods that the service does not document, and methods that none of the callers uses. The service accepts
/// both. Without a caller, only the former.
pub(super) fn check_methods(methods: &[impl JsonValue], callers: &[Caller], findings: &mut Findings) {
    for (index, method) in (0..).zip(methods) {
        let Some(method) = method.as_str() else { continue };
        let pointer = concat(&["/methods/", &decimal(index)]);
        if !METHODS.contains(&method) {
            let known = closest_method(method);
            let advice = if known.is_some() { "did you mean `" } else { "use one of " };
            let (known, end) = known.map_or_else(|| (join(&METHODS, ", "), ""), |known| (known.to_owned(), "`?"));
            let message = ["`", &excerpt(method, 40), "` is not a documented method; ", advice, &known, end];
            findings.warning("AJO_LIMITS_METHOD", &pointer, &message);
        } else if !callers.is_empty() && callers.iter().all(|caller| !caller.methods().contains(&method)) {
            let mut message = Vec::new();
            for caller in callers {
                message.extend([if message.is_empty() { "" } else { ", and " }, caller.name(), " send only "]);
                message.extend([caller.method_names(), " (", caller.page(), ")"]);
            }
            message.extend([", so a limit on ", method, " matches no call"]);
            findings.warning("AJO_LIMITS_UNUSED_METHOD", &pointer, &message);
        }
    }
}

/// The method that a misspelled one stands for. The service spells `OPTIONS` as `OPTION`.
fn closest_method(method: &str) -> Option<&'static str> {
    let method = excerpt(method, 10).to_ascii_uppercase();
    let closest = METHODS.iter().map(|known| (edit_distance(&method, known), *known)).min();
    // Two edits of a word with three letters lead to almost any other.
    closest.filter(|(edits, known)| *edits < 2 || *edits == 2 && known.len() > 3).map(|(_, known)| known)
}

/// The number of inserted, removed, and replaced characters between two short words, the other in ASCII. `strsim` needs
/// `std`.
fn edit_distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = core::mem::replace(&mut row[0], index + 1);
        for (column, known) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != char::from(known));
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes_and_messages(methods: &serde_json::Value, callers: &[Caller]) -> Vec<(&'static str, String)> {
        let mut findings = Findings::default();
        check_methods(methods.as_array().expect("a list"), callers, &mut findings);
        findings.into_vec().into_iter().map(|found| (found.code, found.message)).collect()
    }

    #[test]
    fn typo_gets_a_suggestion() {
        for (method, suggestion) in [
            ("POSTT", "did you mean `POST`?"),
            ("post", "did you mean `POST`?"),
            ("PSOT", "did you mean `POST`?"),
            ("GER", "did you mean `GET`?"),
            ("OPTIONS", "did you mean `OPTION`?"),
            ("DELTE", "did you mean `DELETE`?"),
            ("\u{420}OST", "did you mean `POST`?"),
            ("HEAD", "use one of GET, POST, PUT, PATCH, DELETE, OPTION"),
            ("", "use one of GET, POST, PUT, PATCH, DELETE, OPTION"),
        ] {
            let findings = codes_and_messages(&json!([method]), &[Caller::CustomAction]);
            assert_eq!((findings.len(), findings[0].0), (1, "AJO_LIMITS_METHOD"), "{method}");
            assert!(findings[0].1.ends_with(suggestion), "{method}: {}", findings[0].1);
        }
    }

    #[test]
    fn unused_methods_depend_on_caller() {
        use Caller::{CustomAction, DataSource};
        let all = json!(METHODS);
        let unused = |callers: &[Caller]| -> Vec<String> {
            let findings = codes_and_messages(&all, callers).into_iter();
            let method = |message: String| message.split("limit on ").nth(1)?.split(' ').next().map(str::to_owned);
            findings.map(|(_, message)| method(message).expect("a method")).collect()
        };
        assert_eq!(unused(&[CustomAction]), ["PATCH", "DELETE", "OPTION"]);
        assert_eq!(unused(&[CustomAction, DataSource]), ["PATCH", "DELETE", "OPTION"]);
        assert_eq!(unused(&[DataSource]), ["PUT", "PATCH", "DELETE", "OPTION"]);
        assert!(unused(&[]).is_empty());
        assert_eq!(
            codes_and_messages(&json!(["PUT"]), &[DataSource])[0].1,
            "external data sources send only GET and POST (datasource/external-data-sources.md), so a limit on PUT matches no call"
        );
    }
}
