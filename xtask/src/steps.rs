//! The table of all steps of `cargo xtask check` and `cargo xtask test`.

use crate::npm::{self, folders::SOURCES_FOLDER};
use crate::output::log;
use crate::process::{cargo, run_in};
use crate::requirement::Requirement::{
    Chromedriver, Chromium, LinuxOnX64, Node, NpmPackages, Program, PythonPackages, RustTarget, RustVersion, Tool,
    VendorSpec, WasmBindgen, WasmPack,
};
use crate::requirement::{Requirement, WASIP1, WASM32, python_with_packages, vendor_spec_path};
use crate::tools::{CARGO_DENY, CARGO_SHEAR, TYPOS};
use crate::workspace::root;
use crate::{cargo_steps, compare_spec, docs, fetch_tests, generate, lint_tools, packages, spec_edit};

/// Tests of the emulator's web UI.
const BROWSER_TESTS: &str = "tests/browser";

/// Folders below `tests` with Python packages.
const SCHEMATHESIS: &str = "schemathesis";
const SIMULATION: &str = "simulation";
const MCP: &str = "mcp";
const WORKFLOWS: &str = "workflows";

/// Tests with local servers, which are Python and npm packages.
const SHARED_STATE_TESTS: &str = "tests/shared_state";
const SHARED_STATE: &str = "shared_state";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StepTier {
    Check,
    Test,
    All,
}

/// One step of a tier.
pub(crate) struct TestStep {
    pub(crate) name: &'static str,
    /// The statement that a passing step proves.
    pub(crate) description: &'static str,
    /// The step is skipped if one of these is missing.
    pub(crate) requirements: &'static [Requirement],
    /// Some tests of the step are skipped if one of these is missing.
    pub(crate) optional_requirements: &'static [Requirement],
    pub(crate) tier: StepTier,
    pub(crate) run: fn() -> Result<(), String>,
}

const fn test_step(
    tier: StepTier,
    name: &'static str,
    description: &'static str,
    requirements: &'static [Requirement],
    run: fn() -> Result<(), String>,
) -> TestStep {
    TestStep { name, description, requirements, optional_requirements: &[], tier, run }
}

