//! The model of a method in the npm package.

use super::typescript_type::{Lists, typescript_type};
use crate::generate::operation_model::{self, BodyModel, OperationModel, ParameterType};
use crate::generate::options;
use crate::spec::Spec;

/// The methods of one API.
pub(super) struct ApiMethods<'s> {
    pub(super) name: String,
    pub(super) spec: &'s Spec,
    pub(super) methods: Vec<MethodModel<'s>>,
}

pub(super) struct MethodModel<'s> {
    pub(super) operation: &'s OperationModel,
    /// The name of the method, such as `canDeploy`.
    pub(super) name: String,
    /// Name and type of each argument before the options.
    pub(super) arguments: Vec<(&'static str, String)>,
    /// The type of the options.
    pub(super) options: String,
    /// The boolean options of this operation.
    pub(super) boolean_options: Vec<BooleanOption>,
    /// The type of the value.
    pub(super) value: String,
}

#[derive(Clone, PartialEq)]
pub(super) struct BooleanOption {
    pub(super) name: String,
    /// The name in the query.
    pub(super) parameter: String,
    pub(super) description: String,
}

/// Parses the methods of each spec, in order.
pub(super) fn parse_apis<'s>(specs: &'s [Spec], all: &'s [OperationModel]) -> Result<Vec<ApiMethods<'s>>, String> {
    let read = |spec: &'s Spec| {
        let name = operation_model::api_name(spec)?;
        let own = all.iter().filter(|operation| operation.api == name);
        let operations = own.map(|operation| parse_method(spec, operation, all)).collect::<Result<_, _>>()?;
        Ok(ApiMethods { name, spec, methods: operations })
    };
    specs.iter().map(read).collect()
}

fn parse_method<'s>(
    spec: &Spec,
    operation: &'s OperationModel,
    all: &[OperationModel],
) -> Result<MethodModel<'s>, String> {
    let unsupported = operation.arguments.iter().find(|argument| argument.is_query || argument.name != "uid");
    let unsupported = unsupported.map(|argument| &argument.name);
    let unsupported = unsupported.or(operation
        .options
        .iter()
        .find(|option| option.kind != ParameterType::Boolean)
        .map(|option| &option.parameter));
    if let Some(name) = unsupported {
        return Err(format!(
            "{}: the npm package supports only a uid, a body, and boolean options; add support for \
             `{name}` of `{}` to crates/wasm/npm/src",
            spec.file, operation.id
        ));
    }
    let uid = operation.arguments.first().map(|_| ("uid", "string".to_owned()));
    let body = match &operation.body {
        BodyModel::Argument { schema, .. } => Some(("config", typescript_type(spec, schema, Lists::Readonly))),
        BodyModel::None | BodyModel::Fixed(_) => None,
    };
    let flags = operation.options.iter().map(|option| BooleanOption {
        name: to_camel_case(&option.name),
        parameter: option.parameter.clone(),
        description: option.description.clone(),
    });
    Ok(MethodModel {
        operation,
        name: to_camel_case(&operation.id),
        arguments: uid.into_iter().chain(body).collect(),
        options: if operation.options.is_empty() {
            "CallOptions".to_owned()
        } else {
            options::options_type_name(operation, all)
        },
        boolean_options: flags.collect(),
        value: operation
            .response
            .schema
            .as_ref()
            .map_or_else(|| "void".to_owned(), |schema| typescript_type(spec, schema, Lists::Mutable)),
    })
}

/// `can_deploy` → `canDeploy`
fn to_camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &crate::validate::rust_names::to_pascal_case(word))
}
