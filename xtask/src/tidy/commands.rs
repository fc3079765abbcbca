//! Every command that a page shows exists. Those of `ajo` are parsed by its own parser, in a test of `crates/cli`.
//!
//! What is the project's is looked at: packages and targets, arguments of xtask, scripts, files. Subcommands are those that a
//! program has; its flags are taken as they are.

use std::collections::BTreeSet;

use clap::Parser as _;
use clap::error::ErrorKind;
use serde_json::Value;

use super::file::File;
use super::metadata::Manifest;
use super::page::{Said, commands};
use crate::{Arguments, root};

const PROGRAMS: &[&str] = &["cargo", "npm", "npx", "node", "deno"];

/// Programs of others that a page tells people to install.
const INSTALLED: &[&str] = &["cargo-deny", "cargo-fuzz"];

/// Subcommands of cargo that select packages and targets of the workspace by name.
const CARGO_BUILDS: &[&str] = &[
    "b", "bench", "build", "c", "check", "clean", "clippy", "d", "doc", "fix", "fmt", "package", "publish", "r", "run",
    "rustc", "rustdoc", "t", "test",
];

/// Subcommands of cargo that name other crates, or nothing.
const CARGO: &[&str] = &[
    "config",
    "fetch",
    "generate-lockfile",
    "help",
    "info",
    "init",
    "locate-project",
    "login",
    "logout",
    "metadata",
    "new",
    "owner",
    "pkgid",
    "remove",
    "report",
    "search",
    "tree",
    "uninstall",
    "update",
    "vendor",
    "version",
    "yank",
];

/// Subcommands of npm that take no name of ours.
const NPM: &[&str] = &[
    "add",
    "audit",
    "cache",
    "ci",
    "config",
    "create",
    "dedupe",
    "exec",
    "explain",
    "help",
    "i",
    "init",
    "install",
    "link",
    "list",
    "login",
    "ls",
    "outdated",
    "pack",
    "prune",
    "publish",
    "rebuild",
    "root",
    "start",
    "t",
    "test",
    "uninstall",
    "update",
    "version",
    "view",
];

const DENO: &[&str] = &[
    "add", "bench", "cache", "check", "compile", "eval", "fmt", "info", "init", "install", "lint", "remove", "repl",
    "task", "test", "upgrade",
];

pub(super) fn check(files: &[File], manifests: &[Manifest]) -> Vec<String> {
    check_with(files, manifests, INSTALLED)
}

/// `programs` are those that a page has to tell people to install.
fn check_with(files: &[File], manifests: &[Manifest], programs: &[&str]) -> Vec<String> {
    let page = |file: &&File| file.is_a(&["md"]) && file.path != "CHANGELOG.md" && !file.path.contains("/tests/");
    let mut problems = Vec::new();
    let mut installed: BTreeSet<&str> = BTreeSet::new();
    for page in files.iter().filter(page) {
        for said in commands(&page.text, PROGRAMS) {
            if said.words.iter().any(|word| word == "install") {
                installed.extend(programs.iter().filter(|program| said.words.iter().any(|word| word == *program)));
            }
            if let Err(problem) = judge(&said, files, manifests) {
                problems.push(format!("{}:{}: `{}`: {problem}", page.path, said.line, said.words.join(" ")));
            }
        }
    }
    let stale = programs.iter().filter(|program| !installed.contains(*program));
    problems.extend(stale.map(|it| {
        format!("no page says how {it} is installed, and it stands in INSTALLED of xtask/src/tidy/commands.rs")
    }));
    problems
}

