//! Imports between the files of a Rust crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree, Visibility};

use crate::Imports;

/// The names from the crate root to an item.
type ItemPath = Vec<String>;

#[derive(Default)]
struct ModuleItems {
    file: PathBuf,
    /// Items defined here, except modules.
    defined: BTreeSet<String>,
    /// Re-exports: the name, or `*`, and its target.
    reexports: Vec<(String, ItemPath)>,
    /// All items named here.
    referenced: BTreeSet<ItemPath>,
}

type ModuleMap = BTreeMap<ItemPath, ModuleItems>;

/// Reads the imports between the files of the crate with this root file.
pub(super) fn read_imports(file: &Path) -> Imports {
    let mut modules = ModuleMap::new();
    read_file(file, file.parent().expect("a folder"), &[], &mut modules);
    let mut imports = Imports::new();
    for module in modules.values() {
        let targets = module.referenced.iter().filter_map(|names| find_file(&modules, names, 0));
        let targets = targets.filter(|target| *target != module.file);
        imports.entry(module.file.clone()).or_default().extend(targets);
    }
    imports
}

/// The file that defines an item, through re-exports.
fn find_file(modules: &ModuleMap, names: &[String], depth: usize) -> Option<PathBuf> {
    let length = (0..=names.len()).rev().find(|length| modules.contains_key(&names[..*length]))?;
    let module = &modules[&names[..length]];
    // The path names the module itself, as in `use crate::module`.
    let Some(item) = names.get(length) else { return Some(module.file.clone()) };
    if depth > 8 || module.defined.contains(item) {
        return Some(module.file.clone());
    }
    if let Some((_, target)) = module.reexports.iter().find(|(name, _)| name == item) {
        return find_file(modules, &[target, &names[length + 1..]].concat(), depth + 1);
    }
    let globs = module.reexports.iter().filter(|(name, _)| name == "*").filter_map(|(_, target)| modules.get(target));
    let definer = globs.into_iter().find(|target| target.defined.contains(item)).unwrap_or(module);
    Some(definer.file.clone())
}

fn read_file(file: &Path, folder: &Path, path: &[String], modules: &mut ModuleMap) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    read_module(file, folder, path, &syntax.items, modules);
}

/// `folder` contains the files of the module's children.
fn read_module(file: &Path, folder: &Path, path: &[String], items: &[Item], modules: &mut ModuleMap) {
    let mut module = ModuleItems { file: file.to_owned(), ..ModuleItems::default() };
    let children: BTreeSet<String> = items.iter().filter_map(|item| Some(as_module(item)?.ident.to_string())).collect();
    let mut tokens = TokenStream::new();
    for item in items.iter().filter(|item| !is_test(item)) {
        match item {
            Item::Mod(child) => {
                let name = child.ident.to_string();
                let (path, folder) = ([path, std::slice::from_ref(&name)].concat(), folder.join(&name));
                let files = [folder.with_extension("rs"), folder.join("mod.rs")];
                if let Some((_, items)) = &child.content {
                    read_module(file, &folder, &path, items, modules);
                } else if let Some(file) = files.iter().find(|file| file.exists()) {
                    read_file(file, &folder, &path, modules);
                }
            }
            Item::Use(item) => {
                let mut leaves = Vec::new();
                flatten_use_tree(&item.tree, &[], &mut leaves);
                for (name, leaf) in leaves {
                    let Some(names) = resolve_item_path(&leaf, path, &children) else { continue };
                    if matches!(item.vis, Visibility::Inherited) {
                        module.referenced.insert(names);
                    } else {
                        module.reexports.push((name, names));
                    }
                }
            }
            item => {
                module.defined.extend(item_name(item));
                item.to_tokens(&mut tokens);
            }
        }
    }
    let mut paths = Vec::new();
    collect_paths(tokens, &mut paths);
    for names in paths {
        // The module uses its own re-export.
        let own = module.reexports.iter().find(|(name, _)| *name == names[0]).map(|(_, target)| target.clone());
        module.referenced.extend(own.or_else(|| resolve_item_path(&names, path, &children)));
    }
    modules.insert(path.to_owned(), module);
}

/// The names from the crate root, if the path begins in this crate.
fn resolve_item_path(names: &[String], path: &[String], children: &BTreeSet<String>) -> Option<ItemPath> {
    let up = names.iter().take_while(|name| *name == "super").count();
    match names[0].as_str() {
        "crate" => Some(names[1..].to_vec()),
        "self" if names.len() > 1 => {
            resolve_item_path(&names[1..], path, children).or_else(|| Some([path, &names[1..]].concat()))
        }
        "super" => Some([&path[..path.len().checked_sub(up)?], &names[up..]].concat()),
        first if children.contains(first) => Some([path, names].concat()),
        _ => None,
    }
}

