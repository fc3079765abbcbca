//! Every public item of the crates that people depend on is shown in an example.
//!
//! An item is a type, trait, function, constant or module that `lib.rs` or a public module has or re-exports, and a public method of
//! such a type. It is shown where an example of its crate names it: one in the documentation, which is compiled as a test and, but for
//! those marked `no_run`, run; a file under `examples/`; or one that stands in [`PROGRAMS`]. A method is shown where an example has
//! `.method(` or `Type::method`: the type of a value is seldom named beside it, so that a method of the same name of another type
//! stands for it too. One example may show several items, so that it can tell a story; hidden lines of it show nothing. Fields,
//! variants, what implements a trait and what a trait has are shown with their type or trait. Generated models are exempt, as there is
//! one for each part of a definition.

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
    let mut examples: Vec<Example> = source.flat_map(|file| documented(&file.text)).collect();
    let programs: Vec<&str> = programs.iter().filter(|(of, _)| *of == name).map(|(_, path)| *path).collect();
    let example =
        |file: &&File| programs.contains(&file.path.as_str()) || file.path.starts_with(&format!("{folder}examples/"));
    examples.extend(files.iter().filter(example).map(|file| {
        let mut example = Example::default();
        file.text.lines().for_each(|line| example.read(line));
        example
    }));
    let items = public(&folder, "lib", files)?;
    let (methods, aliases) = methods(&folder, &items, files)?;
    let name_of = |item: &str| item.rsplit("::").next().unwrap_or_default().to_owned();
    let mut unshown: Vec<String> =
        items.into_iter().filter(|item| !examples.iter().any(|it| it.names.contains(&name_of(item)))).collect();
    let methods =
        methods.into_iter().filter(|(of, method)| !examples.iter().any(|example| example.calls(of, method, &aliases)));
    unshown.extend(methods.map(|(of, method)| format!("{of}::{method}")));
    unshown.sort();
    let covers = |path: &str, item: &str| item == path || item.starts_with(&format!("{path}::"));
    let exempt: Vec<&str> = exempt.iter().filter(|(of, ..)| *of == name).map(|(_, path, _)| *path).collect();
    let exempted = |item: &str| exempt.iter().any(|path| covers(path, item));
    let mut problems: Vec<String> = (unshown.iter().filter(|item| !exempted(item)))
        .map(|item| format!("ajo-{name}: no example shows {item}"))
        .collect();
    for path in exempt.iter().filter(|path| !unshown.iter().any(|item| covers(path, item))) {
        problems
            .push(format!("ajo-{name}: {path} is shown or gone, and stands in EXEMPT of xtask/src/tidy/examples.rs"));
    }
    for path in programs.iter().filter(|path| files.iter().all(|file| file.path != **path)) {
        problems.push(format!("ajo-{name}: {path} is gone, and stands in PROGRAMS of xtask/src/tidy/examples.rs"));
    }
    Ok(problems)
}

/// The public items of a module that is a file, and of its public modules: paths below the crate.
fn public(folder: &str, module: &str, files: &[File]) -> Result<BTreeSet<String>, String> {
    let path = format!("{folder}src/{module}.rs");
    let file = files.iter().find(|file| file.path == path);
    let file = file.or_else(|| files.iter().find(|file| file.path == format!("{folder}src/{module}/mod.rs")));
    let file = file.ok_or_else(|| format!("there is no {path}"))?;
    let syntax = syn::parse_file(&file.text).map_err(|error| format!("{path}: {error}"))?;
    public_of(folder, if module == "lib" { "" } else { module }, &syntax.items, files)
}

/// The same of these items of a module, which is `""` for the crate itself.
fn public_of(folder: &str, module: &str, syntax: &[syn::Item], files: &[File]) -> Result<BTreeSet<String>, String> {
    let mut items = BTreeSet::new();
    let within = if module.is_empty() { String::new() } else { format!("{}::", module.replace('/', "::")) };
    for item in syntax {
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
            if let syn::Item::Mod(item) = item {
                let module = if module.is_empty() { name.to_string() } else { format!("{module}/{name}") };
                items.extend(match &item.content {
                    Some((_, inline)) => public_of(folder, &module, inline, files)?,
                    None => public(folder, &module, files)?,
                });
            }
        }
    }
    Ok(items)
}

/// Pairs of names: a type and its method, or an alias and its type.
type Pairs = BTreeSet<(String, String)>;

/// The public methods of these types, wherever they stand, and the aliases that types have.
fn methods(folder: &str, items: &BTreeSet<String>, files: &[File]) -> Result<(Pairs, Pairs), String> {
    let types: BTreeSet<&str> = items.iter().filter_map(|item| item.rsplit("::").next()).collect();
    let source = format!("{folder}src/");
    let generated = format!("{source}generated/");
    let source =
        |file: &&File| file.is_a(&["rs"]) && file.path.starts_with(&source) && !file.path.starts_with(&generated);
    let mut found = (Pairs::new(), Pairs::new());
    for file in files.iter().filter(source) {
        let syntax = syn::parse_file(&file.text).map_err(|error| format!("{}: {error}", file.path))?;
        methods_of(&syntax.items, &types, &mut found);
    }
    Ok(found)
}