fn judge(said: &Said, files: &[File], manifests: &[Manifest]) -> Result<(), String> {
    let words: Vec<&str> = said.words.iter().map(String::as_str).filter(|word| !["…", "..."].contains(word)).collect();
    let Some((program, words)) = words.split_first() else { return Ok(()) };
    match *program {
        "cargo" => cargo(words, said.whole, manifests),
        "npm" => npm(words, files),
        "npx" => npx(words, files),
        "node" => node(words, files),
        "deno" => match Parsed::of(words, &[]).values[..] {
            ["run", file, ..] => exists(file, file.contains(':') || is_file(file, files)),
            [] | ["run"] => Ok(()),
            [subcommand, ..] => exists(subcommand, DENO.contains(&subcommand)),
        },
        program => Err(format!("xtask/src/tidy/commands.rs does not know {program}")),
    }
}

/// The words of a command up to `--`, behind which stands what is for another program.
#[derive(Default)]
struct Parsed<'w> {
    /// Names of options, each with its value if it takes one: `--a b`, `--a=b`; `-ab` where `-a` takes one.
    options: Vec<(&'w str, Option<&'w str>)>,
    values: Vec<&'w str>,
}

impl<'w> Parsed<'w> {
    /// `valued` are the options that take a value.
    fn of(words: &[&'w str], valued: &[&str]) -> Self {
        let mut parsed = Self::default();
        let mut words = words.iter().copied().take_while(|word| *word != "--").peekable();
        while let Some(word) = words.next() {
            let short = word.get(..2).filter(|short| !short.starts_with("--") && valued.contains(short));
            if !word.starts_with('-') {
                parsed.values.push(word);
            } else if valued.contains(&word) {
                // `--test` alone lists the tests.
                parsed.options.push((word, words.next_if(|next| !next.starts_with('-'))));
            } else if let Some((option, value)) = word.split_once('=') {
                parsed.options.push((option, Some(value)));
            } else if let (Some(short), Some(value)) = (short, word.get(2..)) {
                parsed.options.push((short, Some(value)));
            } else {
                parsed.options.push((word, None));
            }
        }
        parsed
    }

    fn all(&self, names: &[&str]) -> impl Iterator<Item = &'w str> {
        self.options.iter().filter(|(option, _)| names.contains(option)).filter_map(|(_, value)| *value)
    }
}

fn exists(name: &str, does: bool) -> Result<(), String> {
    // `PACKAGE`, `<package>` and `$PACKAGE` stand for any.
    let any = name.starts_with(['<', '$']) || name.chars().all(|c| c.is_ascii_uppercase() || ['_', '-'].contains(&c));
    if does || any { Ok(()) } else { Err(format!("there is no {name}")) }
}

/// Options of cargo that take a value, as far as a name could be taken for it or it for a name.
const CARGO_VALUED: &[&str] = &[
    "--bench",
    "--bin",
    "--branch",
    "--color",
    "--config",
    "--example",
    "--exclude",
    "--explain",
    "--features",
    "--git",
    "--jobs",
    "--manifest-path",
    "--message-format",
    "--package",
    "--path",
    "--profile",
    "--registry",
    "--rev",
    "--root",
    "--tag",
    "--target",
    "--target-dir",
    "--test",
    "--version",
    "-C",
    "-F",
    "-Z",
    "-j",
    "-p",
];

