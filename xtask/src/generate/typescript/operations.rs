//! The operations: an interface with a method for each, and what each takes, as data for the client.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::comment::comment;
use super::operation::{Flag, Operation, operations};
use crate::generate::model::api_name;
use crate::spec::Spec;
use crate::validate::names::pascal;

pub(super) fn render(specs: &[Spec]) -> Result<String, String> {
    let apis: Vec<(String, &Spec, Vec<Operation<'_>>)> =
        specs.iter().map(|spec| Ok((api_name(spec)?, spec, operations(spec)?))).collect::<Result<_, String>>()?;
    let all = || apis.iter().flat_map(|(_, _, operations)| operations);

    let mut file = String::new();
    let models = models(all());
    let _ = writeln!(file, "import type {{\n  {},\n}} from \"../models.js\";", models.join(",\n  "));
    let _ = writeln!(file, "import type {{ CallOptions }} from \"../options.js\";\n");
    for (name, flags) in options(all())? {
        let fields: String = flags
            .iter()
            .map(|flag| format!("{}  {}?: boolean | undefined;\n", comment(&[flag.description], "  "), flag.name))
            .collect();
        let _ = writeln!(
            file,
            "/** Options of one operation. */\nexport interface {name} extends CallOptions {{\n{fields}}}\n"
        );
    }
    for (api, spec, operations) in &apis {
        let about = spec.value["info"]["description"].as_str().unwrap_or_default();
        let methods: String = operations.iter().map(method).collect();
        let comment = comment(&[about, "Every method rejects with an `AjoError`."], "");
        let _ = writeln!(file, "{comment}export interface {} {{\n{methods}}}\n", pascal(api));
    }
    let ids: Vec<String> = apis
        .iter()
        .flat_map(|(api, _, operations)| operations.iter().map(move |it| format!("\"{api}.{}\"", it.id)))
        .collect();
    let _ = writeln!(file, "/** An operation by its id. */\nexport type OperationId =\n  | {};\n", ids.join("\n  | "));
    let _ = writeln!(
        file,
        "/** What each operation takes before its options, in this order. */\nexport const OPERATIONS = {{"
    );
    for (api, _, operations) in &apis {
        let _ = writeln!(file, "  {api}: {{");
        for operation in operations {
            let names: Vec<String> = operation.arguments().iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let _ = writeln!(file, "    {}: [{}],", operation.method, names.join(", "));
        }
        file += "  },\n";
    }
    file += "} as const;\n\n";
    let _ = writeln!(file, "/** The options that only some operations have. Each is `true` or `false`. */");
    let _ = writeln!(file, "export const FLAGS: Readonly<Record<string, readonly string[]>> = {{");
    for (api, _, operations) in &apis {
        for operation in operations.iter().filter(|operation| !operation.flags.is_empty()) {
            let names: Vec<String> = operation.flags.iter().map(|flag| format!("\"{}\"", flag.name)).collect();
            let _ = writeln!(file, "  \"{api}.{}\": [{}],", operation.method, names.join(", "));
        }
    }
    file += "};\n";
    Ok(file)
}

fn method(operation: &Operation<'_>) -> String {
    let summary = format!("{}.", operation.summary);
    let mut arguments: Vec<String> =
        operation.arguments().into_iter().map(|(name, type_name)| format!("{name}: {type_name}")).collect();
    arguments.push(format!("options?: {}", operation.options()));
    format!(
        "{}  {}({}): Promise<{}>;\n",
        comment(&[&summary, operation.description], "  "),
        operation.method,
        arguments.join(", "),
        operation.value()
    )
}

/// The options of all operations, by the name of their type. Both APIs share a type.
fn options<'o, 's: 'o>(
    all: impl Iterator<Item = &'o Operation<'s>>,
) -> Result<BTreeMap<String, &'o [Flag<'s>]>, String> {
    let mut types: BTreeMap<String, &[Flag<'_>]> = BTreeMap::new();
    for operation in all.filter(|operation| !operation.flags.is_empty()) {
        let name = operation.options();
        if types.insert(name.clone(), &operation.flags).is_some_and(|other| other != operation.flags) {
            return Err(format!(
                "the options of `{}` differ between the APIs, and share the type {name}",
                operation.id
            ));
        }
    }
    Ok(types)
}

/// The names of the models in the signatures.
fn models<'o, 's: 'o>(all: impl Iterator<Item = &'o Operation<'s>>) -> Vec<String> {
    let mut names = BTreeSet::new();
    for operation in all {
        let arguments = operation.arguments().into_iter().map(|(_, type_name)| type_name);
        for type_name in arguments.chain([operation.value()]) {
            let words = type_name.split(|character: char| !character.is_ascii_alphanumeric());
            names.extend(
                words.filter(|word| *word != "Record" && word.starts_with(char::is_uppercase)).map(str::to_owned),
            );
        }
    }
    names.into_iter().collect()
}
