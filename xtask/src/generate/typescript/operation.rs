//! An operation as the npm package has it.

use serde_json::Value;

use super::types::type_of;
use crate::generate::response::{Response, response};
use crate::spec::{self, Spec};
use crate::validate::names::pascal;

pub(super) struct Operation<'s> {
    spec: &'s Spec,
    /// The operation id, such as `can_deploy`.
    pub(super) id: &'s str,
    /// The name of the method, such as `canDeploy`.
    pub(super) method: String,
    pub(super) summary: &'s str,
    pub(super) description: &'s str,
    pub(super) takes_uid: bool,
    /// The schema of the body, if the caller gives it.
    pub(super) body: Option<&'s Value>,
    /// The options that other operations do not have.
    pub(super) flags: Vec<Flag<'s>>,
    pub(super) response: Response<'s>,
}

/// An option that is `true` or absent.
#[derive(Clone, PartialEq)]
pub(super) struct Flag<'s> {
    pub(super) name: &'s str,
    pub(super) description: &'s str,
}

/// The operations of a spec, in its order.
pub(super) fn operations(spec: &Spec) -> Result<Vec<Operation<'_>>, String> {
    spec.operations().map(|operation| read(spec, &operation)).collect()
}

fn read<'s>(spec: &'s Spec, operation: &spec::Operation<'s>) -> Result<Operation<'s>, String> {
    let value = operation.value;
    let text = |name: &str| value[name].as_str().unwrap_or_default();
    let mut takes_uid = false;
    let mut flags = Vec::new();
    for (place, parameter) in operation.parameters() {
        let parameter = spec.resolve(parameter).unwrap_or(parameter);
        let text = |name: &str| parameter[name].as_str().unwrap_or_default();
        let kind = spec.resolve(&parameter["schema"]).map(|schema| &schema["type"]);
        match (text("in"), text("name")) {
            ("path", "uid") => takes_uid = true,
            ("query", name) if parameter["required"] != true && kind.is_some_and(|kind| kind == "boolean") => {
                let name = parameter["x-option"].as_str().unwrap_or(name);
                flags.push(Flag { name, description: text("description") });
            }
            (_, name) => {
                return Err(format!(
                    "{}#{place}: the npm package passes a uid and options that are true or false; teach \
                     crates/wasm/src/dispatch.rs to pass `{name}` too",
                    spec.file
                ));
            }
        }
    }
    let body = value.get("requestBody").filter(|_| value.get("x-default-body").is_none());
    let body = body.and_then(|body| spec.resolve(body)).map(|body| &body["content"]["application/json"]["schema"]);
    Ok(Operation {
        spec,
        id: text("operationId"),
        method: camel(text("operationId")),
        summary: text("summary"),
        description: text("description"),
        takes_uid,
        body,
        flags,
        response: response(spec, value),
    })
}

impl Operation<'_> {
    /// Its arguments before the options, each with its type.
    pub(super) fn arguments(&self) -> Vec<(&'static str, String)> {
        let uid = self.takes_uid.then(|| ("uid", "string".to_owned()));
        let config = self.body.map(|schema| ("config", type_of(self.spec, schema)));
        uid.into_iter().chain(config).collect()
    }

    /// The type of its options.
    pub(super) fn options(&self) -> String {
        if self.flags.is_empty() {
            return "CallOptions".to_owned();
        }
        format!("{}Options", pascal(&self.method))
    }

    /// The type of its value.
    pub(super) fn value(&self) -> String {
        match self.response {
            Response::Nothing => "void".to_owned(),
            Response::Value(schema) => type_of(self.spec, schema),
        }
    }
}

/// `can_deploy` → `canDeploy`
fn camel(id: &str) -> String {
    let mut words = id.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &pascal(word))
}