fn cargo(words: &[&str], whole: bool, manifests: &[Manifest]) -> Result<(), String> {
    let (toolchain, words) = words.split_at(usize::from(words.first().is_some_and(|word| word.starts_with('+'))));
    // `cargo --version` and `cargo --config a=b run`.
    let before = ["--color", "--config", "--explain", "-C", "-Z"];
    let mut at = 0;
    while words.get(at).is_some_and(|word| word.starts_with('-')) {
        at += 1 + usize::from(before.contains(&words[at]));
    }
    let Some((subcommand, rest)) = words.get(at..).and_then(<[_]>::split_first) else { return Ok(()) };
    let parsed = Parsed::of(rest, CARGO_VALUED);
    let package = |name: &str| manifests.iter().any(|manifest| manifest.name == name.split('@').next().unwrap_or(name));
    match *subcommand {
        "xtask" => xtask(&words[at..], whole),
        "add" => {
            // Any crate can be added; only ours are known.
            let ours = |name: &&str| *name == "ajo" || name.starts_with("ajo-");
            parsed.values.iter().copied().filter(ours).try_for_each(|name| exists(name, package(name)))
        }
        "install" => {
            let folder = |path: &str| root().join(path).join("Cargo.toml").exists();
            parsed.all(&["--path"]).try_for_each(|path| exists(path, folder(path)))?;
            let known = |name: &str| package(name) || INSTALLED.contains(&name.split('@').next().unwrap_or(name));
            parsed.values.iter().try_for_each(|name| exists(name, known(name)))
        }
        "fuzz" => {
            let ["run" | "build" | "cmin" | "tmin" | "coverage", target, ..] = parsed.values[..] else {
                return Ok(());
            };
            exists(target, manifests.iter().any(|manifest| has(manifest, "bin", target)))
        }
        subcommand if CARGO_BUILDS.contains(&subcommand) => selected(&parsed, manifests),
        subcommand if CARGO.contains(&subcommand) || INSTALLED.contains(&format!("cargo-{subcommand}").as_str()) => {
            Ok(())
        }
        subcommand => {
            let toolchain = toolchain.first().map(|it| format!("{it} ")).unwrap_or_default();
            Err(format!("xtask/src/tidy/commands.rs does not know cargo {toolchain}{subcommand}"))
        }
    }
}

/// Packages that are named exist, and so do targets: in one of these packages, or in any if none is named.
fn selected(parsed: &Parsed, manifests: &[Manifest]) -> Result<(), String> {
    let packages: Vec<&str> = parsed.all(&["-p", "--package", "--exclude"]).collect();
    let named = |manifest: &Manifest, package: &str| manifest.name == package.split('@').next().unwrap_or(package);
    for package in &packages {
        exists(package, manifests.iter().any(|manifest| named(manifest, package)))?;
    }
    let packages: Vec<&str> = parsed.all(&["-p", "--package"]).collect();
    let within = |manifest: &&Manifest| packages.is_empty() || packages.iter().any(|it| named(manifest, it));
    for kind in ["bench", "bin", "example", "test"] {
        for target in parsed.all(&[format!("--{kind}").as_str()]) {
            exists(target, manifests.iter().filter(within).any(|manifest| has(manifest, kind, target)))?;
        }
    }
    Ok(())
}

fn has(manifest: &Manifest, kind: &str, name: &str) -> bool {
    manifest.targets.iter().any(|target| target.0 == kind && target.1 == name)
}

