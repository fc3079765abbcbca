//! The sixteen operations, once a call has passed the gateway.

use ajo_auth::Timestamp;
use ajo_core::rules::{self, Finding, Severity};
use ajo_core::{Api, Operation, Verb};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::{self, Answer, Failure};
use crate::config::{Config, Mark, State};
use crate::organization::{Organization, Sandbox, Throttling};

/// One call, with everything it can see.
pub(crate) struct Session<'w> {
    pub(crate) organization: &'w mut Organization,
    pub(crate) org_id: &'w str,
    pub(crate) sandbox: &'w str,
    /// Who calls, as metadata shows it.
    pub(crate) account: String,
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'w str,
}

/// What a call asks for, beside its operation.
#[derive(Clone, Copy)]
pub(crate) struct Input<'r> {
    /// Empty where the operation takes none.
    pub(crate) uid: &'r str,
    pub(crate) query: &'r str,
    pub(crate) body: &'r [u8],
}

impl Session<'_> {
    pub(crate) fn run(self, operation: &Operation, input: Input<'_>, new_id: impl FnOnce() -> String) -> Answer {
        let as_text = operation.api == Api::Throttling;
        let request_id = self.request_id;
        let outcome = match operation.api {
            Api::Capping => self.capping(operation.verb, input, new_id),
            Api::Throttling => self.throttling(operation.verb, input, new_id),
        };
        outcome.unwrap_or_else(|failure| failure.answer(as_text, request_id))
    }

    fn capping(self, verb: Verb, input: Input<'_>, new_id: impl FnOnce() -> String) -> Result<Answer, Failure> {
        let Input { uid, query, body } = input;
        let mark = self.mark();
        let org_id = self.org_id;
        let sandbox = sandbox(self.organization, self.sandbox)?;
        let place = Place { org_id, sandbox_id: sandbox.id.clone(), sandbox_name: sandbox.name.clone() };
        let found = sandbox.capping.iter().position(|config| config.uid == uid);
        // No code is published for it; the status is.
        let unknown = || Failure::new(StatusCode::NOT_FOUND, None, format!("no endpoint config has the uid {uid}"));
        let index = || found.ok_or_else(unknown);

        Ok(match verb {
            Verb::List => {
                list_body(Api::Capping, body)?;
                let results: Vec<Value> = sandbox.capping.iter().map(|config| place.show_capping(config)).collect();
                answer::ok(&json!({"results": results}))
            }
            Verb::Create => {
                let definition = payload(Api::Capping, body)?;
                let config = Config::new(new_id(), definition, mark);
                let answer = envelope(Api::Capping, &config, "created", place.show_capping(&config));
                sandbox.capping.push(config);
                answer
            }
            Verb::Get => answer::ok(&json!({"result": place.show_capping(&sandbox.capping[index()?])})),
            Verb::Update => {
                let config = &mut sandbox.capping[index()?];
                config.update(payload(Api::Capping, body)?, mark);
                envelope(Api::Capping, config, "updated", place.show_capping(config))
            }
            Verb::Delete => {
                let index = index()?;
                if sandbox.capping[index].deployed.is_some() && !forced(query) {
                    let message = "a deployed endpoint config cannot be deleted; undeploy it first";
                    return Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, json!(1451), message));
                }
                sandbox.capping.remove(index);
                answer::ok(&json!({}))
            }
            Verb::CanDeploy => answer::ok(&json!({"canDeploy": can_deploy(Api::Capping, &sandbox.capping[index()?])})),
            Verb::Deploy => {
                let config = &mut sandbox.capping[index()?];
                deployable(Api::Capping, config)?;
                config.deploy(mark);
                answer::no_content()
            }
            // Documented: 204 also when it was not deployed.
            Verb::Undeploy => {
                sandbox.capping[index()?].undeploy();
                answer::no_content()
            }
        })
    }

    fn throttling(self, verb: Verb, input: Input<'_>, new_id: impl FnOnce() -> String) -> Result<Answer, Failure> {
        let Input { uid, query, body } = input;
        let mark = self.mark();
        let org_id = self.org_id;
        let sandbox = sandbox(self.organization, self.sandbox)?;
        if !sandbox.production {
            // Documented for create; inferred for the other seven.
            let message = format!("throttling needs a production sandbox, and {} is none", sandbox.name);
            return Err(Failure::new(StatusCode::BAD_REQUEST, json!(1463), message));
        }
        let (sandbox_id, sandbox_name) = (sandbox.id.clone(), sandbox.name.clone());
        let stored = &mut self.organization.throttling;
        let found = stored.as_mut().filter(|throttling| throttling.config.uid == uid);
        // The code is documented, its status inferred from that of capping.
        let unknown =
            || Failure::new(StatusCode::NOT_FOUND, json!(14467), format!("no throttling config has the uid {uid}"));
        let refused = |code: i64, message: &str| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, json!(code), message);

        Ok(match verb {
            Verb::List => {
                list_body(Api::Throttling, body)?;
                let results: Vec<Value> = stored.iter().map(|throttling| show_throttling(org_id, throttling)).collect();
                answer::ok(&json!({"results": results}))
            }
            Verb::Create => {
                if stored.is_some() {
                    let message = "only one throttling config is allowed for an organization";
                    return Err(Failure::new(StatusCode::BAD_REQUEST, json!(1465), message));
                }
                let config = Config::new(new_id(), payload(Api::Throttling, body)?, mark);
                let throttling = Throttling { config, sandbox_id, sandbox_name };
                let answer =
                    envelope(Api::Throttling, &throttling.config, "created", show_throttling(org_id, &throttling));
                *stored = Some(throttling);
                answer
            }
            Verb::Get => answer::ok(&json!({"result": show_throttling(org_id, found.ok_or_else(unknown)?)})),
            Verb::Update => {
                let throttling = found.ok_or_else(unknown)?;
                throttling.config.update(payload(Api::Throttling, body)?, mark);
                // Documented: the new values are in force at once.
                if throttling.config.deployed.is_some() {
                    throttling.config.deployed = Some(throttling.config.definition.clone());
                }
                envelope(Api::Throttling, &throttling.config, "updated", show_throttling(org_id, throttling))
            }
            Verb::Delete => {
                if found.ok_or_else(unknown)?.config.deployed.is_some() && !forced(query) {
                    return Err(refused(1456, "a deployed throttling config cannot be deleted; undeploy it first"));
                }
                *stored = None;
                answer::ok(&json!({}))
            }
            Verb::CanDeploy => {
                answer::ok(&json!({"canDeploy": can_deploy(Api::Throttling, &found.ok_or_else(unknown)?.config)}))
            }
            Verb::Deploy => {
                let config = &mut found.ok_or_else(unknown)?.config;
                // Inferred: one that was updated since can be deployed again.
                if config.state == State::Deployed {
                    return Err(refused(14466, "the throttling config is deployed already"));
                }
                deployable(Api::Throttling, config)?;
                config.deploy(mark);
                answer::no_content()
            }
            Verb::Undeploy => {
                let config = &mut found.ok_or_else(unknown)?.config;
                // By the error list of the documentation; the vendor's specification says 204.
                if config.deployed.is_none() {
                    return Err(refused(14468, "the throttling config is not deployed"));
                }
                config.undeploy();
                answer::no_content()
            }
        })
    }

    fn mark(&self) -> Mark {
        Mark { by: self.account.clone(), at: self.now }
    }
}

