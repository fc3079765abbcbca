//! The table of operations in the README of the npm package.

use std::fmt::Write as _;

use super::operation::{Api, apis};
use crate::generate::model;
use crate::spec::Spec;

const BEGIN: &str = "<!-- operations: written by `cargo xtask generate` -->\n";
const END: &str = "<!-- operations: end -->\n";

/// The README with the table that the specs give.
pub(crate) fn update(readme: &str, specs: &[Spec]) -> Result<String, String> {
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(|| format!("there is no line {}", BEGIN.trim_end()))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("there is no line {}", END.trim_end()))?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", table(&apis(specs, &model::operations(specs)?)?)))
}

fn table(apis: &[Api<'_>]) -> String {
    let mut table = "\n| call | returns | |\n|---|---|---|\n".to_owned();
    for Api { name, operations, .. } in apis {
        for operation in operations {
            let arguments: String = operation.arguments.iter().map(|(name, _)| format!("{name}, ")).collect();
            let value = operation.value.replace('|', "\\|");
            let value = if value == "void" { String::new() } else { format!("`{value}`") };
            let (method, summary) = (&operation.method, &operation.summary);
            let _ = writeln!(table, "| `{name}.{method}({arguments}options?)` | {value} | {summary} |");
        }
    }
    table + "\n"
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, update};

    #[test]
    fn only_the_text_between_the_markers_is_replaced() {
        let specs = crate::spec::specifications().expect("readable");
        let readme = format!("before\n{BEGIN}old\n{END}after\n");
        let updated = update(&readme, &specs).expect("markers");
        assert!(
            updated.starts_with(&format!("before\n{BEGIN}\n| call |")) && updated.ends_with(&format!("{END}after\n"))
        );
        assert!(updated.contains("| `capping.canDeploy(uid, options?)` | `CanDeploy` |") && !updated.contains("old"));
        assert_eq!(update(&updated, &specs), Ok(updated.clone()));
        assert!(update("nothing", &specs).is_err());
    }
}
