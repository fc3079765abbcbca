//! The expressions of GitHub Actions that the example uses.

use std::collections::BTreeMap;

/// The contexts, such as `github.event_name`, with `job.failed` for `failure()`.
pub(super) type Context = BTreeMap<String, String>;

/// Evaluates a condition of `if`.
pub(super) fn evaluate(condition: &str, context: &Context) -> bool {
    condition.split(" || ").any(|all| all.split(" && ").all(|term| evaluate_term(term.trim(), context)))
}

fn evaluate_term(term: &str, context: &Context) -> bool {
    let failed = context.contains_key("job.failed");
    match term {
        "always()" => return true,
        "failure()" => return failed,
        _ => {}
    }
    let value = |text: &str| match text.strip_prefix('\'') {
        Some(text) => text.trim_end_matches('\'').to_owned(),
        None if text == "false" => "false".to_owned(),
        None => context.get(text).cloned().unwrap_or_default(),
    };
    let (is_equal, sides) = match (term.split_once(" == "), term.split_once(" != ")) {
        (Some(sides), _) => (true, sides),
        (_, Some(sides)) => (false, sides),
        _ => panic!("unknown expression: {term}"),
    };
    (value(sides.0) == value(sides.1)) == is_equal
}

/// Replaces `${{ name }}`.
pub(super) fn substitute(text: &str, context: &Context) -> String {
    let mut parts = text.split("${{ ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (name, rest) = part.split_once(" }}").expect("an expression ends");
        text + context.get(name).map_or("", String::as_str) + rest
    })
}
