//! Findings about HTTP methods.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::callers::Caller;
use super::diagnostic::Diagnostic;
use crate::json::JsonValue;
use crate::untrusted_text::excerpt;

/// The methods that the service documents. A test of the generated models compares them with the specs.
pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION"];

/// Reports methods that the service does not document, and methods that none of the callers uses. The service accepts
/// both. Without a caller, only the former.
pub(super) fn check_methods(methods: &[impl JsonValue], callers: &[Caller], findings: &mut Vec<Diagnostic>) {
    for (index, method) in methods.iter().enumerate() {
        let Some(method) = method.as_str() else { continue };
        let (code, message) = if !METHODS.contains(&method) {
            ("AJO_LIMITS_METHOD", unknown_method(method))
        } else if !callers.is_empty() && callers.iter().all(|caller| !caller.methods().contains(&method)) {
            ("AJO_LIMITS_UNUSED_METHOD", unused_method(method, callers))
        } else {
            continue;
        };
        findings.push(Diagnostic::warning(code, format!("/methods/{index}"), message));
    }
}

/// The service spells `OPTIONS` as `OPTION`.
fn unknown_method(method: &str) -> String {
    let shown = excerpt(method, 40);
    let upper = excerpt(method, 10).to_ascii_uppercase();
    let closest = METHODS.iter().map(|known| (edit_distance(&upper, known), known)).min();
    match closest {
        // Two edits of a word with three letters lead to almost any other.
        Some((edits, known)) if edits < 2 || edits == 2 && known.len() > 3 => {
            format!("`{shown}` is not a documented method; did you mean `{known}`?")
        }
        _ => format!("`{shown}` is not a documented method; use one of {}", METHODS.join(", ")),
    }
}

fn unused_method(method: &str, callers: &[Caller]) -> String {
    let send = |caller: &Caller| format!("{} send only {} ({})", caller.name(), caller.method_names(), caller.page());
    let senders: Vec<String> = callers.iter().map(send).collect();
    format!("{}, so a limit on {method} matches no call", senders.join(", and "))
}

/// The number of inserted, removed, and replaced characters between two short words. `strsim` needs `std`.
fn edit_distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = core::mem::replace(&mut row[0], index + 1);
        for (column, known) in other.chars().enumerate() {
            let replaced = diagonal + usize::from(letter != known);
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
        let mut findings = Vec::new();
        check_methods(methods.as_array().expect("a list"), callers, &mut findings);
        findings.into_iter().map(|found| (found.code, found.message)).collect()
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
