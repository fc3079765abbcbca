//! Rules for the example workflows: which steps have secrets, which jobs wait, and which tools are pinned.

use serde_json::{Value, json};

use super::{example, parse};

/// The lease time, in seconds. An apply waits longer, so that it takes over from a runner that died.
const LEASE_SECONDS: u64 = ajo_state::DEFAULT_LEASE_TIME.as_secs();

/// Whether an apply waits longer than a lease.
fn outlasts_lease(script: &str) -> bool {
    let timeout = script.split("--lock-timeout ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<u64>().ok());
    timeout.is_some_and(|timeout| timeout > 2 * LEASE_SECONDS)
}

/// Whether a script calls the service.
fn calls_service(script: &str) -> bool {
    ["ajo plan ", "ajo apply ", "ajo drift "].iter().any(|command| script.contains(command))
}

/// The broken rules.
#[derive(Default)]
struct Violations(Vec<String>);

impl Violations {
    fn require(&mut self, kept: bool, rule: &str, at: &str) {
        if !kept {
            self.0.push(format!("{rule}: {at}"));
        }
    }
}

fn github_violations(workflow: &Value) -> Vec<String> {
    let mut violations = Violations::default();
    violations.require(workflow["permissions"] == json!({}), "least permissions", "workflow");
    violations.require(!workflow["env"].to_string().contains("secrets."), "no secret for all jobs", "workflow");
    violations.require(workflow["concurrency"].is_null(), "only the lease decides who waits", "workflow");
    violations.require(
        workflow["on"].get("pull_request_target").is_none(),
        "no code of forks with secrets",
        "workflow",
    );
    for (name, job) in workflow["jobs"].as_object().expect("jobs") {
        let own = |key: &str| job.get(key).map(Value::to_string).unwrap_or_default();
        violations.require(!own("env").contains("secrets."), "no secret for a whole job", name);
        let writes: Vec<_> =
            job["permissions"].as_object().into_iter().flatten().filter(|(_, level)| *level != "read").collect();
        let allowed: &[&str] = match name.as_str() {
            "review" => &["id-token", "pull-requests"],
            "plan" | "apply" => &["id-token"],
            "plan-again" => &["actions"],
            "drift" => &["id-token", "issues"],
            _ => &[],
        };
        let is_least =
            job["permissions"].is_object() && writes.iter().all(|(scope, _)| allowed.contains(&scope.as_str()));
        violations.require(is_least, "least permissions", name);
        violations.require(job["concurrency"].is_null(), "only the lease decides who waits", name);
        violations.require(job.get("environment").is_some() == (name == "apply"), "only applies need approval", name);
        let steps = job["steps"].as_array().expect("steps");
        for step in steps {
            check_github_step(step, name, &mut violations);
        }
        let position = |find: fn(&Value) -> bool| steps.iter().position(find);
        let role = position(|step| !step["with"]["role-to-assume"].is_null());
        let install = position(|step| step["uses"].as_str().is_some_and(|action| action.contains("/setup-ajo@")));
        violations.require(role.is_none() || install < role, "nothing is installed with credentials", name);
        let role = role.map_or(String::new(), |role| steps[role]["with"]["role-to-assume"].to_string());
        violations.require(role.contains("WRITE") == (name == "apply"), "only applies write the state", name);
    }
    violations.0
}

fn check_github_step(step: &Value, job: &str, violations: &mut Violations) {
    let at = format!("{job}: {}", step.get("name").or(step.get("uses")).expect("a name"));
    let script = step["run"].as_str().unwrap_or_default();
    let env = step.get("env").map(Value::to_string).unwrap_or_default();
    let has_secret = env.contains("secrets.");
    violations.require(has_secret == calls_service(script), "a secret exactly where the service is called", &at);
    violations.require(!script.contains("${{"), "no expression in a script", &at);
    let is_alone = script.lines().count() <= 1 && !script.contains(';');
    violations.require(is_alone || !has_secret, "only ajo runs with a secret", &at);
    if let Some(action) = step["uses"].as_str() {
        let commit = action.rsplit_once('@').map_or("", |(_, commit)| commit);
        let is_pinned = commit.len() == 40 && commit.bytes().all(|digit| digit.is_ascii_hexdigit());
        violations.require(is_pinned, "actions are pinned", &at);
        let inputs = step.get("with").map(Value::to_string).unwrap_or_default();
        violations.require(!inputs.contains("secrets."), "no secret for an action", &at);
        let keeps_token = action.contains("/checkout@") && !inputs.contains("\"persist-credentials\":false");
        violations.require(!keeps_token, "checkout does not store the token", &at);
    }
    violations.require(!script.contains("install"), "only setup-ajo installs", &at);
    let has_digest = script.contains("--digest") && env.contains("needs.plan.outputs.digest");
    violations.require(!script.contains("ajo apply") || has_digest, "the digest comes from outside the artifact", &at);
    let waits = !script.contains("ajo apply") || outlasts_lease(script);
    violations.require(waits, "an apply waits longer than a lease", &at);
    violations.require(!script.contains("git push"), "nothing is pushed", &at);
}

#[test]
fn github_workflow_follows_rules() {
    assert_eq!(github_violations(&parse(&example("github/limits.yml"))), Vec::<String>::new());
}

#[test]
fn unsafe_github_workflow_is_found() {
    let text = example("github/limits.yml");
    let secret = "AJO_CLIENT_SECRET: ${{ secrets.AJO_CLIENT_SECRET }}";
    for (from, to, rule) in [
        ("env:\n  AJO_CLIENT_ID", &*format!("env:\n  {secret}\n  AJO_CLIENT_ID"), "no secret for all jobs"),
        ("    runs-on", "    env: { A: \"${{ secrets.A }}\" }\n    runs-on", "no secret for a whole job"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "actions are pinned"),
        ("setup-ajo@0000000000000000000000000000000000000000", "setup-ajo@main", "actions are pinned"),
        ("run: ajo validate", "run: cargo install ajo; ajo validate", "only setup-ajo installs"),
        ("persist-credentials: false", "persist-credentials: true", "checkout does not store the token"),
        (" --digest \"$PLAN_DIGEST\"", "", "the digest comes from outside the artifact"),
        ("GH_TOKEN: ${{ github.token }}", secret, "a secret exactly where the service is called"),
        (secret, "A: b", "a secret exactly where the service is called"),
        ("permissions: {}", "permissions: write-all", "least permissions"),
        ("      contents: read\n      id-token", "      contents: write\n      id-token", "least permissions"),
        ("\"$PULL_REQUEST\"", "${{ github.event.pull_request.title }}", "no expression in a script"),
        ("permissions: {}", "permissions: {}\nconcurrency: limits", "only the lease decides who waits"),
        (
            "    environment: production\n",
            "    environment: production\n    concurrency: a\n",
            "only the lease decides",
        ),
        ("LIMITS_READ_ROLE }}", "LIMITS_WRITE_ROLE }}", "only applies write the state"),
        ("LIMITS_WRITE_ROLE }}", "LIMITS_READ_ROLE }}", "only applies write the state"),
        (
            "      - name: Install ajo\n",
            "      - with: { role-to-assume: a }\n        uses: b\n      - name: Install ajo\n",
            "nothing is installed with credentials",
        ),
        (" --lock-timeout 300", "", "an apply waits longer than a lease"),
        ("--lock-timeout 300", "--lock-timeout 60", "an apply waits longer than a lease"),
        ("run: ajo validate", "run: git push origin main; ajo validate", "nothing is pushed"),
        ("    environment: production\n", "", "only applies need approval"),
        ("  pull_request:", "  pull_request_target:", "no code of forks with secrets"),
    ] {
        assert!(text.contains(from), "{from}");
        let violations = github_violations(&parse(&text.replacen(from, to, 1)));
        assert!(violations.iter().any(|violation| violation.starts_with(rule)), "{to}: {violations:?}");
    }
}

/// Programs that run in jobs with the client secret.
const WITH_SECRET: [&str; 11] = ["ajo", "git", "jq", "printf", "cp", "echo", "if", "case", "exit", "code=0", "code=$?"];

fn gitlab_violations(pipelines: &[Value]) -> Vec<String> {
    let mut violations = Violations::default();
    for (name, job) in pipelines.iter().flat_map(|jobs| jobs.as_object().expect("jobs")) {
        let Some(script) = job["script"].as_array() else { continue };
        let base = job["extends"].as_str().map_or(&Value::Null, |base| &pipelines[0][base]);
        let own = |key: &str| if job[key].is_null() { &base[key] } else { &job[key] };
        let before = own("before_script").as_array().into_iter().flatten();
        let lines: Vec<_> = before.chain(script).map(|line| line.as_str().expect("a text")).collect();
        let environment = job["environment"]["name"].as_str().or(job["environment"].as_str()).unwrap_or_default();
        let calls = lines.iter().any(|line| calls_service(line));
        violations.require(
            environment.starts_with("limits/") == calls,
            "a secret exactly where the service is called",
            name,
        );
        let install = pipelines[0][".ajo"]["before_script"][0].as_str().unwrap_or_default();
        let is_known =
            |line: &&str| *line == install || WITH_SECRET.contains(&line.split_whitespace().next().unwrap_or_default());
        violations.require(!calls || lines.iter().all(is_known), "only ajo runs with a secret", name);
        violations.require(
            (environment == "limits/apply") == (name == "limits-apply"),
            "only applies need approval",
            name,
        );
        violations.require((name == "limits-apply") == (job["when"] == "manual"), "only applies need approval", name);
        violations.require(job["resource_group"].is_null(), "only the lease decides who waits", name);
        let writes = own("variables")["AWS_ROLE_ARN"] == "$LIMITS_WRITE_ROLE";
        violations.require((name == "limits-apply") == writes, "only applies write the state", name);
        violations.require(own("image") == "$LIMITS_IMAGE", "tools are pinned", name);
        let uses_ajo = lines.iter().any(|line| line.starts_with("ajo "));
        let is_checked = lines.first() == Some(&install) && install.contains("sha256sum -c -");
        violations.require(!uses_ajo || is_checked, "tools are pinned", name);
        let applies = lines.iter().find(|line| line.contains("ajo apply"));
        let has_digest = applies.is_none_or(|line| line.contains("--digest \"$PLAN_DIGEST\""));
        violations.require(has_digest, "only the reviewed plan is applied", name);
        violations.require(applies.is_none_or(|line| outlasts_lease(line)), "an apply waits longer than a lease", name);
        violations.require(!lines.iter().any(|line| line.contains("push")), "nothing is pushed", name);
    }
    violations.0
}

#[test]
fn gitlab_pipelines_follow_rules() {
    let pipelines = ["gitlab/limits.yml", "gitlab/limits-apply.yml"].map(|name| parse(&example(name)));
    assert_eq!(gitlab_violations(&pipelines), Vec::<String>::new());
}

#[test]
fn unsafe_gitlab_pipeline_is_found() {
    let texts = ["gitlab/limits.yml", "gitlab/limits-apply.yml"].map(example);
    for (from, to, rule) in [
        ("environment: { name: issues,", "environment: { name: limits/read,", "a secret exactly where"),
        ("environment: { name: limits/read,", "environment: { name: other,", "a secret exactly where"),
        ("    - ajo plan limits", "    - curl evil.example\n    - ajo plan limits", "only ajo runs with a secret"),
        ("  when: manual\n", "  when: manual\n  resource_group: a\n", "only the lease decides who waits"),
        ("  when: manual\n", "", "only applies need approval"),
        ("$LIMITS_READ_ROLE\n", "$LIMITS_WRITE_ROLE\n", "only applies write the state"),
        ("$LIMITS_WRITE_ROLE\n", "$LIMITS_READ_ROLE\n", "only applies write the state"),
        (" --lock-timeout 300", "", "an apply waits longer than a lease"),
        ("    - ajo plan limits", "    - git push\n    - ajo plan limits", "nothing is pushed"),
        ("environment: { name: limits/read,", "environment: { name: limits/apply,", "only applies need approval"),
        ("image: $LIMITS_IMAGE", "image: rust:latest", "tools are pinned"),
        ("| sha256sum -c -", "", "tools are pinned"),
        ("    - *install\n", "", "tools are pinned"),
        (" --digest \"$PLAN_DIGEST\"", "", "only the reviewed plan"),
    ] {
        assert!(texts.iter().any(|text| text.contains(from)), "{from}");
        let pipelines = texts.clone().map(|text| parse(&text.replacen(from, to, 1)));
        let violations = gitlab_violations(&pipelines);
        assert!(violations.iter().any(|violation| violation.starts_with(rule)), "{to}: {violations:?}");
    }
}