fn methods_of(syntax: &[syn::Item], types: &BTreeSet<&str>, found: &mut (Pairs, Pairs)) {
    for item in syntax {
        match item {
            syn::Item::Impl(block) if block.trait_.is_none() => {
                let functions = block.items.iter().filter_map(|item| match item {
                    syn::ImplItem::Fn(function) if is_public(&function.vis) => Some(&function.sig.ident),
                    _ => None,
                });
                if let Some(of) = last(&block.self_ty).filter(|of| types.contains(of.as_str())) {
                    found.0.extend(functions.map(|function| (of.clone(), function.to_string())));
                }
            }
            syn::Item::Type(alias) => found.1.extend(last(&alias.ty).map(|of| (alias.ident.to_string(), of))),
            syn::Item::Mod(module) if module.ident != "tests" => {
                methods_of(module.content.as_ref().map_or(&[], |(_, inline)| inline), types, found);
            }
            _ => {}
        }
    }
}

/// The name of a type, without its path and its parameters.
fn last(of: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = of else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
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

/// What one example names.
#[derive(Default)]
struct Example {
    names: BTreeSet<String>,
    /// Methods that are called on a value.
    called: BTreeSet<String>,
    /// What stands behind the name of a type, or of a module: `("Type", "method")`.
    paths: Pairs,
}

impl Example {
    /// Takes a line of code, without its texts and its comment.
    fn read(&mut self, line: &str) {
        let code: String = line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
        let code = code.split("//").next().unwrap_or_default();
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        let mut rest = code;
        let mut before: Option<&str> = None;
        while let Some(from) = rest.find(letter) {
            let sign = &rest[..from];
            let name = &rest[from..];
            let (name, after) = name.split_at(name.find(|c| !letter(c)).unwrap_or(name.len()));
            let value = sign.ends_with('.') && !sign.ends_with("..");
            if value && (after.starts_with('(') || after.starts_with("::<")) {
                self.called.insert(name.to_owned());
            }
            if let Some(of) = before.filter(|_| sign == "::") {
                self.paths.insert((of.to_owned(), name.to_owned()));
            }
            self.names.insert(name.to_owned());
            before = Some(name);
            rest = after;
        }
    }

    /// Whether it shows the method: by `Type::method`, or on a value, whose type an example need not name.
    /// `aliases` are other names of types, each with the type.
    fn calls(&self, of: &str, method: &str, aliases: &Pairs) -> bool {
        let mut names = aliases.iter().filter(|(_, it)| it == of).map(|(alias, _)| alias.as_str());
        let path = |name: &str| self.paths.contains(&(name.to_owned(), method.to_owned()));
        self.called.contains(method) || path(of) || names.any(path)
    }
}

/// The examples of a file's documentation, as far as a reader sees them and a test compiles them.
fn documented(text: &str) -> Vec<Example> {
    let mut examples = Vec::new();
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
            examples.push(Example::default());
        } else if block == Some(true)
            && line != "#"
            && !line.starts_with("# ")
            && let Some(example) = examples.last_mut()
        {
            example.read(line);
        }
    }
    examples
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
        let unshown = ["Commented", "Hidden", "Ignored::call", "Ignored::forgotten", "Other"];
        assert_eq!(problems, unshown.map(|item| format!("ajo-x: no example shows {item}")));
    }

    #[test]
    fn an_exemption_is_one_of_something_that_is_not_shown() {
        let problems = judge("x", &files(), &[], &[("x", "Shown", "it is hard")]).expect("read");
        assert!(
            problems.contains(
                &"ajo-x: Shown is shown or gone, and stands in EXEMPT of xtask/src/tidy/examples.rs".to_owned()
            ),
            "{problems:?}"
        );
    }

    #[test]
    fn a_program_elsewhere_can_be_an_example() {
        let mut files = Vec::from(files());
        files.push(File::new("z.rs", "use x::outer::{Ignored, TEXT};"));
        let problems = judge("x", &files, &[("x", "z.rs")], &[]).expect("read");
        assert_eq!(problems.len(), 5, "{problems:?}");
    }

    #[test]
    fn a_program_that_is_gone_is_no_example() {
        let problems = judge("x", &files(), &[("x", "gone.rs")], &[]).expect("read");
        let told = "ajo-x: gone.rs is gone, and stands in PROGRAMS of xtask/src/tidy/examples.rs".to_owned();
        assert!(problems.contains(&told), "{problems:?}");
    }

    #[test]
    fn a_method_is_shown_where_it_is_called() {
        let source = "pub struct X;\npub type Y = X;\nimpl X { pub fn method(&self) {} }\n";
        for (line, shown) in [
            ("x.method()", true),
            ("    .method::<u8>()", true),
            ("X::method", true),
            ("ajo::X::method(&x)", true),
            ("Y::method(&x)", true),
            ("method()", false),
            ("x.method = 1", false),
            ("let method = 1..method();", false),
            ("Z::method(&x)", false),
            ("\"x.method()\"", false),
            ("// x.method()", false),
        ] {
            let files = [
                File::new("crates/x/src/lib.rs", source),
                File::new("crates/x/examples/y.rs", &format!("use x::{{X, Y}};\n{line}\n")),
            ];
            let problems = judge("x", &files, &[], &[]).expect("read");
            assert_eq!(problems.is_empty(), shown, "{line}: {problems:?}");
        }
    }

    #[test]
    fn a_public_module_may_stand_in_its_parent() {
        let lib = "pub mod inner { pub struct A; impl A { pub fn a(&self) {} } pub mod deeper { pub const B: u8 = 1; } mod c { pub fn c() {} } }";
        let problems = judge("x", &[File::new("crates/x/src/lib.rs", lib)], &[], &[]).expect("read");
        let unshown = ["A::a", "inner", "inner::A", "inner::deeper", "inner::deeper::B"];
        assert_eq!(problems, unshown.map(|item| format!("ajo-x: no example shows {item}")));
    }
}
