//! The decisions of a redeploy, for the JS wrapper, which makes the calls.

use alloc::string::String;

use ajo_engine::{LiveLimit, RedeployCall, RedeployResult, RedeployState, RedeployStep};

use crate::json_writer::JsonWriter;

/// The next step after these results, separated by commas.
pub(crate) fn next_step(results: &str) -> String {
    let results = results.split(',').filter(|result| !result.is_empty()).map(parse_result);
    let json = JsonWriter::new();
    match results.fold(RedeployState::default(), RedeployState::advance).step() {
        RedeployStep::Call(call) => json.string("call", js_name(call)),
        RedeployStep::Finished(live) => json
            .string("live", live.as_str())
            .string("message", live.describe())
            .optional_string("hint", live.repair_hint()),
    }
    .finish()
}

const fn js_name(call: RedeployCall) -> &'static str {
    match call {
        RedeployCall::Get => "get",
        RedeployCall::CanDeploy => "canDeploy",
        RedeployCall::Deploy => "deploy",
        RedeployCall::Undeploy => "undeploy",
    }
}

fn parse_result(name: &str) -> RedeployResult {
    match name {
        "old" | "new" | "none" | "hidden" => RedeployResult::Live(parse_live_limit(name)),
        "done" => RedeployResult::Done,
        "refused" => RedeployResult::Refused,
        "failed" => RedeployResult::Failed,
        _ => RedeployResult::Unknown,
    }
}

/// The limit that `get` shows as live.
pub(crate) fn parse_live_limit(name: &str) -> LiveLimit {
    match name {
        "old" => LiveLimit::Old,
        "new" => LiveLimit::New,
        "none" => LiveLimit::None,
        _ => LiveLimit::Unknown,
    }
}