/// In order of execution: by tier, and cheap steps first within a tier.
pub(crate) const STEPS: &[TestStep] = &[
    test_step(StepTier::Check, "format", "the code is formatted", &[], cargo_steps::check_format),
    test_step(StepTier::Check, "generated-code", "the generated code matches the specs", &[], check_generated_code),
    test_step(StepTier::Check, "packages", "the published crates are complete", &[], packages::check),
    test_step(
        StepTier::Check,
        "markdown-links",
        "links in Markdown files work, and the table of contents of the site is complete",
        &[],
        docs::repository_links::check,
    ),
    test_step(StepTier::Check, "spelling", "no word is misspelled", &[Tool(TYPOS)], lint_tools::check_spelling),
    test_step(
        StepTier::Check,
        "unused-deps",
        "every dependency is used",
        &[Tool(CARGO_SHEAR)],
        lint_tools::check_unused_dependencies,
    ),
    test_step(
        StepTier::Check,
        "licenses",
        "licenses, sources and duplicate crates are allowed",
        &[Tool(CARGO_DENY)],
        lint_tools::check_licenses,
    ),
    test_step(StepTier::Check, "lints", "clippy has no warning", &[], cargo_steps::check_lints),
    test_step(
        StepTier::Check,
        "import-cycles",
        "files of a crate do not import each other",
        &[],
        cargo_steps::test_import_cycles,
    ),
    test_step(StepTier::Check, "unit-tests", "the unit tests pass", &[], cargo_steps::run_unit_tests),
    test_step(StepTier::Check, "doc-tests", "the examples in the documentation pass", &[], cargo_steps::run_doc_tests),
    test_step(
        StepTier::Test,
        "vendor-spec",
        "the specs differ from the vendor's as explained",
        &[VendorSpec],
        compare_with_vendor,
    ),
    test_step(
        StepTier::Test,
        "crate-deps",
        "ajo-limits has no client, the emulator no HTTP client, and the MCP server nothing that can write",
        &[],
        cargo_steps::check_crate_dependencies,
    ),
    TestStep {
        optional_requirements: &[
            Program("redis-server", "redis-server"),
            Program("dbus-run-session", "dbus"),
            Program("gnome-keyring-daemon", "gnome-keyring"),
            Program("script", "bsdutils"),
            Program("curl", "curl"),
            Program("bash", "bash"),
            Program("git", "git"),
        ],
        ..test_step(
            StepTier::Test,
            "integration",
            "the integration tests pass",
            &[],
            cargo_steps::run_integration_tests,
        )
    },
    test_step(
        StepTier::Test,
        "npm-unit",
        "the npm package's JS wrapper works on a scripted module",
        &[Node, NpmPackages(SOURCES_FOLDER)],
        npm::checks::test_wrapper,
    ),
    test_step(
        StepTier::All,
        "doc-links",
        "the documentation builds and its links work",
        &[],
        cargo_steps::check_doc_links,
    ),
    test_step(
        StepTier::All,
        WORKFLOWS,
        "workflows have no weakness that zizmor knows, match their schemas, and setup-ajo installs only what it has verified",
        &[
            PythonPackages(WORKFLOWS),
            Program("bash", "bash"),
            Program("curl", "curl"),
            Program("unzip", "unzip"),
            Program("xz", "xz-utils"),
        ],
        test_workflows,
    ),
    test_step(
        StepTier::All,
        "features",
        "clippy has no warning in ajo-core with other features",
        &[],
        cargo_steps::check_features,
    ),
    test_step(
        StepTier::All,
        "wasm",
        "the engine links without std; models, plans and the emulator's core compile for WebAssembly",
        &[RustTarget(WASM32)],
        cargo_steps::check_wasm_builds,
    ),
    test_step(
        StepTier::All,
        "wasm-tests",
        "the tests of decision logic pass on WebAssembly",
        &[Node, RustTarget(WASIP1)],
        cargo_steps::run_wasm_tests,
    ),
    test_step(
        StepTier::All,
        "scale",
        "large limits files are planned and applied in time",
        &[],
        cargo_steps::test_scale,
    ),
    test_step(
        StepTier::All,
        "hostile",
        "hostile peers cannot hang or exhaust the client",
        &[],
        cargo_steps::test_hostile,
    ),
    test_step(
        StepTier::All,
        SIMULATION,
        "the simulator agrees with an independent simulation and with closed forms",
        &[PythonPackages(SIMULATION)],
        test_simulation,
    ),
    test_step(
        StepTier::All,
        "shared-state",
        "buckets of S3 and Azure hold shared state, also if applies run at the same time, are killed, or are suspended",
        &[Node, NpmPackages(SHARED_STATE_TESTS), PythonPackages(SHARED_STATE)],
        cargo_steps::test_shared_state,
    ),
    test_step(
        StepTier::All,
        "spec-edit",
        "an operation and a field added to a spec reach everything, and everything compiles",
        &[Program("git", "git")],
        spec_edit::run,
    ),
    test_step(
        StepTier::All,
        "browser",
        "the emulator's web UI works in a browser",
        &[Node, Chromium, NpmPackages(BROWSER_TESTS)],
        test_in_browser,
    ),
    test_step(
        StepTier::All,
        SCHEMATHESIS,
        "schemathesis finds no difference between the emulator and the specs",
        &[PythonPackages(SCHEMATHESIS)],
        test_with_schemathesis,
    ),
    test_step(
        StepTier::All,
        MCP,
        "the official MCP client plans and simulates with `ajo mcp`, and reads only its own files",
        &[PythonPackages(MCP)],
        test_with_mcp_client,
    ),
    test_step(
        StepTier::All,
        "worker",
        "the Worker in the documentation compiles",
        &[RustVersion(fetch_tests::WORKER_MIN_RUST), RustTarget(WASM32)],
        fetch_tests::check_worker,
    ),
    test_step(
        StepTier::All,
        "fetch",
        "the client over fetch works in Node.js",
        &[Node, RustTarget(WASM32), WasmBindgen, WasmPack],
        fetch_tests::test_in_node,
    ),
    test_step(
        StepTier::All,
        "fetch-browser",
        "the client over fetch works in a browser",
        &[Node, Chromium, Chromedriver, RustTarget(WASM32), WasmBindgen, WasmPack],
        fetch_tests::test_in_browser,
    ),
    test_step(
        StepTier::All,
        "npm",
        "the npm packages install, have sound types, and meet their size budgets",
        npm::package::REQUIREMENTS,
        npm::checks::test_packages,
    ),
    test_step(
        StepTier::All,
        "npm-memory",
        "the memory of the npm package stays flat over thousands of calls",
        npm::package::REQUIREMENTS,
        npm::checks::test_memory,
    ),
    test_step(
        StepTier::All,
        "oracle",
        "the npm package gives the same results as the native client for random inputs",
        npm::package::REQUIREMENTS,
        npm::oracle::test,
    ),
    test_step(
        StepTier::All,
        "runtimes",
        "the npm package works in Node.js 20, 22 and 24, Deno, Bun, workerd, edge-runtime, and executables",
        &[
            LinuxOnX64,
            Node,
            RustTarget(WASM32),
            WasmBindgen,
            NpmPackages(SOURCES_FOLDER),
            NpmPackages(npm::runtimes::FOLDER),
        ],
        npm::runtimes::test,
    ),
    test_step(
        StepTier::All,
        "token-stores",
        "all isolates and processes that share a token store make one token request",
        &[
            LinuxOnX64,
            Node,
            RustTarget(WASM32),
            WasmBindgen,
            NpmPackages(SOURCES_FOLDER),
            NpmPackages(npm::runtimes::FOLDER),
            NpmPackages(npm::token_stores::FOLDER),
            Program("redis-server", "redis-server"),
        ],
        npm::token_stores::test,
    ),
    TestStep {
        optional_requirements: &[Chromium],
        ..test_step(
            StepTier::All,
            "bundlers",
            "the npm package works in bundlers, Next.js, Jest, Vitest, pnpm and Yarn, and its examples run",
            npm::bundlers::REQUIREMENTS,
            npm::bundlers::test,
        )
    },
    test_step(
        StepTier::All,
        "frameworks",
        "the npm package works in SvelteKit, Astro, React Router, Nitro and OpenNext",
        npm::frameworks::REQUIREMENTS,
        npm::frameworks::test,
    ),
];

fn check_generated_code() -> Result<(), String> {
    generate::run(true).map(|report| log(&report))
}

fn compare_with_vendor() -> Result<(), String> {
    compare_spec::run(&vendor_spec_path()).map(|report| log(&report))
}

fn test_in_browser() -> Result<(), String> {
    cargo(&["build", "--package", "ajo-emulator", "--example", "web_ui", "--locked"], &[])?;
    // One file at a time, because each starts its own browser.
    run_in(&root().join(BROWSER_TESTS), "node", &["--test", "--test-concurrency=1"])
}

fn test_simulation() -> Result<(), String> {
    cargo_steps::test_simulation(&python_with_packages(SIMULATION)?)
}

fn test_with_schemathesis() -> Result<(), String> {
    run_in(root(), "sh", &["tests/schemathesis/run.sh"])
}

fn test_workflows() -> Result<(), String> {
    run_in(root(), "sh", &["tests/workflows/run.sh"])
}

fn test_with_mcp_client() -> Result<(), String> {
    run_in(root(), "sh", &["tests/mcp/run.sh"])
}