/// Collects the leaves of a `use`: each introduced name and its path.
fn flatten_use_tree(tree: &UseTree, before: &[String], leaves: &mut Vec<(String, ItemPath)>) {
    let join = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => flatten_use_tree(&path.tree, &join(&path.ident), leaves),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten_use_tree(tree, before, leaves)),
        UseTree::Name(name) if name.ident == "self" => {
            leaves.push((before.last().cloned().unwrap_or_default(), before.to_vec()));
        }
        UseTree::Name(name) => leaves.push((name.ident.to_string(), join(&name.ident))),
        UseTree::Rename(name) => leaves.push((name.rename.to_string(), join(&name.ident))),
        UseTree::Glob(_) => leaves.push(("*".to_owned(), before.to_vec())),
    }
}

/// Collects the paths in code and in macros, except in quoted code.
fn collect_paths(tokens: TokenStream, paths: &mut Vec<ItemPath>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(first) => {
                let mut names = vec![first.to_string()];
                let begins =
                    at == 0 || !is(at - 1, ':') && !is(at - 1, '.') || at > 1 && is(at - 1, ':') && !is(at - 2, ':');
                while is(at + 1, ':')
                    && is(at + 2, ':')
                    && let Some(TokenTree::Ident(next)) = tokens.get(at + 3)
                {
                    names.push(next.to_string());
                    at += 3;
                }
                if is(at + 1, '!') && names[names.len() - 1].ends_with("quote") {
                    at += 2;
                } else if begins && (names.len() > 1 || !["crate", "super", "self"].contains(&names[0].as_str())) {
                    paths.push(names);
                }
            }
            TokenTree::Group(group) => collect_paths(group.stream(), paths),
            _ => {}
        }
        at += 1;
    }
}

fn as_module(item: &Item) -> Option<&syn::ItemMod> {
    if let Item::Mod(module) = item { Some(module) } else { None }
}

fn is_test(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        _ => &[],
    };
    attributes.iter().any(|it| ["cfg (test)", "test"].contains(&it.meta.to_token_stream().to_string().as_str()))
}

fn item_name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

#[test]
fn rust_cycles_are_found() {
    for (parent, child, other) in [
        ("mod a; mod b;", "use crate::b::B; pub struct A;", "pub struct B(super::a::A);"),
        ("mod a; mod b;", "use super::b; pub struct A;", "pub struct B(Vec<crate::a::A>);"),
        ("mod a; mod b; pub use a::A;", "use crate::{b::B as C}; pub struct A;", "use crate::A; pub struct B;"),
        ("mod a; mod b; pub use a::*;", "fn f() { g(|| crate::b::B) } pub struct A;", "use super::A; pub struct B;"),
        ("mod a; mod b;", "fn f() { format!(\"{}\", super::b::B) } pub fn a() {}", "fn f() { x!(crate::a::a()); }"),
    ] {
        let cycles = crate::find_cycles_in(&[("lib.rs", parent), ("a.rs", child), ("b.rs", other)]);
        assert_eq!(cycles, ["a.rs -> b.rs -> a.rs"], "{parent} {child} {other}");
    }
    for (parent, child) in [
        ("mod a; pub struct P(a::A);", "use super::P; pub struct A;"),
        ("mod a; use a::A; pub struct P(A);", "pub struct A; fn f(p: crate::P) {}"),
        ("mod a; pub use a::A; pub struct P(A);", "pub struct A; fn f(p: crate::P) {}"),
        ("mod a; pub struct P(a::b::B);", "pub mod b { use super::super::P; pub struct B; }"),
    ] {
        let cycles = crate::find_cycles_in(&[("lib.rs", parent), ("a.rs", child)]);
        assert_eq!(cycles, ["a.rs -> lib.rs -> a.rs"], "{parent} {child}");
    }
}

#[test]
fn rust_reexports_are_not_cycles() {
    for (parent, child) in [
        ("mod a; pub use a::A; pub struct P;", "use super::P; pub struct A;"),
        ("pub mod a; pub struct P;", "use super::P; pub struct A;"),
        ("mod a; pub struct P(a::A);", "pub struct A; #[cfg(test)] mod tests { use super::*; use crate::P; }"),
        ("mod a; pub struct P(a::A);", "pub(crate) struct A; fn f() { quote! { super::P } }"),
        ("mod a; pub struct P(a::A); #[cfg(test)] mod tests { use super::P; }", "pub struct A(x::y::Z);"),
    ] {
        let cycles = crate::find_cycles_in(&[("lib.rs", parent), ("a.rs", child)]);
        assert!(cycles.is_empty(), "{parent} {child}: {cycles:?}");
    }
}
