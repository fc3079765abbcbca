//! Keeps known secrets out of the files that the command writes: plans, the journal, and the state.

use ajo_engine::untrusted_text::excerpt;
use serde::Serialize;
use serde_json::Value;

use crate::command_error::CommandError;
use crate::secret_mask::mask;

/// Maximum length of the shown value in characters.
const MAX_VALUE_CHARS: usize = 200;

/// Fails if a content contains a known secret or token, and names the place, such as `changes[0].key.url`.
///
/// It is not masked, because then the content would no longer match its digest.
pub(crate) fn check_no_secret(content_name: &str, content: &impl Serialize) -> Result<(), CommandError> {
    let json = serde_json::to_string(content).expect("strings, numbers, and lists");
    if mask(&json) == json {
        return Ok(());
    }
    let value = serde_json::from_str(&json).expect("JSON");
    let (place, masked) = find_secret(&value).unwrap_or_default();
    let place = place.trim_start_matches('.');
    let shown = excerpt(&masked, MAX_VALUE_CHARS);
    let problem =
        format!("{content_name} contains a secret or token of yours, so it was not written; `{place}` is {shown}");
    Err(CommandError::new(problem)
        .with_hint("remove it from the limits file or the service, and consider replacing it"))
}

/// The place of the first secret, and the masked value there.
fn find_secret(value: &Value) -> Option<(String, String)> {
    let within = |part: String, value| find_secret(value).map(|(place, masked)| (part + &place, masked));
    match value {
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| within(format!("[{index}]"), item)),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let masked = mask(name);
            let found = (masked != *name).then(|| (String::new(), masked));
            found.or_else(|| within(format!(".{name}"), value))
        }),
        scalar => {
            let json = scalar.to_string();
            let masked = mask(&json);
            (masked != json).then_some((String::new(), masked))
        }
    }
}

#[cfg(test)]
mod tests {
    use ajo_auth::Secret;
    use serde_json::json;

    use super::*;

    #[test]
    fn place_of_secret_is_named() {
        crate::secret_mask::register(&Secret::new("unit-test-check/s3cr3t"));
        let check = |content: Value| check_no_secret("the plan", &content).map_err(|error| error.message);
        assert_eq!(check(json!({"changes": [{"url": "https://a.example/unit-test"}]})), Ok(()));
        let problem =
            |place: &str| format!("the plan contains a secret or token of yours, so it was not written; `{place}` is ");
        for (content, expected) in [
            (
                json!({"a": 1, "changes": [{}, {"url": "https://a.example/unit-test-check%2fs3cr3t/*"}]}),
                problem("changes[1].url") + r#""https://a.example/[redacted]/*""#,
            ),
            (json!({"a": {"unit-test-check/s3cr3t": 1}}), problem("a") + "[redacted]"),
        ] {
            assert_eq!(check(content), Err(expected));
        }
    }
}
