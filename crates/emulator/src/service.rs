//! The sixteen operations, once a call has passed the gateway.

use ajo_auth::Timestamp;
use ajo_core::rules::{Finding, Severity};
use ajo_core::{Api, Operation, Verb};
use http::StatusCode;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::answer::{self, Answer, Failure};
use crate::config::{Config, Mark, State, length};
use crate::judge;
use crate::organization::{Kept, Sandbox, Throttling};
use crate::service_error::ServiceError;
use crate::settings::Limits;
use crate::shown::{Place, Shown};
use crate::switches::Switches;

/// One call, with everything it can see.
pub(crate) struct Session<'w> {
    pub(crate) kept: &'w mut Kept,
    pub(crate) org_id: &'w str,
    pub(crate) sandbox: &'w str,
    /// Who calls, as metadata shows it.
    pub(crate) account: &'w str,
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'w str,
    pub(crate) switches: &'w Switches,
    pub(crate) limits: Limits,
}

/// What a call asks for, beside its operation.
pub(crate) struct Input<'r> {
    /// Empty where the operation takes none.
    pub(crate) uid: &'r str,
    pub(crate) query: &'r str,
    pub(crate) body: &'r [u8],
    /// The same, where it is JSON.
    pub(crate) json: Option<Value>,
}

impl<'w> Session<'w> {
    pub(crate) fn run(self, operation: &Operation, input: Input<'_>, new_id: impl FnOnce() -> String) -> Answer {
        let as_text = operation.api == Api::Throttling;
        let request_id = self.request_id;
        let outcome = match operation.api {
            Api::Capping => self.capping(operation.verb, input, new_id),
            Api::Throttling => self.throttling(operation.verb, input, new_id),
        };
        outcome.unwrap_or_else(|failure| failure.answer(as_text, request_id))
    }

    fn capping(mut self, verb: Verb, input: Input<'_>, new_id: impl FnOnce() -> String) -> Result<Answer, Failure> {
        self.make_room(verb, &input)?;
        let Input { uid, query, body, json } = input;
        let (mark, org_id, switches, most) = (self.mark(), self.org_id, self.switches, self.limits.configs);
        let Sandbox { id, name, capping, .. } = sandbox(self.kept, self.sandbox)?;
        let place = Place::new(org_id, id, name, switches);
        // No code is published for it; the status is.
        let unknown = || Failure::new(StatusCode::NOT_FOUND, None, format!("no endpoint config has the uid {uid}"));

        Ok(match verb {
            Verb::List => {
                judge::list_body(Api::Capping, body, json.as_ref(), switches)?;
                answer::list(capping.values().map(|config| place.capping(config)))
            }
            Verb::Create => {
                let definition = judge::payload(Api::Capping, verb, json, switches)?;
                if capping.len() >= most {
                    let message = format!("the emulator keeps at most {most} endpoint configs in a sandbox");
                    return Err(Failure::new(StatusCode::INSUFFICIENT_STORAGE, None, message));
                }
                let config = Config::new(new_id(), definition, mark());
                let answer = envelope(Api::Capping, &config, "created", &place.capping(&config), switches);
                capping.insert(config.uid.clone(), config);
                answer
            }
            Verb::Get => answer::one("result", &place.capping(capping.get(uid).ok_or_else(unknown)?)),
            Verb::Update => {
                let config = capping.get_mut(uid).ok_or_else(unknown)?;
                config.update(judge::payload(Api::Capping, verb, json, switches)?, mark());
                envelope(Api::Capping, config, "updated", &place.capping(config), switches)
            }
            Verb::Delete => {
                if capping.get(uid).ok_or_else(unknown)?.deployed.is_some() && !forced(query, switches) {
                    return Err(ServiceError::CAPPING_DEPLOYED.failure());
                }
                capping.shift_remove(uid);
                answer::ok(&json!({}))
            }
            Verb::CanDeploy => {
                let config = capping.get(uid).ok_or_else(unknown)?;
                answer::one("canDeploy", &can_deploy(Api::Capping, config, switches))
            }
            Verb::Deploy => {
                let config = capping.get_mut(uid).ok_or_else(unknown)?;
                judge::deployable(Api::Capping, &config.definition, switches)?;
                config.deploy(mark());
                answer::no_content()
            }
            // Documented: 204 also when it was not deployed.
            Verb::Undeploy => {
                capping.get_mut(uid).ok_or_else(unknown)?.undeploy();
                answer::no_content()
            }
        })
    }

