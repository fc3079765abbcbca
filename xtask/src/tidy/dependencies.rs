//! Every dependency is used, and has its row in ARCHITECTURE.md; every row has its dependency.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;

use super::dependency_table::{Kind, Row};
use super::file::File;
use super::metadata::{Dependency, Manifest};

/// npm packages that nothing names: the end of the manifest's folder, the package, and why it is there.
const UNNAMED_NPM: &[(&str, &str, &str)] = &[
    ("bundlers", "@rollup/plugin-node-resolve", "rollup's command takes `node-resolve` for it"),
    ("bundlers", "react", "next asks for it"),
    ("bundlers", "react-dom", "next asks for it"),
    ("cloudflare-worker", "wrangler", "its command runs the example"),
    ("next-edge-route", "next", "its command runs the example"),
    ("next-edge-route", "react", "next asks for it"),
    ("next-edge-route", "react-dom", "next asks for it"),
    ("runtimes", "node-20", "its name is made of the version"),
    ("runtimes", "node-22", "its name is made of the version"),
    ("runtimes", "node-24", "its name is made of the version"),
];

pub(super) fn check(files: &[File], manifests: &[Manifest], table: &[Row]) -> Vec<String> {
    let mut problems = unused(files, manifests);
    problems.extend(idle(files, manifests));
    let rust = manifests.iter().flat_map(|manifest| &manifest.dependencies).filter(|dependency| !dependency.ours);
    problems.extend(unjustified(Kind::Rust, &rust.map(|dependency| dependency.name.clone()).collect(), table));
    problems.extend(unjustified(Kind::Npm, &npm(files), table));
    problems.extend(unused_npm(files, UNNAMED_NPM));
    problems.extend(python(files, table));
    problems
}

/// A row for each, and each for a row.
fn unjustified(kind: Kind, names: &BTreeSet<String>, table: &[Row]) -> Vec<String> {
    let rows: Vec<&Row> = table.iter().filter(|row| row.kind == kind).collect();
    let missing = names.iter().filter(|name| rows.iter().all(|row| row.name != **name));
    let mut problems: Vec<String> = missing
        .map(|name| format!("ARCHITECTURE.md does not say what the {kind:?} dependency {name} is for"))
        .collect();
    for (at, row) in rows.iter().enumerate() {
        if !names.contains(&row.name) {
            problems.push(format!("ARCHITECTURE.md justifies the {kind:?} dependency {}, which nothing has", row.name));
        }
        if rows[..at].iter().any(|other| other.name == row.name) {
            problems.push(format!("ARCHITECTURE.md justifies the {kind:?} dependency {} twice", row.name));
        }
        if row.reason.is_empty() {
            problems.push(format!("ARCHITECTURE.md has no reason for the {kind:?} dependency {}", row.name));
        }
    }
    problems
}

/// What a package depends on and never names, or only where tests are. What only tests need may be named in an example of the
/// documentation.
fn unused(files: &[File], manifests: &[Manifest]) -> Vec<String> {
    let mut problems = Vec::new();
    for manifest in manifests {
        let code = code(files, manifest, manifests);
        let mut named = Named::default();
        for (file, test) in &code {
            named.read(file, *test);
        }
        for dependency in &manifest.dependencies {
            let name = dependency.key().replace('-', "_");
            let tested = named.tests.contains(&name) || code.iter().any(|(file, _)| documented(&file.text, &name));
            let (package, key) = (&manifest.name, dependency.key());
            match (named.built.contains(&name), tested) {
                (false, true) if !dependency.dev => problems.push(format!(
                    "{package} depends on {key}, which only its tests name: it belongs under dev-dependencies"
                )),
                (false, false) => problems.push(format!("{package} depends on {key} and never names it")),
                _ => {}
            }
        }
    }
    problems.dedup();
    problems
}

/// Whether an example of the documentation names a crate.
fn documented(text: &str, name: &str) -> bool {
    let lines = text.lines().map(str::trim_start);
    let mut lines = lines.filter_map(|line| line.strip_prefix("///").or_else(|| line.strip_prefix("//!")));
    lines.any(|line| uses(&line.split('"').step_by(2).collect::<Vec<_>>().join("\"\""), name))
}

