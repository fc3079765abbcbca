//! Finds a sandbox in a response of Sandbox Management.

use serde_json::Value;

use super::sandbox_kind::SandboxKind;

/// The type of this sandbox, or why it is unknown. The response is not trusted.
pub(super) fn find_type(response: &Value, sandbox: &str) -> Result<SandboxKind, String> {
    let list = response.get("sandboxes").unwrap_or(response);
    let Some(sandboxes) = list.as_array() else {
        return Err("Sandbox Management sent an invalid response, so its type is unknown".to_owned());
    };
    let mut found = sandboxes.iter().filter(|it| it["name"] == sandbox);
    let (Some(described), None) = (found.next(), found.next()) else {
        return Err("Sandbox Management does not list it for this credential, so its type is unknown".to_owned());
    };
    let kind = SandboxKind::ALL.into_iter().find(|kind| described["type"] == kind.as_str());
    kind.ok_or_else(|| "Sandbox Management reports neither production nor development as its type".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn type_of_the_named_sandbox_is_found() {
        let list = json!([
            {"name": "prod", "type": "production", "state": "active", "isDefault": true},
            {"name": "dev", "type": "development", "state": "active", "isDefault": false},
        ]);
        for response in [json!({"sandboxes": list}), list] {
            assert_eq!(find_type(&response, "prod"), Ok(SandboxKind::Production));
            assert_eq!(find_type(&response, "dev"), Ok(SandboxKind::Development));
            assert!(find_type(&response, "DEV").is_err_and(|reason| reason.contains("does not list it")));
        }
    }

    #[test]
    fn wrong_responses_are_unknown() {
        let dev = json!({"name": "dev", "type": "development"});
        let typed = |kind| json!({"sandboxes": [{"name": "dev", "type": kind}]});
        for response in [
            json!(null),
            json!("development"),
            json!([]),
            json!({}),
            json!({"sandboxes": []}),
            json!({"sandboxes": {"dev": "development"}}),
            json!({"sandboxes": [dev, {"name": "dev", "type": "production"}]}),
            json!({"sandboxes": [dev, dev]}),
            json!({"sandboxes": [{"name": "dev"}, 7, null]}),
            json!({"sandboxes": [{"name": ["dev"], "type": "development"}]}),
            typed(json!("Development")),
            typed(json!("staging")),
            typed(json!(["development"])),
        ] {
            assert!(find_type(&response, "dev").is_err(), "{response}");
        }
    }
}
