//! Renders the operations: an interface per API, and the table of operations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::doc_comment::doc_comment;
use super::method_model::{ApiMethods, BooleanOption, MethodModel};
use super::operation_table;
use crate::validate::rust_names::to_pascal_case;

pub(super) fn render(apis: &[ApiMethods<'_>]) -> String {
    let all = || apis.iter().flat_map(|api| &api.methods);
    let mut file = String::new();
    let models = model_names(all());
    file += "import type { ApiCall } from \"../api-call.js\";\n";
    let _ = writeln!(file, "import type {{\n  {},\n}} from \"../models.js\";", models.join(",\n  "));
    file += "import type { CallOptions } from \"../options.js\";\n\n";
    for (name, flags) in options_by_type(all()) {
        let fields: String = flags
            .iter()
            .map(|flag| format!("{}  {}?: boolean | undefined;\n", doc_comment(&[&flag.description], "  "), flag.name))
            .collect();
        let _ = writeln!(
            file,
            "/** Options of one operation. */\nexport interface {name} extends CallOptions {{\n{fields}}}\n"
        );
    }
    for ApiMethods { name, spec, methods } in apis {
        let about = spec.value["info"]["description"].as_str().unwrap_or_default();
        let methods: String = methods.iter().map(render_method).collect();
        let comment = doc_comment(&[about, "Every method rejects with an `AjoError`."], "");
        let _ = writeln!(file, "{comment}export interface {} {{\n{methods}}}\n", to_pascal_case(name));
    }
    let ids: Vec<String> = apis
        .iter()
        .flat_map(|api| api.methods.iter().map(move |it| format!("\"{}.{}\"", api.name, it.operation.id)))
        .collect();
    let _ = writeln!(file, "/** An operation by its id. */\nexport type OperationId =\n  | {};\n", ids.join("\n  | "));
    file += &operation_table::render(apis);
    file
}

fn render_method(method: &MethodModel<'_>) -> String {
    let summary = format!("{}.", method.operation.summary);
    let mut arguments: Vec<String> =
        method.arguments.iter().map(|(name, type_name)| format!("{name}: {type_name}")).collect();
    arguments.push(format!("options?: {}", method.options));
    format!(
        "{}  {}({}): ApiCall<{}>;\n",
        doc_comment(&[&summary, &method.operation.description], "  "),
        method.name,
        arguments.join(", "),
        method.value
    )
}

/// The options of operations, by type name.
fn options_by_type<'o>(all: impl Iterator<Item = &'o MethodModel<'o>>) -> BTreeMap<&'o str, &'o [BooleanOption]> {
    let with_flags = all.filter(|operation| !operation.boolean_options.is_empty());
    with_flags.map(|operation| (operation.options.as_str(), &operation.boolean_options[..])).collect()
}

/// The names of the models used in signatures.
fn model_names<'o>(all: impl Iterator<Item = &'o MethodModel<'o>>) -> Vec<&'o str> {
    let mut names = BTreeSet::new();
    for operation in all {
        let arguments = operation.arguments.iter().map(|(_, type_name)| type_name);
        for type_name in arguments.chain([&operation.value]) {
            let words = type_name.split(|character: char| !character.is_ascii_alphanumeric());
            names.extend(words.filter(|word| *word != "Record" && word.starts_with(char::is_uppercase)));
        }
    }
    names.into_iter().collect()
}