    fn throttling(mut self, verb: Verb, input: Input<'_>, new_id: impl FnOnce() -> String) -> Result<Answer, Failure> {
        self.make_room(verb, &input)?;
        let Input { uid, query, body, json } = input;
        let (mark, org_id, switches) = (self.mark(), self.org_id, self.switches);
        let sandbox = sandbox(self.kept, self.sandbox)?;
        if !sandbox.production {
            // Documented for create; inferred for the other seven.
            let message = format!("throttling needs a production sandbox, and {} is none", sandbox.name);
            return Err(ServiceError::NOT_PRODUCTION.failure_about(message));
        }
        let (sandbox_id, sandbox_name) = (sandbox.id.clone(), sandbox.name.clone());
        let stored = &mut self.kept.throttling;
        let found = stored.as_mut().filter(|throttling| throttling.config.uid == uid);
        let unknown =
            || ServiceError::THROTTLING_NOT_FOUND.failure_about(format!("no throttling config has the uid {uid}"));

        Ok(match verb {
            Verb::List => {
                judge::list_body(Api::Throttling, body, json.as_ref(), switches)?;
                answer::list(stored.iter().map(|it| Place::throttling(org_id, it, switches)))
            }
            Verb::Create => {
                if stored.is_some() {
                    return Err(ServiceError::SECOND_THROTTLING.failure());
                }
                let definition = judge::payload(Api::Throttling, verb, json, switches)?;
                let config = Config::new(new_id(), definition, mark());
                let throttling = Throttling { config, sandbox_id, sandbox_name };
                let shown = Place::throttling(org_id, &throttling, switches);
                let answer = envelope(Api::Throttling, &throttling.config, "created", &shown, switches);
                *stored = Some(throttling);
                answer
            }
            Verb::Get => answer::one("result", &Place::throttling(org_id, found.ok_or_else(unknown)?, switches)),
            Verb::Update => {
                let throttling = found.ok_or_else(unknown)?;
                throttling.config.update(judge::payload(Api::Throttling, verb, json, switches)?, mark());
                // Documented: the new values are in force at once. Unknown: what becomes of values that could not be deployed; they
                // are saved here, and the old ones stay in force.
                let deployable = judge::deployable(Api::Throttling, &throttling.config.definition, switches).is_ok();
                if throttling.config.deployed.is_some() && deployable {
                    throttling.config.deployed = Some(throttling.config.definition.clone());
                }
                let shown = Place::throttling(org_id, throttling, switches);
                envelope(Api::Throttling, &throttling.config, "updated", &shown, switches)
            }
            Verb::Delete => {
                if found.ok_or_else(unknown)?.config.deployed.is_some() && !forced(query, switches) {
                    return Err(ServiceError::THROTTLING_DEPLOYED.failure());
                }
                *stored = None;
                answer::ok(&json!({}))
            }
            Verb::CanDeploy => {
                let config = &found.ok_or_else(unknown)?.config;
                answer::one("canDeploy", &can_deploy(Api::Throttling, config, switches))
            }
            Verb::Deploy => {
                let config = &mut found.ok_or_else(unknown)?.config;
                // Inferred: one that was updated since can be deployed again.
                if config.state == State::Deployed {
                    return Err(ServiceError::ALREADY_DEPLOYED.failure());
                }
                judge::deployable(Api::Throttling, &config.definition, switches)?;
                config.deploy(mark());
                answer::no_content()
            }
            Verb::Undeploy => {
                let config = &mut found.ok_or_else(unknown)?.config;
                // By the error list of the documentation; the vendor's specification says 204.
                if config.deployed.is_none() && switches.is("undeploy_idle", "refused") {
                    return Err(ServiceError::NOT_DEPLOYED.failure());
                }
                config.undeploy();
                answer::no_content()
            }
        })
    }