/// The code of a package: what is below its folder and not below that of another, and what that has from elsewhere by
/// `#[path = "…"]`; and whether only its tests have it.
fn code<'f>(files: &'f [File], manifest: &Manifest, manifests: &[Manifest]) -> Vec<(&'f File, bool)> {
    let deeper = |other: &&Manifest| other.folder.len() > manifest.folder.len();
    let nested = |path: &str| manifests.iter().filter(deeper).any(|other| path.starts_with(&other.folder));
    let own = |file: &&File| file.is_a(&["rs"]) && file.path.starts_with(&manifest.folder) && !nested(&file.path);
    let own: Vec<&File> = files.iter().filter(own).collect();
    // `#[cfg(test)] mod cases;` makes `cases.rs`, and what is below `cases/`, a test.
    let modules: Vec<String> = own.iter().flat_map(|file| test_modules(file)).collect();
    let test = |path: &str| {
        let below = path.strip_prefix(&manifest.folder).unwrap_or_default();
        ["tests/", "benches/", "examples/"].iter().any(|folder| below.starts_with(folder))
            || modules.iter().any(|it| path.strip_prefix(it).is_some_and(|rest| rest == ".rs" || rest.starts_with('/')))
    };
    let mut code: Vec<(&File, bool)> = own.into_iter().map(|file| (file, test(&file.path))).collect();
    let elsewhere: Vec<(String, bool)> =
        code.iter().flat_map(|(file, test)| included(file).map(|path| (path, *test))).collect();
    for file in files {
        let by: Vec<bool> = elsewhere.iter().filter(|(path, _)| *path == file.path).map(|(_, test)| *test).collect();
        if !by.is_empty() {
            code.push((file, by.iter().all(|test| *test)));
        }
    }
    code
}

/// Whether an attribute, in its brackets, keeps what it stands on out of all builds but those of tests.
fn for_tests(attribute: &str) -> bool {
    attribute == "[cfg(test)]" || attribute.starts_with("[cfg(all(test,")
}

/// Paths, without `.rs`, of the modules that a file has only for tests.
fn test_modules(file: &File) -> Vec<String> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or_default();
    let stem = name.trim_end_matches(".rs");
    let folder = if ["lib", "main", "mod"].contains(&stem) { folder.to_owned() } else { format!("{folder}/{stem}") };
    let mut modules = Vec::new();
    let mut lines = file.text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line.strip_prefix('#').is_some_and(for_tests)
            && let Some(next) = lines.find(|next| !next.starts_with("#["))
            && let Some(name) = next.strip_prefix("mod ").and_then(|name| name.strip_suffix(';'))
        {
            modules.push(format!("{folder}/{name}"));
        }
    }
    modules
}

/// The crates, modules and types with which paths begin, as far as no text and no comment has them.
#[derive(Default)]
struct Named {
    /// Where it is built for who uses it.
    built: BTreeSet<String>,
    /// In tests, benchmarks and examples.
    tests: BTreeSet<String>,
}

impl Named {
    fn read(&mut self, file: &File, test: bool) {
        // What cannot be read does not compile either.
        self.walk(file.text.parse().unwrap_or_default(), test);
    }