/// A sentence need not name what a command needs besides.
fn xtask(words: &[&str], whole: bool) -> Result<(), String> {
    let Err(error) = Arguments::try_parse_from(words) else { return Ok(()) };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(()),
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            if !whole =>
        {
            Ok(())
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Err("xtask requires a subcommand".to_owned()),
        _ => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

fn npm(words: &[&str], files: &[File]) -> Result<(), String> {
    match Parsed::of(words, &["--prefix", "--workspace", "-C", "-w"]).values[..] {
        ["run" | "run-script", script, ..] => {
            exists(script, json(files, "package").any(|it| it["scripts"].get(script).is_some()))
        }
        [] | ["run" | "run-script"] => Ok(()),
        [subcommand, ..] => exists(subcommand, NPM.contains(&subcommand)),
    }
}

/// A package that one of ours asks for, or a command of one that is locked.
fn npx(words: &[&str], files: &[File]) -> Result<(), String> {
    let parsed = Parsed::of(words, &["--package", "-p"]);
    let Some(program) = parsed.values.first() else { return Ok(()) };
    // `wrangler@4`, and `@scope/program`.
    let name = program
        .char_indices()
        .find(|(at, letter)| *at > 0 && *letter == '@')
        .map_or(*program, |(at, _)| &program[..at]);
    let asked = json(files, "package")
        .any(|it| ["dependencies", "devDependencies"].iter().any(|of| it[of].get(name).is_some()));
    let bin = |package: &Value| package["bin"].get(name).is_some();
    let locked =
        || json(files, "package-lock").any(|it| it["packages"].as_object().is_some_and(|all| all.values().any(bin)));
    exists(name, asked || locked())
}

fn node(words: &[&str], files: &[File]) -> Result<(), String> {
    let parsed =
        Parsed::of(words, &["--env-file", "--import", "--loader", "--require", "-e", "--eval", "-p", "--print", "-r"]);
    // What it evaluates is no file, and `--test` takes patterns too.
    let other = ["-e", "--eval", "-p", "--print", "--test"];
    match parsed.values.first() {
        Some(file) if !parsed.options.iter().any(|(option, _)| other.contains(option)) => {
            exists(file, is_file(file, files))
        }
        _ => Ok(()),
    }
}

fn json(files: &[File], name: &str) -> impl Iterator<Item = Value> {
    let name = format!("{name}.json");
    let named = move |file: &&File| file.path.rsplit('/').next() == Some(&name);
    files.iter().filter(named).map(|file| serde_json::from_str(&file.text).unwrap_or_default())
}

fn is_file(name: &str, files: &[File]) -> bool {
    let name = name.trim_start_matches("./");
    files
        .iter()
        .any(|file| file.path.strip_suffix(name).is_some_and(|folder| folder.is_empty() || folder.ends_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(command: &str) -> Option<String> {
        let files = [
            File::new("a.md", &format!("```sh\n{command}\n```\n")),
            File::new("b/package.json", r#"{"scripts": {"generate": "x"}, "devDependencies": {"wrangler": "1"}}"#),
            File::new("b/package-lock.json", r#"{"packages": {"node_modules/typescript": {"bin": {"tsc": "x"}}}}"#),
            File::new("b/run.mjs", ""),
        ];
        let manifest = |name: &str, targets: &[(&str, &str)]| Manifest {
            name: name.to_owned(),
            folder: format!("{name}/"),
            dependencies: Vec::new(),
            targets: targets.iter().map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned())).collect(),
        };
        let targets = [("test", "fuzz"), ("example", "page"), ("bin", "credential_file"), ("bench", "plan")];
        let manifests =
            [manifest("ajo-tests", &targets), manifest("ajo-core", &[]), manifest("ajo", &[("bin", "ajo")])];
        let problems = check_with(&files, &manifests, &[]);
        assert!(problems.len() < 2, "{problems:?}");
        problems.first().cloned()
    }

    #[test]
    fn commands_that_exist_are_known() {
        for command in [
            "cargo xtask test browser # the page",
            "cargo xtask drift --upstream vendor.yaml",
            "UPDATE=1 cargo xtask test browser",
            "cargo xtask test; cargo xtask tidy",
            "cargo xtask test; …",
            "cargo xtask test …",
            "cargo xtask --help",
            "cargo --version",
            "cargo -V",
            "cargo --list",
            "cargo --color never build",
            "cargo +nightly",
            "cargo +nightly --version",
            "cargo bench -p ajo-tests",
            "cargo bench --bench plan",
            "cargo build --release",
            "cargo build --release --locked -j 4 --features server",
            "cargo build --package=ajo",
            "cargo run -- try",
            "cargo run --release -- try",
            "cargo run --bin ajo -- try --bin nothing",
            "cargo run -p ajo-tests --example page",
            "cargo test --workspace --exclude ajo",
            "cargo test --tests",
            "cargo test --test",
            "cargo test -p ajo-core some_name",
            "cargo test -p ajo-tests \\\n  --test suites",
            "cargo test -pajo-tests --test=suites",
            "cargo test -p PACKAGE",
            "cargo clippy --all-targets -- -D warnings",
            "cargo fmt",
            "cargo tree -p serde",
            "cargo add ajo-core",
            "cargo add serde@1 --features derive",
            "cargo deny check",
            "cargo install cargo-fuzz",
            "cargo install cargo-deny --locked",
            "cargo install --path crates/cli",
            "cargo install --git https://example.com/x ajo",
            "cargo +nightly fuzz run credential_file -- -max_total_time=60",
            "cargo fuzz list",
            "npm run generate",
            "npm --prefix b run generate",
            "npm run",
            "npm test",
            "npm --version",
            "npm install ajo-limits",
            "npx wrangler dev",
            "npx wrangler@4 dev",
            "npx --yes wrangler dev",
            "npx --yes …",
            "npx tsc -p .",
            "node run.mjs A B",
            "node ./b/run.mjs",
            "node --test",
            "node --test test/",
            "node --version",
            "node -e 'x'",
            "deno run --allow-net run.mjs",
            "deno run npm:x",
            "deno --version",
        ] {
            assert_eq!(problem(command), None, "{command}");
        }
    }

    #[test]
    fn commands_that_do_not_exist_are_told_with_their_place() {
        for (command, told) in [
            ("cargo xtask", "requires a subcommand"),
            ("cargo xtask tests", "unrecognized subcommand"),
            ("cargo xtask generate --chekc", "unexpected argument '--chekc'"),
            ("cargo xtask bench nothing", "invalid value 'nothing'"),
            ("cargo xtask drift", "required"),
            ("cargo +nightly xtask tests", "unrecognized subcommand"),
            ("cargo run -p ajo-test", "there is no ajo-test"),
            ("cargo build --package=ajo-test", "there is no ajo-test"),
            ("cargo test --workspace --exclude ajo-test", "there is no ajo-test"),
            ("cargo test -p ajo-tests --test fuz", "there is no fuz"),
            ("cargo test -p ajo-core --test fuzz", "there is no fuzz"),
            ("cargo test --test=fuz", "there is no fuz"),
            ("cargo run --bin aj", "there is no aj"),
            ("cargo run --release --example pag", "there is no pag"),
            ("cargo add ajo-cor", "there is no ajo-cor"),
            ("cargo install cargo-deni", "there is no cargo-deni"),
            ("cargo install --path crates/clo", "there is no crates/clo"),
            ("cargo +nightly fuzz run nothing", "there is no nothing"),
            ("cargo frobnicate", "does not know cargo frobnicate"),
            ("cargo +nightly frobnicate", "does not know cargo +nightly frobnicate"),
            ("npm run nothing", "there is no nothing"),
            ("npm instal", "there is no instal"),
            ("npx wranglr dev", "there is no wranglr"),
            ("npx --yes wranglr", "there is no wranglr"),
            ("node ran.mjs", "there is no ran.mjs"),
            ("deno run ran.mjs", "there is no ran.mjs"),
            ("deno frob", "there is no frob"),
            ("ls && cargo xtask tests", "unrecognized subcommand"),
            ("ls; cargo xtask tests", "unrecognized subcommand"),
            ("ls | cargo xtask tests", "unrecognized subcommand"),
        ] {
            let problem = problem(command).unwrap_or_else(|| panic!("{command} is taken"));
            assert!(problem.starts_with("a.md:2: `") && problem.contains(told), "{command}: {problem}");
        }
    }

    #[test]
    fn a_program_that_no_page_has_people_install_is_no_exception() {
        let files = [File::new("a.md", "`cargo install cargo-deny --locked`, `cargo fuzz list`")];
        assert_eq!(
            check_with(&files, &[], INSTALLED),
            ["no page says how cargo-fuzz is installed, and it stands in INSTALLED of xtask/src/tidy/commands.rs"]
        );
    }

    #[test]
    fn a_command_without_its_arguments_stands_in_a_sentence() {
        let files = [File::new("a.md", "`cargo xtask`, `cargo xtask …`, `cargo +nightly` and `cargo xtask drift`.")];
        assert_eq!(check_with(&files, &[], &[]), [""; 0]);
    }
}
