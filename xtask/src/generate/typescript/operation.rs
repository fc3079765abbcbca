//! An operation as the npm package has it.

use super::types::type_of;
use crate::generate::model::{self, Body, Idempotency, Scalar};
use crate::generate::options;
use crate::spec::Spec;

/// The operations of one API.
pub(super) struct Api<'s> {
    pub(super) name: String,
    pub(super) spec: &'s Spec,
    pub(super) operations: Vec<Operation>,
}

pub(super) struct Operation {
    /// The operation id, such as `can_deploy`.
    pub(super) id: String,
    /// The name of the method, such as `canDeploy`.
    pub(super) method: String,
    pub(super) summary: String,
    pub(super) description: String,
    /// The arguments before the options: the name and type of each.
    pub(super) arguments: Vec<(&'static str, String)>,
    /// The type of the options.
    pub(super) options: String,
    /// The options that other operations do not have. Each is true or false.
    pub(super) flags: Vec<Flag>,
    /// Whether a second request has no second effect.
    pub(super) is_idempotent: bool,
    /// The type of the value.
    pub(super) value: String,
}

#[derive(Clone, PartialEq)]
pub(super) struct Flag {
    pub(super) name: String,
    pub(super) description: String,
}

/// The operations of each spec, in its order.
pub(super) fn apis<'s>(specs: &'s [Spec], all: &[model::Operation]) -> Result<Vec<Api<'s>>, String> {
    let read = |spec: &'s Spec| {
        let name = model::api_name(spec)?;
        let own = all.iter().filter(|operation| operation.api == name);
        let operations = own.map(|operation| read(spec, operation, all)).collect::<Result<_, _>>()?;
        Ok(Api { name, spec, operations })
    };
    specs.iter().map(read).collect()
}

fn read(spec: &Spec, operation: &model::Operation, all: &[model::Operation]) -> Result<Operation, String> {
    let odd = operation.arguments.iter().find(|argument| argument.is_query || argument.name != "uid");
    let odd = odd.map(|argument| &argument.name);
    let odd =
        odd.or(operation.options.iter().find(|option| option.kind != Scalar::Flag).map(|option| &option.parameter));
    if let Some(name) = odd {
        return Err(format!(
            "{}: the npm package passes a uid, a body, and options that are true or false; teach crates/wasm/src/input.rs to \
             pass `{name}` of `{}` too",
            spec.file, operation.id
        ));
    }
    let uid = operation.arguments.first().map(|_| ("uid", "string".to_owned()));
    let body = match &operation.body {
        Body::Argument { schema, .. } => Some(("config", type_of(spec, schema))),
        Body::None | Body::Default(_) => None,
    };
    let flags = operation.options.iter();
    let flags =
        flags.map(|option| Flag { name: camel(&option.name), description: option.description.clone() }).collect();
    Ok(Operation {
        id: operation.id.clone(),
        method: camel(&operation.id),
        summary: operation.summary.clone(),
        description: operation.description.clone(),
        arguments: uid.into_iter().chain(body).collect(),
        options: if operation.options.is_empty() { "CallOptions".to_owned() } else { options::name(operation, all) },
        flags,
        is_idempotent: !matches!(operation.idempotency, Idempotency::NotIdempotent),
        value: operation.response.schema.as_ref().map_or_else(|| "void".to_owned(), |schema| type_of(spec, schema)),
    })
}

/// `can_deploy` → `canDeploy`
fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &crate::validate::names::pascal(word))
}
