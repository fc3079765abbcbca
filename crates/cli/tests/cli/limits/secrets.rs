//! Secrets in limits files never reach output or stored files.

use std::process::Stdio;
use std::time::Duration;

use crate::limits::fixture::LimitsFixture;
use crate::support::CommandOutput;

const TOKEN: &str = "c4n4ry/t0k3n+Aa9=xyZ";
const SECOND: &str = "s3c0nd-c4n4ry-tok3n-42";
const ROTATED: &str = "r0t4ted/c4n4ry+value==";

/// Every place where a definition can contain a secret.
const FILE: &str = "version: 1
sandbox: prod
base: base.yaml
secrets: [TOKEN, SECOND]
capping:
  - url: https://hooks.example.org/push?key=${TOKEN}&other=${SECOND}
    methods: [POST]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 200, periodInMs: 1000 } }
    extra: { note: 'key ${TOKEN}' }
  - url: https://hooks.example.org/bot/${TOKEN}/send/*
    methods: [POST]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 300, periodInMs: 1000 } }
";

const BASE: &str = "version: 1
secrets: [SECOND]
throttling:
  name: partner ${SECOND}
  description: for ${SECOND}
  urlPattern: https://partner.example.com/${SECOND}/*
  methods: [POST]
  maxThroughput: 400
";

const FILE_URL: &str = "https://hooks.example.org/bot/${TOKEN}/send/1";

struct SecretsFixture {
    limits: LimitsFixture,
    token: &'static str,
}

impl SecretsFixture {
    async fn start() -> Self {
        let limits = LimitsFixture::start().await;
        // The service returns fields that are not in the specification.
        limits.set_quirk("unknown_fields", "returned");
        limits.write("prod.yaml", FILE);
        limits.write("base.yaml", BASE);
        Self { limits, token: TOKEN }
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.limits.command(arguments);
        command.env("TOKEN", self.token).env("SECOND", SECOND);
        command
    }

    /// Runs `ajo` with the secrets, and checks that neither its output nor any file contains them.
    async fn run(&self, arguments: &[&str], code: i32) -> CommandOutput {
        let output = self.run_unchecked(arguments).await;
        let case = arguments.join(" ");
        assert_eq!(output.exit_code, Some(code), "{case}\n{}\n{}", output.stdout, output.stderr);
        assert_hidden(&case, &output.stdout);
        assert_hidden(&case, &output.stderr);
        self.check_files(&case);
        output
    }

    async fn run_unchecked(&self, arguments: &[&str]) -> CommandOutput {
        let mut command = self.command(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().expect("ajo runs")).await.expect("it ended");
        CommandOutput::from(output)
    }

    fn check_files(&self, case: &str) {
        for name in self.limits.file_names().iter().filter(|name| !self.limits.path(name).is_dir()) {
            assert_hidden(&format!("{name} after {case}"), &self.limits.read(name));
        }
    }