    fn walk(&mut self, tokens: TokenStream, test: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        // The item after `#[cfg(test)]` ends with `;` or `{ … }`.
        let mut within = false;
        for (at, token) in tokens.iter().enumerate() {
            let sign =
                |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(it)) if it.as_char() == sign);
            let word = |at: usize, word: &str| matches!(tokens.get(at), Some(TokenTree::Ident(it)) if it == word);
            match token {
                TokenTree::Ident(name) => {
                    let path = sign(at + 1, ':') && sign(at + 2, ':');
                    let used = at > 0 && word(at - 1, "use") && (sign(at + 1, ';') || word(at + 1, "as"));
                    // In `a::name::b` it is no crate; `::name::b` begins with one.
                    let deeper = at > 2 && sign(at - 1, ':') && sign(at - 2, ':');
                    let deeper = deeper && matches!(tokens[at - 3], TokenTree::Ident(_));
                    if (path || used) && !deeper {
                        let names = if test || within { &mut self.tests } else { &mut self.built };
                        names.insert(name.to_string());
                    }
                }
                TokenTree::Group(group) => {
                    within |= at > 0 && sign(at - 1, '#') && for_tests(&group.to_string().replace(' ', ""));
                    self.walk(group.stream(), test || within);
                    within &= group.delimiter() != Delimiter::Brace;
                }
                TokenTree::Punct(sign) => within &= sign.as_char() != ';',
                TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Where the `#[path = "…"]` of a file lead to.
fn included(file: &File) -> impl Iterator<Item = String> {
    let paths = file.text.lines().filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    paths.map(|path| {
        let mut parts: Vec<&str> = file.path.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                ".." => drop(parts.pop()),
                "." => {}
                part => parts.push(part),
            }
        }
        parts.join("/")
    })
}

/// What the workspace offers and no member takes.
fn idle(files: &[File], manifests: &[Manifest]) -> Vec<String> {
    let workspace = files.iter().filter(|file| file.path == "Cargo.toml").flat_map(|file| file.text.lines());
    let section = workspace.skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let names = section.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    let names = names.filter_map(|line| Some(line.split_once(" = ")?.0));
    let taken: BTreeSet<&str> =
        manifests.iter().flat_map(|manifest| &manifest.dependencies).map(Dependency::key).collect();
    let idle = names.filter(|name| !taken.contains(name));
    idle.map(|name| format!("Cargo.toml offers {name} to the workspace, and no member takes it")).collect()
}

/// The files package.json, but for those of our own package.
fn packages(files: &[File]) -> impl Iterator<Item = (&File, Vec<String>)> {
    files.iter().filter(|file| file.path.ends_with("/package.json")).map(|file| {
        let manifest: Value = serde_json::from_str(&file.text).unwrap_or_default();
        let sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let names =
            sections.iter().filter_map(|section| manifest[section].as_object()).flat_map(|it| it.keys().cloned());
        (file, names.filter(|name| name != "ajo-limits").collect())
    })
}

fn npm(files: &[File]) -> BTreeSet<String> {
    packages(files).flat_map(|(_, names)| names).collect()
}

/// What a folder's package.json asks for, and neither its other files nor xtask, which runs what is installed there, names.
fn unused_npm(files: &[File], unnamed: &[(&str, &str, &str)]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut needed = BTreeSet::new();
    for (manifest, names) in packages(files) {
        let folder = manifest.path.trim_end_matches("package.json");
        let reads = |file: &&File| {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let code = file.path.starts_with(folder) && !["package.json", "package-lock.json"].contains(&name);
            code || file.path.starts_with("xtask/src/npm")
        };
        for name in names {
            // `@types/node` is named as `node`, in what reads types.
            let types = name.trim_start_matches("@types/");
            let said = [format!("\"{types}\""), format!("'{types}'"), format!("{types}/")];
            let named = files.iter().filter(reads).any(|file| said.iter().any(|it| file.text.contains(it)));
            let ends = |at: &str| format!("/{}", folder.trim_end_matches('/')).ends_with(&format!("/{at}"));
            let exception = unnamed.iter().position(|(at, package, _)| ends(at) && *package == name);
            match (named, exception) {
                (false, None) => problems.push(format!("{} asks for {name}, and nothing names it", manifest.path)),
                (false, Some(exception)) => drop(needed.insert(exception)),
                _ => {}
            }
        }
    }
    let stale = unnamed.iter().enumerate().filter(|(at, _)| !needed.contains(at));
    problems.extend(stale.map(|(_, (folder, name, _))| {
        format!("{name} of {folder} is named or gone, and stands in UNNAMED_NPM of xtask/src/tidy/dependencies.rs")
    }));
    problems
}