fn sandbox<'o>(organization: &'o mut Organization, name: &str) -> Result<&'o mut Sandbox, Failure> {
    organization.sandboxes.get_mut(name).ok_or_else(|| Failure {
        family: "INTERNAL_ERROR",
        ..Failure::new(StatusCode::INTERNAL_SERVER_ERROR, json!(4000), format!("the sandbox {name} does not exist"))
    })
}

/// Nothing or an object. Inferred: anything else is refused as an invalid payload.
fn list_body(api: Api, body: &[u8]) -> Result<(), Failure> {
    if body.trim_ascii().is_empty() || matches!(serde_json::from_slice(body), Ok(Value::Object(_))) {
        return Ok(());
    }
    Err(refusal(&rules::of(api, &Value::Null)))
}

/// The definition in a body, if it can be stored.
fn payload(api: Api, body: &[u8]) -> Result<Map<String, Value>, Failure> {
    // Text that is no JSON is judged like JSON that is no object: the service expects a JSON payload.
    let payload: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut findings = rules::of(api, &payload);
    findings.retain(|finding| finding.refuses_payload);
    match payload {
        Value::Object(payload) if findings.is_empty() => {
            let fields: &[&str] = match api {
                Api::Capping => &["url", "methods", "services"],
                Api::Throttling => &["name", "description", "urlPattern", "methods", "maxThroughput"],
            };
            // Other fields are passed over; what the service does with them is unknown.
            Ok(payload
                .into_iter()
                .filter(|(name, value)| fields.contains(&name.as_str()) && !value.is_null())
                .collect())
        }
        _ => Err(refusal(&findings)),
    }
}

/// Documented: an invalid payload is answered 500. Inferred: the code is the first finding's.
fn refusal(findings: &[Finding]) -> Failure {
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    let code = findings.first().map(|finding| json!(finding.code));
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, code, messages.join("; "))
}

/// Documented: 500 when the definition is invalid. Inferred: the code is the first finding's.
fn deployable(api: Api, config: &Config) -> Result<(), Failure> {
    let findings = findings(api, config, Severity::Error);
    if findings.is_empty() { Ok(()) } else { Err(refusal(&findings)) }
}