    /// Creates a configuration at the service, or updates the first one of the file.
    async fn put(&self, verb: &str, path: &str, calls: u32) {
        let definition = format!(
            r#"{{"url": "https://hooks.example.org/{path}", "methods": ["POST"], "services": {{"action":
            {{"maxHttpConnections": 50, "rating": {{"maxCallsCount": {calls}, "periodInMs": 1000}}}}}}}}"#
        );
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("definition.json");
        std::fs::write(&file, definition).expect("written");
        let file = file.display().to_string();
        let state = self.limits.read("ajo.state.json");
        let uid = state.split("push?key=").nth(1).and_then(|rest| rest.split("\"uid\": \"").nth(1)).expect("an entry");
        let uid = uid.split('"').next().expect("a uid");
        let arguments: Vec<_> = ["capping", verb].into_iter().chain((verb == "update").then_some(uid)).collect();
        let arguments: Vec<_> = arguments
            .into_iter()
            .chain([file.as_str(), "--sandbox=prod"])
            .chain((verb == "update").then_some("--yes"))
            .collect();
        self.limits.run_expecting(&arguments, 0).await;
    }

    /// All configurations of the service as JSON.
    async fn listed(&self) -> String {
        let mut listed = String::new();
        for api in ["capping", "throttling"] {
            listed += &self.limits.run_expecting(&[api, "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
        }
        listed
    }
}

/// Fails if the text contains a part of a secret in any form.
fn assert_hidden(case: &str, text: &str) {
    use std::fmt::Write as _;

    for secret in [TOKEN, SECOND, ROTATED] {
        let encoded = secret.bytes().fold(String::new(), |mut all, byte| {
            let _ = write!(all, "%{byte:02x}");
            all
        });
        let common = secret.replace('/', "%2f").replace('+', "%2b").replace('=', "%3d");
        for form in [secret.to_owned(), encoded, common, secret[..12].to_owned()] {
            assert!(!text.to_lowercase().contains(&form.to_lowercase()), "{case}: {form} in\n{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_shows_a_secret() {
    let fixture = SecretsFixture::start().await;
    let reports = ["text", "json", "markdown", "sarif", "junit", "github"];
    for format in reports {
        let output = format!("--output={format}");
        fixture.run(&["validate", "prod.yaml", &output], 0).await;
        let plan = fixture.run(&["plan", "prod.yaml", &output], 0).await.stdout;
        assert!(format == "junit" || format == "sarif" || plan.contains("${TOKEN}"), "{plan}");
    }
    fixture.run(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    fixture.run(&["apply", "--plan", "plan.json", "--yes"], 0).await;
    assert!(fixture.listed().await.contains(&format!("push?key={TOKEN}&other={SECOND}")));

    let state = fixture.limits.read("ajo.state.json");
    assert!(state.contains("https://hooks.example.org/push?key=${TOKEN}&other=${SECOND}"), "{state}");
    assert_eq!(state.matches("\"hmac-sha256:").count(), 4, "{state}");
    let salts: std::collections::BTreeSet<_> = state.split("hmac-sha256:").skip(1).map(|it| &it[..32]).collect();
    assert_eq!(salts.len(), 3, "each entry has a salt: {state}");

    for format in reports {
        let output = format!("--output={format}");
        fixture.run(&["plan", "prod.yaml", "--exit-code", &output], 0).await;
        fixture.run(&["drift", "prod.yaml", &output], 0).await;
        fixture.run(&["verify", "prod.yaml", &output], 0).await;
    }
    fixture.run(&["import", "prod.yaml"], 0).await;
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    std::fs::remove_file(fixture.limits.path("ajo.state.json")).expect("removed");
    fixture.run(&["plan", "prod.yaml", "--exit-code"], 0).await;
    fixture.run(&["import", "prod.yaml"], 0).await;
    fixture.run(&["plan", "prod.yaml", "--exit-code"], 0).await;
    fixture.run(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_secret_is_an_update() {
    let mut fixture = SecretsFixture::start().await;
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.token = ROTATED;
    for format in ["text", "json", "markdown", "sarif", "junit", "github"] {
        let output = format!("--output={format}");
        fixture.run(&["plan", "prod.yaml", &output], 0).await;
        fixture.run(&["drift", "prod.yaml", &output], 2).await;
        fixture.run(&["verify", "prod.yaml", &output], 1).await;
    }
    let plan = fixture.run(&["plan", "prod.yaml", "--exit-code"], 2).await.stdout;
    assert!(plan.contains("0 to create, 2 to update, 0 to delete; 1 unchanged"), "{plan}");
    assert!(plan.contains("secrets.TOKEN: \"(hidden)\" -> \"(hidden, another value)\""), "{plan}");
    assert!(plan.contains("reason: the files changed") && !plan.contains("conflict"), "{plan}");
    fixture.run(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    fixture.run(&["apply", "--plan", "plan.json", "--yes"], 0).await;
    let listed = fixture.listed().await;
    assert!(listed.contains(&format!("push?key={ROTATED}&other={SECOND}")) && !listed.contains(TOKEN), "{listed}");
    fixture.run(&["plan", "prod.yaml", "--exit-code"], 0).await;
    fixture.run(&["drift", "prod.yaml"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_secret_makes_plan_stale() {
    let mut fixture = SecretsFixture::start().await;
    fixture.run(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    fixture.token = ROTATED;
    let output = fixture.run(&["apply", "--plan", "plan.json", "--yes"], 6).await;
    assert!(output.stderr.contains("the files have changed"), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secret_changed_at_service_is_drift() {
    let fixture = SecretsFixture::start().await;
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    let other = "0th3r-c4n4ry-t0k3n-77";
    fixture.put("update", &format!("push?key={other}&other={SECOND}"), 200).await;
    let drift = fixture.run(&["drift", "prod.yaml"], 2).await.stdout;
    assert!(drift.contains("secrets.TOKEN") && !drift.contains(other), "{drift}");
    let plan = fixture.run(&["plan", "prod.yaml"], 0).await.stdout;
    assert!(plan.contains("0 to create, 1 to update") && !plan.contains(other), "{plan}");
    let accepted = fixture.run(&["accept", "prod.yaml"], 0).await.stdout;
    assert!(accepted.contains("the service has other values of TOKEN") && !accepted.contains(other), "{accepted}");
    assert_eq!(fixture.limits.read("prod.yaml"), FILE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accept_writes_placeholders() {
    let fixture = SecretsFixture::start().await;
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.put("update", &format!("push?key={TOKEN}&other={SECOND}"), 250).await;
    fixture.run(&["accept", "prod.yaml", "--dry-run"], 0).await;
    fixture.run(&["accept", "prod.yaml"], 0).await;
    assert!(fixture.limits.read("prod.yaml").contains("maxCallsCount: 250"), "{}", fixture.limits.read("prod.yaml"));
    fixture.put("create", &format!("added?key={TOKEN}&literal=${{TOKEN}}"), 7).await;
    let added = ["accept", "prod.yaml", "--url=https://hooks.example.org/added?key=${TOKEN}&literal=$${TOKEN}"];
    fixture.run(&added, 0).await;
    let file = fixture.limits.read("prod.yaml");
    assert!(file.contains("https://hooks.example.org/added?key=${TOKEN}&literal=$${TOKEN}"), "{file}");
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run(&["plan", "prod.yaml", "--exit-code"], 0).await;
    fixture.run(&["drift", "prod.yaml"], 0).await;
    assert!(fixture.listed().await.contains(&format!("added?key={TOKEN}&literal=${{TOKEN}}\"")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn explain_hides_and_matches_secrets() {
    let fixture = SecretsFixture::start().await;
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    for url in [format!("https://hooks.example.org/bot/{TOKEN}/send/1"), FILE_URL.to_owned()] {
        for format in ["text", "json"] {
            let output = format!("--output={format}");
            let explained = fixture.run(&["explain", "POST", &url, "--limits=prod.yaml", &output], 0).await.stdout;
            // At the service and in the file.
            assert!(explained.matches("https://hooks.example.org/bot/${TOKEN}/send/*").count() >= 2, "{explained}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn literal_secret_becomes_a_placeholder() {
    let fixture = SecretsFixture::start().await;
    let literal = FILE.replace("${TOKEN}", TOKEN).replace("[TOKEN, SECOND]", "[SECOND]");
    fixture.limits.write("prod.yaml", &literal);
    fixture.run_unchecked(&["apply", "prod.yaml", "--yes"]).await;
    assert!(fixture.limits.read("ajo.state.json").contains(TOKEN));
    fixture.limits.write("prod.yaml", FILE);
    let output = fixture.run_unchecked(&["plan", "prod.yaml", "--exit-code"]).await;
    assert_hidden("plan", &output.stdout);
    assert_eq!(output.exit_code, Some(0), "{}{}", output.stdout, output.stderr);
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.run(&["drift", "prod.yaml"], 0).await;
}

/// Rotates a secret and kills the apply at this call.
async fn kill_rotation(fixture: &mut SecretsFixture, file: &str, call: usize) {
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.token = ROTATED;
    fixture.limits.add_fault("*=delay:150");
    let mut command = fixture.command(&["apply", file, "--state=ajo.state.json", "--yes", "--concurrency=1"]);
    let stdin = std::fs::File::open(fixture.limits.path("prod.yaml")).expect("a file");
    command.stdin(stdin).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("ajo runs");
    while !fixture.limits.has("ajo.state.prod.journal") && child.try_wait().expect("looked at").is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let before = fixture.limits.call_count();
    while fixture.limits.call_count() < before + call && child.try_wait().expect("looked at").is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    child.kill().expect("killed");
    child.wait().expect("it ended");
    fixture.limits.clear_faults();
    fixture.check_files("a kill");
    assert!(fixture.limits.read("ajo.state.prod.journal").contains("${TOKEN}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resume_names_missing_secrets() {
    const RESUME: [&str; 4] = ["apply", "--resume", "--state=ajo.state.json", "--yes"];
    for call in 1..=8 {
        let file = if call % 2 == 0 { "-" } else { "prod.yaml" };
        let mut fixture = SecretsFixture::start().await;
        kill_rotation(&mut fixture, file, call).await;
        let without = fixture.limits.run_expecting(&RESUME, 1).await;
        assert!(without.stderr.contains("these secrets, which are not set: SECOND, TOKEN"), "{}", without.stderr);
        fixture.token = TOKEN;
        let other = fixture.run_unchecked(&RESUME).await;
        assert!(matches!(other.exit_code, Some(1 | 6)), "{}", other.stderr);
        assert!(other.stderr.contains("these secrets, which have other values now: TOKEN"), "{}", other.stderr);
        fixture.token = ROTATED;
        fixture.run(&["plan", "prod.yaml"], 0).await;
        fixture.run(&RESUME, 0).await;
        fixture.run(&["plan", "prod.yaml", "--exit-code"], 0).await;
        fixture.run(&["drift", "prod.yaml"], 0).await;
    }
}

/// The files no longer know the secret, but the state does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removed_secret_stays_hidden() {
    let fixture = SecretsFixture::start().await;
    fixture.run(&["apply", "prod.yaml", "--yes"], 0).await;
    fixture.limits.write("prod.yaml", "version: 1\nsandbox: prod\nbase: base.yaml\n");
    for format in ["text", "json", "markdown"] {
        let output = format!("--output={format}");
        fixture.run(&["drift", "prod.yaml", &output], 2).await;
        fixture.run(&["plan", "prod.yaml", "--prune", "--max-deletes=2", &output], 0).await;
    }
    fixture.run(&["apply", "prod.yaml", "--prune", "--max-deletes=2", "--yes"], 0).await;
    assert!(!fixture.listed().await.contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_hide_secrets() {
    let fixture = SecretsFixture::start().await;
    let wrong = FILE.replace("https://hooks.example.org/bot/", "https://user:${SECOND}@hooks example.org:x/bot/");
    fixture.limits.write("prod.yaml", &wrong);
    for format in ["text", "json", "sarif", "junit", "markdown", "github"] {
        fixture.run(&["validate", "prod.yaml", &format!("--output={format}")], 1).await;
    }
}
