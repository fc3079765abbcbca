//! Every public item of the crates that people depend on is shown in an example.
//!
//! An item is a type, trait, function, constant or module that `lib.rs` or a public module has or re-exports, and a public method of
//! such a type. It is shown where an example of its crate names it: one in the documentation, which is compiled and run as a test, a
//! file under `examples/`, or one that stands in [`PROGRAMS`]. One example may show several items, so that it can tell a story; hidden
//! lines of it show nothing. Fields, variants and what implements a trait are shown with their type. Generated models are exempt, as
//! there is one for each part of a definition.

use std::collections::BTreeSet;

use super::file::File;

/// Those that people depend on.
const CRATES: &[&str] = &["apply", "auth", "core", "emulator", "plan"];

/// Programs that are compiled elsewhere, as examples of a crate.
const PROGRAMS: &[(&str, &str)] = &[("core", "tests/fetch/worker/src/lib.rs")];

/// What needs no example, and why: items, and modules with all that is in them.
const EXEMPT: &[(&str, &str, &str)] = &[
    (
        "auth",
        "fetch",
        "what ajo-core has of the driver over fetch; it runs on WebAssembly only, where rustdoc runs nothing",
    ),
    ("core", "fetch::FetchWire", "a type parameter that nobody writes"),
    ("core", "fetch::NoLimits", "a type parameter that nobody writes"),
];

pub(super) fn check(files: &[File]) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for name in CRATES {
        problems.extend(judge(name, files, PROGRAMS, EXEMPT)?);
    }
    Ok(problems)
}

fn judge(
    name: &str,
    files: &[File],
    programs: &[(&str, &str)],
    exempt: &[(&str, &str, &str)],
) -> Result<Vec<String>, String> {
    let folder = format!("crates/{name}/");
    let source = files.iter().filter(|file| file.is_a(&["rs"]) && file.path.starts_with(&format!("{folder}src/")));
    let mut shown: BTreeSet<String> = source.flat_map(|file| shown_in_documentation(&file.text)).collect();
    let examples = files.iter().filter(|file| {
        let program = programs.iter().any(|(of, path)| *of == name && *path == file.path);
        program || file.path.starts_with(&format!("{folder}examples/"))
    });
    shown.extend(examples.flat_map(|file| file.text.lines().flat_map(names)));
    let mut items = public(&folder, "lib", files)?;
    items.extend(methods(&folder, &items, files)?);
    let unshown = items.iter().filter(|item| !shown.contains(item.rsplit("::").next().unwrap_or_default()));
    let unshown: Vec<&String> = unshown.collect();
    let covers = |path: &str, item: &str| item == path || item.starts_with(&format!("{path}::"));
    let exempt: Vec<&str> = exempt.iter().filter(|(of, ..)| *of == name).map(|(_, path, _)| *path).collect();
    let exempted = |item: &str| exempt.iter().any(|path| covers(path, item));
    let mut problems: Vec<String> = (unshown.iter().filter(|item| !exempted(item)))
        .map(|item| format!("ajo-{name}: no example shows {item}"))
        .collect();
    for path in exempt.iter().filter(|path| !unshown.iter().any(|item| covers(path, item))) {
        problems.push(format!("ajo-{name}: {path} is exempt, and all of it is shown or gone"));
    }
    Ok(problems)
}

/// The public items of a module that is a file, and of its public modules: paths below the crate.
fn public(folder: &str, module: &str, files: &[File]) -> Result<BTreeSet<String>, String> {
    let path = format!("{folder}src/{module}.rs");
    let file = files.iter().find(|file| file.path == path).ok_or_else(|| format!("there is no {path}"))?;
    let syntax = syn::parse_file(&file.text).map_err(|error| format!("{path}: {error}"))?;
    let mut items = BTreeSet::new();
    let within = if module == "lib" { String::new() } else { format!("{}::", module.replace('/', "::")) };
    for item in &syntax.items {
        let (visibility, name) = match item {
            syn::Item::Const(item) => (&item.vis, &item.ident),
            syn::Item::Enum(item) => (&item.vis, &item.ident),
            syn::Item::Fn(item) => (&item.vis, &item.sig.ident),
            syn::Item::Static(item) => (&item.vis, &item.ident),
            syn::Item::Struct(item) => (&item.vis, &item.ident),
            syn::Item::Trait(item) => (&item.vis, &item.ident),
            syn::Item::Type(item) => (&item.vis, &item.ident),
            syn::Item::Mod(item) => (&item.vis, &item.ident),
            syn::Item::Use(item) if is_public(&item.vis) => {
                let mut names = Vec::new();
                used(&item.tree, &mut names);
                items.extend(names.iter().map(|name| format!("{within}{name}")));
                continue;
            }
            _ => continue,
        };
        if is_public(visibility) {
            items.insert(format!("{within}{name}"));
            if matches!(item, syn::Item::Mod(_)) {
                let module = if module == "lib" { name.to_string() } else { format!("{module}/{name}") };
                items.extend(public(folder, &module, files)?);
            }
        }
    }
    Ok(items)
}

