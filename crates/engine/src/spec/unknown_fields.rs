//! The fields of a definition that a client does not send.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::api::Api;
use super::object_schema::{self, EXTRA, FieldType, ObjectSchema};
use crate::json::{JsonObject, JsonValue, escape_pointer_token};
use crate::parse::untrusted_text::excerpt;
use crate::rules::{Diagnostic, Severity};
use crate::text::concat;

const CODE: &str = "AJO_LIMITS_UNKNOWN_FIELD";

impl Api {
    /// Reports everything in a definition that [`encode_payload`](crate::encode_payload) rejects and that no rule of the service
    /// covers: unknown fields outside of `extra`, and known fields in it.
    ///
    /// # Panics
    ///
    /// Never: both APIs have a `create` operation.
    pub fn find_unknown_fields(self, definition: &impl JsonValue) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let schema = object_schema::request_body(self, "create").expect("both APIs have a create operation");
        let Some(fields) = definition.as_object() else { return found };
        check_fields(fields, schema, "", &mut found);
        match fields.get(EXTRA) {
            Some(extra) if extra.as_object().is_none() && !extra.is_null() => {
                found.push(diagnostic("/extra".to_owned(), "`extra` must be an object".to_owned()));
            }
            Some(extra) => check_extra(extra, Some(definition), schema, "/extra", &mut found),
            None => {}
        }
        found
    }
}

fn check_fields(
    fields: &(impl JsonObject + ?Sized),
    schema: &ObjectSchema,
    pointer: &str,
    found: &mut Vec<Diagnostic>,
) {
    for (name, value) in fields.entries() {
        let pointer_of_field = || concat(&[pointer, "/", &escape_pointer_token(name)]);
        match schema.field(name).map(|field| field.field_type) {
            Some(FieldType::Object(schema)) => {
                if let Some(fields) = value.as_object() {
                    check_fields(fields, schema, &pointer_of_field(), found);
                }
            }
            None if !(pointer.is_empty() && name == EXTRA) => {
                let name = excerpt(name, 40);
                let message = concat(&["unknown field `", &name, "`; only unknown fields in `extra` are sent"]);
                found.push(diagnostic(pointer_of_field(), message));
            }
            _ => {}
        }
    }
}

/// Checks an object in `extra`. `sibling` is the object of the definition that it extends; without one it is not sent.
fn check_extra<J: JsonValue>(
    extra: &J,
    sibling: Option<&J>,
    schema: &ObjectSchema,
    pointer: &str,
    found: &mut Vec<Diagnostic>,
) {
    let (Some(extra), Some(sibling)) = (extra.as_object(), sibling) else { return };
    for (name, value) in extra.entries() {
        let pointer = concat(&[pointer, "/", &escape_pointer_token(name)]);
        match schema.field(name).map(|field| field.field_type) {
            Some(FieldType::Object(schema)) if value.as_object().is_some() => {
                check_extra(value, JsonValue::get(sibling, name), schema, &pointer, found);
            }
            Some(_) => {
                let message = concat(&["`extra` must not contain the known field `", name, "`"]);
                found.push(diagnostic(pointer, message));
            }
            None => {}
        }
    }
}

fn diagnostic(pointer: String, message: String) -> Diagnostic {
    Diagnostic { code: CODE, severity: Severity::Error, pointer, message, service: None, rejects_payload: true }
}

#[cfg(test)]
mod tests {
    use crate::encode_payload;
    use crate::json::{MAX_DEPTH, parse};
    use crate::spec::{Api, Operation, Verb};

    const VALID: &str = r#"{"url": "https://a.example/x", "methods": ["GET"], "orgId": null, "services":
        {"action": {"rating": {"maxCallsCount": 1, "periodInMs": 1000}}}, "extra": {"a": 1, "services": {"action": {"b": {}}}}}"#;

    fn pointers(definition: &str) -> Vec<String> {
        let definition = parse(definition.as_bytes(), MAX_DEPTH).expect("JSON");
        Api::Capping.find_unknown_fields(&definition).into_iter().map(|found| found.pointer).collect()
    }

    #[test]
    fn all_unknown_fields_are_reported() {
        let definition = VALID
            .replacen('{', r#"{"_id": 1, "uid": "u", "a/b~c": 1, "#, 1)
            .replace(r#""rating": {"#, r#""perMs": 1, "rating": {"unit": 1, "#);
        let expected =
            ["/_id", "/uid", "/a~1b~0c", "/services/action/perMs", "/services/action/rating/unit"].map(str::to_owned);
        assert_eq!(pointers(&definition), expected);
    }

    #[test]
    fn extra_has_only_unknown_fields() {
        assert_eq!(pointers(VALID), [""; 0]);
        assert_eq!(pointers(r#"{"extra": 1}"#), ["/extra"]);
        assert_eq!(pointers(r#"{"extra": null}"#), [""; 0]);
        assert_eq!(pointers(r#"{"extra": {"url": "v", "services": 1}}"#), ["/extra/url", "/extra/services"]);
        let nested = r#"{"services": {"action": {}}, "extra": {"services": {"action": {"rating": 1}, "dataSource": {"rating": 1}}}}"#;
        assert_eq!(pointers(nested), ["/extra/services/action/rating"]);
    }

    #[test]
    fn encoding_rejects_the_same() {
        let create = Operation::find(Api::Capping, Verb::Create).expect("an operation");
        let accepts = |definition: &str| encode_payload(create, definition, "A1@AdobeOrg").is_ok();
        assert!(accepts(VALID));
        for (from, to) in [
            (r#""url""#, r#""_id": 1, "url""#),
            (r#""action": {"#, r#""action": {"x": 1, "#),
            (r#""maxCallsCount""#, r#""x": 1, "maxCallsCount""#),
            (r#""extra": {"#, r#""extra": {"methods": [], "#),
            (r#""b": {}"#, r#""rating": 1"#),
            (r#"{"a": 1, "services": {"action": {"b": {}}}}"#, "[]"),
        ] {
            let definition = VALID.replacen(from, to, 1);
            assert!(!accepts(&definition), "{definition}");
            assert_eq!(pointers(&definition).len(), 1, "{definition}");
        }
    }
}
