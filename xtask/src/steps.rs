//! The table of all checks and tests.

use crate::need::Need::{
    Chromedriver, Chromium, LinuxOnX64, Node, Packages, Program, Rust, Schemathesis, Target, Tool, VendorSpec,
    WasmBindgen, WasmPack,
};
use crate::need::{Need, WASIP1, WASM32, vendor_spec};
use crate::npm::{self, folders::SOURCES};
use crate::output::log;
use crate::process::{cargo, run_in};
use crate::tools::{CARGO_DENY, CARGO_SHEAR, TYPOS};
use crate::workspace::root;
use crate::{compare_spec, fetch, generate, rust, spec_edit, standard_tools};

/// Tests of the emulator's web UI.
const BROWSER: &str = "tests/browser";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// `cargo xtask check`
    Check,
    /// `cargo xtask test`
    Test,
    /// `cargo xtask test --all`
    All,
}

/// A step of a tier.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// The statement that is true if the step passes.
    pub(crate) proves: &'static str,
    /// The step is skipped if one of these is missing.
    pub(crate) needs: &'static [Need],
    /// Some of the step's tests skip themselves if one of these is missing.
    pub(crate) uses: &'static [Need],
    pub(crate) tier: Tier,
    pub(crate) run: fn() -> Result<(), String>,
}

const fn step(
    tier: Tier,
    name: &'static str,
    proves: &'static str,
    needs: &'static [Need],
    run: fn() -> Result<(), String>,
) -> Step {
    Step { name, proves, needs, uses: &[], tier, run }
}

/// In the order in which they run: a tier after the other, and the cheap steps of each first.
pub(crate) const STEPS: &[Step] = &[
    step(Tier::Check, "format", "the code is formatted", &[], rust::check_format),
    step(Tier::Check, "generated", "the generated code matches the specs", &[], check_generated),
    step(Tier::Check, "spelling", "no word is misspelled", &[Tool(TYPOS)], standard_tools::check_spelling),
    step(Tier::Check, "unused", "every dependency is used", &[Tool(CARGO_SHEAR)], standard_tools::check_unused),
    step(
        Tier::Check,
        "licenses",
        "licenses, sources and duplicate crates are allowed",
        &[Tool(CARGO_DENY)],
        standard_tools::check_licenses,
    ),
    step(Tier::Check, "lints", "clippy has no warning", &[], rust::check_lints),
    step(Tier::Check, "cycles", "files of a crate do not import each other", &[], rust::test_import_cycles),
    step(Tier::Check, "unit", "the unit tests pass", &[], rust::test_units),
    step(Tier::Check, "doc-tests", "the examples in the documentation pass", &[], rust::test_docs),
    step(Tier::Test, "vendor", "the specs differ from the vendor's as explained", &[VendorSpec], compare_with_vendor),
    step(Tier::Test, "layers", "planning has no client, and the emulator no HTTP client", &[], rust::check_layers),
    Step {
        uses: &[
            Program("redis-server", "redis-server"),
            Program("dbus-run-session", "dbus"),
            Program("gnome-keyring-daemon", "gnome-keyring"),
            Program("script", "bsdutils"),
            Program("curl", "curl"),
            Program("bash", "bash"),
            Program("git", "git"),
        ],
        ..step(Tier::Test, "suites", "the integration tests pass", &[], rust::test_suites)
    },
    step(
        Tier::Test,
        "npm-unit",
        "the npm package's JS wrapper works on a scripted core",
        &[Node, Packages(SOURCES)],
        npm::checks::test_wrapper,
    ),
    step(Tier::All, "doc-links", "the documentation builds and its links work", &[], rust::check_doc_links),
    step(Tier::All, "features", "ajo-core has no lint with other features", &[], rust::check_features),
    step(
        Tier::All,
        "wasm",
        "the engine links without std; models, plans and the emulator's core compile for WebAssembly",
        &[Target(WASM32)],
        rust::check_wasm,
    ),
    step(
        Tier::All,
        "decisions",
        "the tests of decision logic pass on WebAssembly",
        &[Node, Target(WASIP1)],
        rust::test_decisions_on_wasm,
    ),
    step(Tier::All, "scale", "large limits files are planned and applied in time", &[], rust::test_scale),
    step(Tier::All, "hostile", "hostile peers cannot hang or exhaust the client", &[], rust::test_hostile),
    step(
        Tier::All,
        "spec-edit",
        "an operation and a field added to a spec reach everything, and everything compiles",
        &[Program("git", "git")],
        spec_edit::test,
    ),
    step(
        Tier::All,
        "browser",
        "the emulator's web UI works in a browser",
        &[Node, Chromium, Packages(BROWSER)],
        test_in_browser,
    ),
    step(
        Tier::All,
        "schemathesis",
        "schemathesis finds no difference between the emulator and the specs",
        &[Schemathesis],
        test_with_schemathesis,
    ),
    step(
        Tier::All,
        "worker",
        "the Worker in the documentation compiles",
        &[Rust(fetch::WORKER_RUST), Target(WASM32)],
        fetch::check_worker,
    ),
    step(
        Tier::All,
        "fetch",
        "the client over fetch works in Node.js",
        &[Node, Target(WASM32), WasmBindgen, WasmPack],
        fetch::test_in_node,
    ),
    step(
        Tier::All,
        "fetch-browser",
        "the client over fetch works in a browser",
        &[Node, Chromium, Chromedriver, Target(WASM32), WasmBindgen, WasmPack],
        fetch::test_in_browser,
    ),
    step(
        Tier::All,
        "npm",
        "the npm package installs, has sound types and keeps to its size budgets",
        npm::package::NEEDS,
        npm::checks::test_package,
    ),
    step(
        Tier::All,
        "runtimes",
        "the npm package works in Node.js 20, 22 and 24, Deno, Bun, workerd and edge-runtime",
        &[LinuxOnX64, Node, Target(WASM32), WasmBindgen, Packages(SOURCES), Packages(npm::runtimes::FOLDER)],
        npm::runtimes::test,
    ),
    Step {
        uses: &[Chromium],
        ..step(
            Tier::All,
            "bundlers",
            "the npm package works in bundlers, Next.js, Jest and Vitest, and its examples run",
            npm::package::NEEDS,
            npm::bundlers::test,
        )
    },
];

fn check_generated() -> Result<(), String> {
    generate::run(true).map(|report| log(&report))
}

fn compare_with_vendor() -> Result<(), String> {
    compare_spec::run(&vendor_spec()).map(|report| log(&report))
}

fn test_in_browser() -> Result<(), String> {
    cargo(&["build", "--package", "ajo-emulator", "--example", "page", "--locked"], &[])?;
    // One file at a time, because each starts a browser of its own.
    run_in(&root().join(BROWSER), "node", &["--test", "--test-concurrency=1"])
}

fn test_with_schemathesis() -> Result<(), String> {
    run_in(root(), "sh", &["tests/schemathesis/run.sh"])
}