/// requirements.txt pins all that a program needs, so that only what is asked for itself has a row.
fn python(files: &[File], table: &[Row]) -> Vec<String> {
    let rows: Vec<&Row> = table.iter().filter(|row| row.kind == Kind::Python).collect();
    let lists: Vec<&File> = files.iter().filter(|file| file.path.ends_with("requirements.txt")).collect();
    let pins =
        |list: &File, name: &str| list.text.lines().any(|line| line.split_once("==").is_some_and(|it| it.0 == name));
    let lost = rows.iter().filter(|row| !lists.iter().any(|list| pins(list, &row.name)));
    let mut problems: Vec<String> =
        lost.map(|row| format!("ARCHITECTURE.md justifies {}, which no requirements.txt pins", row.name)).collect();
    for list in lists.iter().filter(|list| !rows.iter().any(|row| pins(list, &row.name))) {
        problems.push(format!("ARCHITECTURE.md justifies nothing of {}", list.path));
    }
    problems
}

/// Whether a line of Rust names a crate: `name::…`, `use name;` or `use name as …`.
fn uses(line: &str, name: &str) -> bool {
    let begins = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    line.match_indices(name).filter(|(at, _)| begins(*at)).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        after.starts_with("::") || (before.ends_with("use ") && after.starts_with([';', ' ']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(folder: &str, dependencies: &[(&str, bool)]) -> Manifest {
        let dependency =
            |(name, dev): &(&str, bool)| Dependency { name: (*name).to_owned(), rename: None, dev: *dev, ours: false };
        Manifest {
            name: folder.trim_matches('/').to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
            targets: Vec::new(),
        }
    }

    fn row(kind: Kind, name: &str) -> Row {
        Row { kind, name: name.to_owned(), reason: "tests".to_owned(), licence: "MIT".to_owned() }
    }

    #[test]
    fn a_dependency_that_no_code_names_is_unused() {
        let files = [
            File::new(
                "a/src/lib.rs",
                "use one_two::X;\n// three::X\n/// four::x();\nlet five = \"five\"; x_five::y(); a::five::b();\n",
            ),
            File::new("a/nested/src/lib.rs", "use five::X;"),
            File::new("a/tests/b.rs", "#[path = \"../../shared/./c.rs\"]\nmod c;\n"),
            File::new("shared/c.rs", "use seven::X;"),
        ];
        let dependencies = [("one-two", false), ("three", false), ("four", true), ("five", false), ("seven", true)];
        let manifests = [manifest("a/", &dependencies), manifest("a/nested/", &[])];
        assert_eq!(
            unused(&files, &manifests),
            ["a depends on three and never names it", "a depends on five and never names it"]
        );
    }

    #[test]
    fn a_text_and_a_comment_name_no_crate() {
        let text = "fn f() { let x = \"one::X\"; /* one::X */ let y = \"a\nb one::y\"; }\n/// let x = \"one::x\";\nfn g() {}\n";
        let files = [File::new("a/src/lib.rs", text)];
        for dev in [false, true] {
            assert_eq!(unused(&files, &[manifest("a/", &[("one", dev)])]), ["a depends on one and never names it"]);
        }
    }

    #[test]
    fn what_only_tests_name_belongs_to_them() {
        let lib = "use built::X;\n#[cfg(test)]\nuse line::X;\nuse after::X;\n#[cfg(test)]\nmod cases;\n\
                   #[cfg(not(test))]\nfn f() { other::x(); }\n#[cfg(test)]\nmod tests { use inner::X; fn f() { call::x() } }\n\
                   fn g() { last::x(); }\n";
        let files = [
            File::new("a/src/lib.rs", lib),
            File::new("a/src/cases.rs", "use module::X;"),
            File::new("a/src/on.rs", "#[cfg(all(test, unix))]\n#[expect(x)]\nmod unix;\n"),
            File::new("a/src/on/unix.rs", "use deep::X;"),
            File::new("a/tests/b.rs", "use suite::X;"),
        ];
        for (name, test) in [
            ("built", false),
            ("line", true),
            ("after", false),
            ("module", true),
            ("deep", true),
            ("other", false),
            ("inner", true),
            ("call", true),
            ("last", false),
            ("suite", true),
        ] {
            let told = format!("a depends on {name}, which only its tests name: it belongs under dev-dependencies");
            let problems = unused(&files, &[manifest("a/", &[(name, false)])]);
            assert_eq!(problems, if test { vec![told] } else { Vec::new() }, "{name}");
            assert_eq!(unused(&files, &[manifest("a/", &[(name, true)])]), [""; 0], "{name}");
        }
    }

    #[test]
    fn a_dependency_is_named_as_the_manifest_calls_it() {
        let mut manifest = manifest("a/", &[("one", false)]);
        manifest.dependencies[0].rename = Some("other-name".to_owned());
        let named = |text: &str| unused(&[File::new("a/src/lib.rs", text)], std::slice::from_ref(&manifest));
        assert_eq!(named("use other_name::X;"), [""; 0]);
        assert_eq!(named("use one::X;"), ["a depends on other-name and never names it"]);
        let workspace = File::new("Cargo.toml", "[workspace.dependencies]\nother-name = \"1\"\n");
        assert_eq!(idle(&[workspace], &[manifest]), [""; 0]);
    }

    #[test]
    fn a_dependency_needs_a_row_and_a_row_a_dependency() {
        let table = [row(Kind::Rust, "one"), row(Kind::Rust, "old"), row(Kind::Npm, "two"), row(Kind::Rust, "one")];
        let names = ["one", "two"].map(str::to_owned).into();
        assert_eq!(
            unjustified(Kind::Rust, &names, &table),
            [
                "ARCHITECTURE.md does not say what the Rust dependency two is for",
                "ARCHITECTURE.md justifies the Rust dependency old, which nothing has",
                "ARCHITECTURE.md justifies the Rust dependency one twice",
            ]
        );
    }

    #[test]
    fn what_the_workspace_offers_is_taken() {
        let text =
            "[workspace.dependencies]\n# said\none = \"1\"\ntwo = { version = \"1\" }\n\n[profile.dev]\nthree = 1\n";
        let problems = idle(&[File::new("Cargo.toml", text)], &[manifest("a/", &[("one", false)])]);
        assert_eq!(problems, ["Cargo.toml offers two to the workspace, and no member takes it"]);
    }

    #[test]
    fn an_npm_package_is_named_beside_its_manifest() {
        let files = [
            File::new(
                "a/package.json",
                r#"{"dependencies": {"one": "1", "two": "1"}, "devDependencies": {"@types/node": "1"}}"#,
            ),
            File::new("a/package-lock.json", "two"),
            File::new("a/src/x.mjs", r#"import "one"; const types = ["node"];"#),
            File::new("b/y.mjs", "two"),
        ];
        assert_eq!(
            unused_npm(&files, &[("a", "one", "no longer")]),
            [
                "a/package.json asks for two, and nothing names it",
                "one of a is named or gone, and stands in UNNAMED_NPM of xtask/src/tidy/dependencies.rs",
            ]
        );
        assert_eq!(unused_npm(&files, &[("a", "two", "a plugin")]), [""; 0]);
        let gone = [("a", "two", "a plugin"), ("b", "two", "a plugin"), ("a", "three", "a plugin")];
        assert_eq!(unused_npm(&files, &gone).len(), 2);
        assert_eq!(npm(&files).len(), 3);
    }

    #[test]
    fn a_list_of_python_packages_has_one_that_is_justified() {
        let files = [
            File::new("a/requirements.txt", "# said\none==1\ntwo==2\n"),
            File::new("b/requirements.txt", "three==3\n"),
        ];
        let table = [row(Kind::Python, "one"), row(Kind::Python, "four")];
        assert_eq!(
            python(&files, &table),
            [
                "ARCHITECTURE.md justifies four, which no requirements.txt pins",
                "ARCHITECTURE.md justifies nothing of b/requirements.txt",
            ]
        );
    }
}