fn findings(api: Api, config: &Config, severity: Severity) -> Vec<Finding> {
    let mut findings = rules::of(api, &Value::Object(config.definition.clone()));
    findings.retain(|finding| finding.severity == severity);
    findings
}

fn can_deploy(api: Api, config: &Config) -> Value {
    let errors = findings(api, config, Severity::Error);
    let warnings = findings(api, config, Severity::Warning);
    let mut verdict = json!({"validationStatus": if errors.is_empty() { "ok" } else { "error" }});
    if !errors.is_empty() {
        verdict["reason"] = match errors.len() {
            1 => json!("1 error is currently blocking the publication"),
            count => json!(format!("{count} errors are currently blocking the publication")),
        };
        let shown = |finding: &Finding| json!({"errorCode": finding.code, "error": described(api, finding)});
        verdict["errors"] = errors.iter().map(shown).collect();
    }
    if !warnings.is_empty() {
        let shown = |finding: &Finding| {
            let scope = json!({
                "endpointConfigService": finding.service,
                "endpointConfigUrl": config.definition.get("url"),
            });
            json!({"warningCode": finding.code, "warning": described(api, finding), "scope": scope})
        };
        verdict["warnings"] = warnings.iter().map(shown).collect();
    }
    verdict
}

fn described(api: Api, finding: &Finding) -> String {
    format!("{api} config: {}", finding.message)
}

/// Only `true` is documented.
fn forced(query: &str) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.iter().any(|(name, value)| name == "forceDelete" && value == "true")
}

/// The answer of create and update.
fn envelope(api: Api, config: &Config, status: &str, shown: Value) -> Answer {
    let base = match api {
        Api::Capping => "endpointConfigs",
        Api::Throttling => "throttlingConfigs",
    };
    let mut body = Map::new();
    body.insert(format!("{status}Element"), shown);
    body.insert("uid".to_owned(), json!(config.uid));
    body.insert("uri".to_owned(), json!(format!("/voyager/apis/{base}/{}", config.uid)));
    body.insert("resStatus".to_owned(), json!(status));
    body.insert("canDeploy".to_owned(), can_deploy(api, config));
    answer::ok(&Value::Object(body))
}

/// Where capping configurations stand.
struct Place<'w> {
    org_id: &'w str,
    sandbox_id: String,
    sandbox_name: String,
}

impl Place<'_> {
    fn show_capping(&self, config: &Config) -> Value {
        let mut shown = self.with_place(&config.uid, config.definition.clone());
        shown.insert("metadata".to_owned(), config.metadata());
        shown.insert("state".to_owned(), json!(config.state.as_str()));
        shown.insert("authoringFormatVersion".to_owned(), json!("1.0"));
        shown.insert("hasBeenDeployed".to_owned(), json!(config.deployed.is_some()));
        if let Some(deployed) = &config.deployed {
            let mut deployed = deployed.clone();
            // Observed: -1 where the definition set none.
            let services = deployed.get_mut("services").and_then(Value::as_object_mut);
            for limit in services.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
                limit.entry("maxHttpConnections").or_insert(json!(-1));
            }
            shown.insert("deployedConfig".to_owned(), Value::Object(self.with_place(&config.uid, deployed)));
        }
        Value::Object(shown)
    }

    fn with_place(&self, uid: &str, mut definition: Map<String, Value>) -> Map<String, Value> {
        for (name, value) in [
            ("orgId", self.org_id),
            // Observed: the tenant is named like the sandbox in the published samples.
            ("tenantId", &self.sandbox_name),
            ("uid", uid),
            ("_id", uid),
            ("sandboxName", &self.sandbox_name),
            ("sandboxId", &self.sandbox_id),
        ] {
            definition.insert(name.to_owned(), json!(value));
        }
        definition
    }
}

fn show_throttling(org_id: &str, throttling: &Throttling) -> Value {
    let Throttling { config, sandbox_id, sandbox_name } = throttling;
    let mut shown = config.definition.clone();
    for (name, value) in [
        ("orgId", json!(org_id)),
        ("uid", json!(config.uid)),
        ("_id", json!(format!("{}_{sandbox_id}", config.uid))),
        ("sandboxName", json!(sandbox_name)),
        ("sandboxId", json!(sandbox_id)),
        ("metadata", config.metadata()),
        ("state", json!(config.state.as_str())),
        ("authoringFormatVersion", json!("1.0")),
        ("hasBeenDeployed", json!(config.deployed.is_some())),
    ] {
        shown.insert(name.to_owned(), value);
    }
    if config.was_deployed() {
        shown.insert("version".to_owned(), json!("1.0"));
    }
    Value::Object(shown)
}
