//! The operations: an interface with a method for each, and what each takes, as data for the client.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::comment::comment;
use super::operation::{Api, Flag, Operation};
use crate::validate::names::pascal;

pub(super) fn render(apis: &[Api<'_>]) -> String {
    let all = || apis.iter().flat_map(|api| &api.operations);
    let mut file = String::new();
    let models = models(all());
    let _ = writeln!(file, "import type {{\n  {},\n}} from \"../models.js\";", models.join(",\n  "));
    let _ = writeln!(file, "import type {{ CallOptions }} from \"../options.js\";\n");
    for (name, flags) in options(all()) {
        let fields: String = flags
            .iter()
            .map(|flag| format!("{}  {}?: boolean | undefined;\n", comment(&[&flag.description], "  "), flag.name))
            .collect();
        let _ = writeln!(
            file,
            "/** Options of one operation. */\nexport interface {name} extends CallOptions {{\n{fields}}}\n"
        );
    }
    for Api { name, spec, operations } in apis {
        let about = spec.value["info"]["description"].as_str().unwrap_or_default();
        let methods: String = operations.iter().map(method).collect();
        let comment = comment(&[about, "Every method rejects with an `AjoError`."], "");
        let _ = writeln!(file, "{comment}export interface {} {{\n{methods}}}\n", pascal(name));
    }
    let ids: Vec<String> = apis
        .iter()
        .flat_map(|api| api.operations.iter().map(move |it| format!("\"{}.{}\"", api.name, it.id)))
        .collect();
    let _ = writeln!(file, "/** An operation by its id. */\nexport type OperationId =\n  | {};\n", ids.join("\n  | "));
    let _ = writeln!(
        file,
        "/** What each operation takes before its options, in this order. */\nexport const OPERATIONS = {{"
    );
    for Api { name, operations, .. } in apis {
        let _ = writeln!(file, "  {name}: {{");
        for operation in operations {
            let names: Vec<String> = operation.arguments.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let _ = writeln!(file, "    {}: [{}],", operation.method, names.join(", "));
        }
        file += "  },\n";
    }
    file += "} as const;\n\n";
    let _ = writeln!(file, "/** The options that only some operations have. Each is `true` or `false`. */");
    let _ = writeln!(file, "export const FLAGS: Readonly<Record<string, readonly string[]>> = {{");
    for Api { name, operations, .. } in apis {
        for operation in operations.iter().filter(|operation| !operation.flags.is_empty()) {
            let names: Vec<String> = operation.flags.iter().map(|flag| format!("\"{}\"", flag.name)).collect();
            let _ = writeln!(file, "  \"{name}.{}\": [{}],", operation.method, names.join(", "));
        }
    }
    file += "};\n\n";
    let repeated = apis.iter().flat_map(|api| {
        let operations = api.operations.iter().filter(|operation| !operation.is_idempotent);
        operations.map(move |operation| format!("\"{}.{}\"", api.name, operation.method))
    });
    let repeated: Vec<String> = repeated.collect();
    let _ = writeln!(file, "/** The operations of which a second request has a second effect. */");
    let _ = writeln!(file, "export const NOT_IDEMPOTENT: readonly string[] = [{}];", repeated.join(", "));
    file
}

fn method(operation: &Operation) -> String {
    let summary = format!("{}.", operation.summary);
    let mut arguments: Vec<String> =
        operation.arguments.iter().map(|(name, type_name)| format!("{name}: {type_name}")).collect();
    arguments.push(format!("options?: {}", operation.options));
    format!(
        "{}  {}({}): Promise<{}>;\n",
        comment(&[&summary, &operation.description], "  "),
        operation.method,
        arguments.join(", "),
        operation.value
    )
}

/// The options of operations, by the name of their type.
fn options<'o>(all: impl Iterator<Item = &'o Operation>) -> BTreeMap<&'o str, &'o [Flag]> {
    let with_flags = all.filter(|operation| !operation.flags.is_empty());
    with_flags.map(|operation| (operation.options.as_str(), &operation.flags[..])).collect()
}

/// The names of the models in the signatures.
fn models<'o>(all: impl Iterator<Item = &'o Operation>) -> Vec<&'o str> {
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