/// The public methods of these types, wherever they stand.
fn methods(folder: &str, items: &BTreeSet<String>, files: &[File]) -> Result<BTreeSet<String>, String> {
    let types: BTreeSet<&str> = items.iter().filter_map(|item| item.rsplit("::").next()).collect();
    let source = format!("{folder}src/");
    let source =
        |file: &&File| file.is_a(&["rs"]) && file.path.starts_with(&source) && !file.path.contains("/generated/");
    let mut methods = BTreeSet::new();
    for file in files.iter().filter(source) {
        let syntax = syn::parse_file(&file.text).map_err(|error| format!("{}: {error}", file.path))?;
        for item in syntax.items {
            let syn::Item::Impl(block) = item else { continue };
            let (None, syn::Type::Path(path)) = (&block.trait_, &*block.self_ty) else { continue };
            let Some(of) = path.path.segments.last().map(|segment| segment.ident.to_string()) else { continue };
            let functions = block.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(function) if is_public(&function.vis) => Some(&function.sig.ident),
                _ => None,
            });
            if types.contains(of.as_str()) {
                methods.extend(functions.map(|function| format!("{of}::{function}")));
            }
        }
    }
    Ok(methods)
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// What a `use` makes known. A glob is of generated models.
fn used(tree: &syn::UseTree, names: &mut Vec<String>) {
    match tree {
        syn::UseTree::Path(path) => used(&path.tree, names),
        syn::UseTree::Name(name) => names.push(name.ident.to_string()),
        syn::UseTree::Rename(name) => names.push(name.rename.to_string()),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| used(tree, names)),
        syn::UseTree::Glob(_) => {}
    }
}

/// The names in the examples of a file's documentation, as far as a reader sees them and a test compiles them.
fn shown_in_documentation(text: &str) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    let mut block: Option<bool> = None;
    for line in text.lines() {
        let Some(line) = line.trim_start().strip_prefix("///").or_else(|| line.trim_start().strip_prefix("//!")) else {
            block = None;
            continue;
        };
        let line = line.strip_prefix(' ').unwrap_or(line);
        if let Some(language) = line.trim_start().strip_prefix("```") {
            const COMPILED: &[&str] = &["", "rust", "no_run", "should_panic"];
            let compiled = language.split(',').all(|word| COMPILED.contains(&word.trim()));
            block = if block.is_none() { Some(compiled) } else { None };
        } else if block == Some(true) && line != "#" && !line.starts_with("# ") {
            shown.extend(names(line));
        }
    }
    shown
}

/// The names in a line of code, without its texts and its comment.
fn names(line: &str) -> Vec<String> {
    let code: String = line.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let code = code.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "//! ```\n//! use a::Shown; // Commented\n//! # hidden(Hidden, \"Text\");\n//! ```\nmod inner;\n\
                       pub mod outer;\npub use inner::{Commented, Hidden, Shown, inner::Renamed as Other};\n\
                       pub use generated::*;\nuse x::Private;\npub(crate) fn ours() {}\npub fn call() {}\n";
    const OUTER: &str = "/// ```ignore\n/// Ignored\n/// ```\npub struct Ignored;\npub const TEXT: &str = \"\";\n\
                         impl Ignored { pub fn call(&self) {} pub fn forgotten(&self) {} fn ours(&self) {} }\n\
                         impl Clone for Ignored { fn clone(&self) {} }\nimpl Unknown { pub fn other(&self) {} }\n";

    fn files() -> [File; 3] {
        [
            File::new("crates/x/src/lib.rs", LIB),
            File::new("crates/x/src/outer.rs", OUTER),
            File::new("crates/x/examples/y.rs", "fn main() { x::call(\"TEXT\"); }"),
        ]
    }

    #[test]
    fn an_item_is_shown_where_a_reader_sees_it_and_a_test_compiles_it() {
        let problems = judge("x", &files(), &[], &[("x", "outer", "one module")]).expect("read");
        let unshown = ["Commented", "Hidden", "Ignored::forgotten", "Other"];
        assert_eq!(problems, unshown.map(|item| format!("ajo-x: no example shows {item}")));
    }

    #[test]
    fn an_exemption_is_one_of_something_that_is_not_shown() {
        let problems = judge("x", &files(), &[], &[("x", "Shown", "it is hard")]).expect("read");
        assert!(
            problems.contains(&"ajo-x: Shown is exempt, and all of it is shown or gone".to_owned()),
            "{problems:?}"
        );
    }

    #[test]
    fn a_program_elsewhere_can_be_an_example() {
        let mut files = Vec::from(files());
        files.push(File::new("z.rs", "use x::outer::{Ignored, TEXT};"));
        let problems = judge("x", &files, &[("x", "z.rs")], &[]).expect("read");
        assert_eq!(problems.len(), 4, "{problems:?}");
    }
}
