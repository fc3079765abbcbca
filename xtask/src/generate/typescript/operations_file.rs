//! Renders the operations: an interface per API, and the arguments of each method as data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::doc_comment::doc_comment;
use super::method_model::{ApiMethods, BooleanOption, MethodModel};
use crate::validate::rust_names::to_pascal_case;

pub(super) fn render(apis: &[ApiMethods<'_>]) -> String {
    let all = || apis.iter().flat_map(|api| &api.methods);
    let mut file = String::new();
    let models = model_names(all());
    let _ = writeln!(file, "import type {{\n  {},\n}} from \"../models.js\";", models.join(",\n  "));
    let _ = writeln!(file, "import type {{ CallOptions }} from \"../options.js\";\n");
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
    for ApiMethods { name, spec, methods: operations } in apis {
        let about = spec.value["info"]["description"].as_str().unwrap_or_default();
        let methods: String = operations.iter().map(render_method).collect();
        let comment = doc_comment(&[about, "Every method rejects with an `AjoError`."], "");
        let _ = writeln!(file, "{comment}export interface {} {{\n{methods}}}\n", to_pascal_case(name));
    }
    let ids: Vec<String> =
        apis.iter().flat_map(|api| api.methods.iter().map(move |it| format!("\"{}.{}\"", api.name, it.id))).collect();
    let _ = writeln!(file, "/** An operation by its id. */\nexport type OperationId =\n  | {};\n", ids.join("\n  | "));
    let _ = writeln!(
        file,
        "/** The arguments of each operation before its options, in order. */\nexport const OPERATION_ARGUMENTS = {{"
    );
    for ApiMethods { name, methods: operations, .. } in apis {
        let _ = writeln!(file, "  {name}: {{");
        for operation in operations {
            let names: Vec<String> = operation.arguments.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let _ = writeln!(file, "    {}: [{}],", operation.method, names.join(", "));
        }
        file += "  },\n";
    }
    file += "} as const;\n\n";
    let _ = writeln!(file, "/** The boolean options of each operation that has any. */");
    let _ = writeln!(file, "export const BOOLEAN_OPTIONS: Readonly<Record<string, readonly string[]>> = {{");
    for ApiMethods { name, methods: operations, .. } in apis {
        for operation in operations.iter().filter(|operation| !operation.boolean_options.is_empty()) {
            let names: Vec<String> =
                operation.boolean_options.iter().map(|flag| format!("\"{}\"", flag.name)).collect();
            let _ = writeln!(file, "  \"{name}.{}\": [{}],", operation.method, names.join(", "));
        }
    }
    file += "};\n\n";
    let not_idempotent = apis.iter().flat_map(|api| {
        let operations = api.methods.iter().filter(|operation| !operation.is_idempotent);
        operations.map(move |operation| format!("\"{}.{}\"", api.name, operation.method))
    });
    let not_idempotent: Vec<String> = not_idempotent.collect();
    let _ = writeln!(file, "/** The operations that are not idempotent. */");
    let _ = writeln!(file, "export const NOT_IDEMPOTENT: readonly string[] = [{}];", not_idempotent.join(", "));
    file
}

fn render_method(operation: &MethodModel) -> String {
    let summary = format!("{}.", operation.summary);
    let mut arguments: Vec<String> =
        operation.arguments.iter().map(|(name, type_name)| format!("{name}: {type_name}")).collect();
    arguments.push(format!("options?: {}", operation.options));
    format!(
        "{}  {}({}): Promise<{}>;\n",
        doc_comment(&[&summary, &operation.description], "  "),
        operation.method,
        arguments.join(", "),
        operation.value
    )
}

/// The options of operations, by type name.
fn options_by_type<'o>(all: impl Iterator<Item = &'o MethodModel>) -> BTreeMap<&'o str, &'o [BooleanOption]> {
    let with_flags = all.filter(|operation| !operation.boolean_options.is_empty());
    with_flags.map(|operation| (operation.options.as_str(), &operation.boolean_options[..])).collect()
}

/// The names of the models used in signatures.
fn model_names<'o>(all: impl Iterator<Item = &'o MethodModel>) -> Vec<&'o str> {
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
