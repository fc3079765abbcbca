//! Every command that a page shows exists. Those of `ajo` are parsed by its own parser, in a test of `crates/cli`.

use clap::Parser as _;
use serde_json::Value;

use super::file::File;
use super::metadata::Manifest;
use super::page::{Said, commands};
use crate::{Arguments, root};

const PROGRAMS: &[&str] = &["cargo", "npm", "npx", "node", "deno"];

/// Programs of others that a page tells people to install.
const INSTALLED: &[&str] = &["cargo-deny", "cargo-fuzz"];

/// Subcommands of npm that take no name of ours.
const NPM: &[&str] = &["ci", "install"];

pub(super) fn check(files: &[File], manifests: &[Manifest]) -> Vec<String> {
    let page = |file: &&File| file.is_a(&["md"]) && file.path != "CHANGELOG.md" && !file.path.contains("/tests/");
    let mut problems = Vec::new();
    for page in files.iter().filter(page) {
        for said in commands(&page.text, PROGRAMS) {
            if let Err(problem) = judge(&said, files, manifests) {
                problems.push(format!("{}:{}: `{}`: {problem}", page.path, said.line, said.words.join(" ")));
            }
        }
    }
    problems
}

fn judge(said: &Said, files: &[File], manifests: &[Manifest]) -> Result<(), String> {
    let words: Vec<&str> = said.words.iter().map(String::as_str).filter(|word| !word.starts_with('+')).collect();
    let values: Vec<&str> = words[2..].iter().copied().filter(|word| !word.starts_with('-')).collect();
    let first = values.first().copied().unwrap_or_default();
    match (words[0], words[1]) {
        ("cargo", "xtask") => xtask(&words[1..]),
        ("cargo", "bench" | "run" | "test") => cargo(&words[2..], manifests),
        ("cargo", "install") => {
            exists(first, INSTALLED.contains(&first) || root().join(first).join("Cargo.toml").exists())
        }
        ("cargo", "fuzz") => exists(values.get(1).unwrap_or(&""), has(manifests, "bin", values.get(1).unwrap_or(&""))),
        ("npm", "run") => exists(first, json(files).any(|json| json["scripts"].get(first).is_some())),
        ("npm", subcommand) => exists(subcommand, NPM.contains(&subcommand)),
        ("npx", program) => exists(program, json(files).any(|json| json["devDependencies"].get(program).is_some())),
        ("node", file) => exists(file, is_file(file, files)),
        ("deno", "run") => exists(first, is_file(first, files)),
        (program, subcommand) => Err(format!("xtask/src/tidy/commands.rs does not know {program} {subcommand}")),
    }
}

fn exists(name: &str, does: bool) -> Result<(), String> {
    if does { Ok(()) } else { Err(format!("there is no {name}")) }
}

fn xtask(words: &[&str]) -> Result<(), String> {
    let parsed = Arguments::try_parse_from(words).map_err(|error| error.to_string());
    parsed.map(|_| ()).map_err(|error| error.lines().next().unwrap_or_default().to_owned())
}

/// Options that name a package or a target; what stands behind `--` is for the program.
fn cargo(words: &[&str], manifests: &[Manifest]) -> Result<(), String> {
    let mut words = words.iter().take_while(|word| **word != "--");
    while let Some(option) = words.next() {
        let kind = match *option {
            "-p" | "--package" => "",
            "--bench" => "bench",
            "--example" => "example",
            "--test" => "test",
            other => return Err(format!("xtask/src/tidy/commands.rs does not know {other}")),
        };
        let name = words.next().copied().unwrap_or_default();
        let package = manifests.iter().any(|manifest| manifest.name == name);
        exists(name, if kind.is_empty() { package } else { has(manifests, kind, name) })?;
    }
    Ok(())
}

fn has(manifests: &[Manifest], kind: &str, name: &str) -> bool {
    manifests.iter().flat_map(|manifest| &manifest.targets).any(|target| target.0 == kind && target.1 == name)
}

fn json(files: &[File]) -> impl Iterator<Item = Value> {
    let manifests = files.iter().filter(|file| file.path.ends_with("/package.json"));
    manifests.map(|file| serde_json::from_str(&file.text).unwrap_or_default())
}

fn is_file(name: &str, files: &[File]) -> bool {
    files.iter().any(|file| file.path.ends_with(&format!("/{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(command: &str) -> Option<String> {
        let files = [
            File::new("a.md", &format!("```sh\n{command}\n```\n")),
            File::new("b/package.json", r#"{"scripts": {"generate": "x"}, "devDependencies": {"wrangler": "1"}}"#),
            File::new("b/run.mjs", ""),
        ];
        let targets = [("test", "fuzz"), ("example", "page"), ("bin", "credential_file")];
        let manifest = Manifest {
            name: "ajo-tests".to_owned(),
            folder: "tests/".to_owned(),
            dependencies: Vec::new(),
            targets: targets.map(|(kind, name)| (kind.to_owned(), name.to_owned())).into(),
        };
        let problems = check(&files, &[manifest]);
        assert!(problems.len() < 2, "{problems:?}");
        problems.first().cloned()
    }

    #[test]
    fn commands_that_exist_are_known() {
        for command in [
            "cargo xtask test browser # the page",
            "cargo xtask drift --upstream vendor.yaml",
            "UPDATE=1 cargo xtask test browser",
            "cargo bench -p ajo-tests",
            "cargo run -- try",
            "cargo run -p ajo-tests --example page",
            "cargo test -p ajo-tests --test fuzz",
            "cargo install cargo-fuzz",
            "cargo install --path crates/cli",
            "cargo +nightly fuzz run credential_file -- -max_total_time=60",
            "npm run generate",
            "npm install ajo-limits",
            "npx wrangler dev",
            "node run.mjs A B",
            "deno run --allow-net run.mjs",
        ] {
            assert_eq!(problem(command), None, "{command}");
        }
    }

    #[test]
    fn commands_that_do_not_exist_are_told_with_their_place() {
        for (command, told) in [
            ("cargo xtask tests", "unrecognized subcommand"),
            ("cargo xtask generate --chekc", "unexpected argument '--chekc'"),
            ("cargo xtask bench nothing", "invalid value 'nothing'"),
            ("cargo xtask drift", "required"),
            ("cargo run -p ajo-test", "there is no ajo-test"),
            ("cargo test -p ajo-tests --test fuz", "there is no fuz"),
            ("cargo test --tests", "does not know --tests"),
            ("cargo install cargo-deni", "there is no cargo-deni"),
            ("cargo install --path crates/clo", "there is no crates/clo"),
            ("cargo +nightly fuzz run nothing", "there is no nothing"),
            ("cargo frobnicate", "does not know cargo frobnicate"),
            ("npm run nothing", "there is no nothing"),
            ("npm instal", "there is no instal"),
            ("npx wranglr dev", "there is no wranglr"),
            ("node ran.mjs", "there is no ran.mjs"),
        ] {
            let problem = problem(command).unwrap_or_else(|| panic!("{command} is taken"));
            assert!(problem.starts_with("a.md:2: `") && problem.contains(told), "{command}: {problem}");
        }
    }
}
