//! Updates the table of operations in the README of the npm package.

use std::fmt::Write as _;

use super::method_model::{ApiMethods, parse_apis};
use crate::generate::operation_model;
use crate::spec::Spec;

const BEGIN_MARKER: &str = "<!-- operations: written by `cargo xtask generate` -->\n";
const END_MARKER: &str = "<!-- operations: end -->\n";

/// Returns the README with an updated table.
pub(crate) fn update(readme: &str, specs: &[Spec]) -> Result<String, String> {
    let (before, rest) =
        readme.split_once(BEGIN_MARKER).ok_or_else(|| format!("there is no line {}", BEGIN_MARKER.trim_end()))?;
    let (_, after) =
        rest.split_once(END_MARKER).ok_or_else(|| format!("there is no line {}", END_MARKER.trim_end()))?;
    let operations = operation_model::parse_operations(specs)?;
    let table = render_table(&parse_apis(specs, &operations)?);
    Ok(format!("{before}{BEGIN_MARKER}{table}{END_MARKER}{after}"))
}

fn render_table(apis: &[ApiMethods<'_>]) -> String {
    let mut table = "\n| call | returns | |\n|---|---|---|\n".to_owned();
    for ApiMethods { name, methods, .. } in apis {
        for method in methods {
            let arguments: String = method.arguments.iter().map(|(name, _)| format!("{name}, ")).collect();
            let value = method.value.replace('|', "\\|");
            let value = if value == "void" { String::new() } else { format!("`{value}`") };
            let (method, summary) = (&method.name, &method.operation.summary);
            let _ = writeln!(table, "| `{name}.{method}({arguments}options?)` | {value} | {summary} |");
        }
    }
    table + "\n"
}

#[cfg(test)]
mod tests {
    use super::{BEGIN_MARKER, END_MARKER, update};

    #[test]
    fn table_replaces_text_between_markers() {
        let specs = crate::spec::read_project_specs().expect("readable");
        let readme = format!("before\n{BEGIN_MARKER}old\n{END_MARKER}after\n");
        let updated = update(&readme, &specs).expect("markers");
        assert!(
            updated.starts_with(&format!("before\n{BEGIN_MARKER}\n| call |"))
                && updated.ends_with(&format!("{END_MARKER}after\n"))
        );
        assert!(updated.contains("| `capping.canDeploy(uid, options?)` | `CanDeploy` |") && !updated.contains("old"));
        assert_eq!(update(&updated, &specs), Ok(updated.clone()));
        assert!(update("nothing", &specs).is_err());
    }
}