    /// Whether there is room for what a call would have kept. The limit is of the emulator; the service's is unknown.
    fn make_room(&mut self, verb: Verb, input: &Input<'_>) -> Result<(), Failure> {
        let more = match verb {
            Verb::Create | Verb::Update => input.body.len(),
            Verb::Deploy => self.kept.find(input.uid).map_or(0, |(_, config)| length(&config.definition)),
            _ => return Ok(()),
        };
        let most = self.limits.config_bytes;
        if self.kept.has_room_for(more, most) {
            return Ok(());
        }
        let message = format!("the emulator keeps at most {most} bytes of definitions for an organization");
        Err(Failure::new(StatusCode::INSUFFICIENT_STORAGE, None, message))
    }

    fn mark(&self) -> impl FnOnce() -> Mark + use<'w> {
        let (by, at) = (self.account, self.now);
        move || Mark { by: by.to_owned(), at }
    }
}

fn sandbox<'k>(kept: &'k mut Kept, name: &str) -> Result<&'k mut Sandbox, Failure> {
    let found = kept.sandboxes.iter_mut().find(|sandbox| sandbox.name == name);
    found.ok_or_else(|| ServiceError::NO_SANDBOX.failure_about(format!("the sandbox {name} does not exist")))
}

fn can_deploy(api: Api, config: &Config, switches: &Switches) -> Value {
    let (mut errors, mut warnings) = (judge::findings(api, &config.definition, switches), Vec::new());
    errors.retain(|finding| {
        if finding.severity == Severity::Warning {
            warnings.push(finding.clone());
        }
        finding.severity == Severity::Error
    });
    let mut verdict = json!({"validationStatus": if errors.is_empty() { "ok" } else { "error" }});
    if !errors.is_empty() {
        verdict["reason"] = match errors.len() {
            1 => json!("1 error is currently blocking the publication"),
            count => json!(format!("{count} errors are currently blocking the publication")),
        };
        let shown =
            |finding: &Finding| json!({"errorCode": error_code(finding, switches), "error": described(api, finding)});
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

/// The schema says that it is a number, the sample has text.
fn error_code(finding: &Finding, switches: &Switches) -> Value {
    let number = finding.code.rsplit('_').next().and_then(|number| number.parse::<u64>().ok());
    match number.filter(|_| switches.is("error_code", "number")) {
        Some(number) => json!(number),
        None => json!(finding.code),
    }
}

fn described(api: Api, finding: &Finding) -> String {
    format!("{api} config: {}", finding.message)
}

/// Only `true` is documented.
fn forced(query: &str, switches: &Switches) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let any = switches.is("force_delete", "any_value");
    pairs.iter().any(|(name, value)| name == "forceDelete" && (any || value == "true"))
}

/// The answer of create and update.
fn envelope(api: Api, config: &Config, status: &'static str, shown: &Shown<'_>, switches: &Switches) -> Answer {
    answer::ok(&Envelope { api, uid: &config.uid, status, shown, can_deploy: can_deploy(api, config, switches) })
}

struct Envelope<'w> {
    api: Api,
    uid: &'w str,
    status: &'static str,
    shown: &'w Shown<'w>,
    can_deploy: Value,
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let base = match self.api {
            Api::Capping => "endpointConfigs",
            Api::Throttling => "throttlingConfigs",
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&format_args!("{}Element", self.status), self.shown)?;
        map.serialize_entry("uid", self.uid)?;
        map.serialize_entry("uri", &format_args!("/voyager/apis/{base}/{}", self.uid))?;
        map.serialize_entry("resStatus", self.status)?;
        map.serialize_entry("canDeploy", &self.can_deploy)?;
        map.end()
    }
}
