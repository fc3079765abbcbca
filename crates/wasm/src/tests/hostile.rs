use proptest::prelude::*;

use super::driver::CREDENTIALS;
use crate::action::code;
use crate::core_state::CoreState;
use crate::input::Report;
use crate::time::Moment;

/// One call of an exported function, with numbers and text as JavaScript could pass them.
#[derive(Clone, Debug)]
struct ExportCall {
    function: u8,
    call: u32,
    number: u32,
    value: f64,
    moment: (f64, f64, f64),
    text: Option<String>,
}

fn any_text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof![
        Just(r#"{"access_token": "token-1", "expires_in": 60}"#.to_owned()),
        Just(r#"{"version":1,"accessToken":"t","issuedAtMillis":0,"expiresAtMillis":9}"#.to_owned()),
        Just(r#"{"error": {"code": 7, "message": "no"}}"#.to_owned()),
        Just("7".to_owned()),
        ".{0,20}",
    ])
}

fn any_call() -> impl Strategy<Value = ExportCall> {
    let number = prop_oneof![9 => 0..20_u32, 1 => any::<u32>()];
    let time = prop_oneof![9 => 0.0..1e6, 1 => any::<f64>()];
    let moment = (time.clone(), time, prop_oneof![9 => 0.0..1.0, 1 => any::<f64>()]);
    (0..20_u8, 0..6_u32, number, any::<f64>(), moment, any_text()).prop_map(
        |(function, call, number, value, moment, text)| ExportCall { function, call, number, value, moment, text },
    )
}

fn run(core: &mut CoreState, it: &ExportCall) {
    let (call, text) = (it.call, it.text.clone().unwrap_or_default());
    let moment = Moment { now: it.moment.0, elapsed: it.moment.1, random: it.moment.2 };
    let status = it.number.wrapping_mul(50);
    let header = it.text.clone();
    let report = match it.function {
        0 => {
            core.begin(call, it.number.cast_signed().wrapping_sub(4), it.value, it.moment.1, it.number, moment);
            return;
        }
        1 => return core.cancel(call, moment),
        2 => return core.close(call),
        3 => return drop(core.take_error(call, &text, &text)),
        4 => return drop((core.access_token(call), core.store_key(call), core.store_entry(call))),
        16 => return drop((core.check_url(call, &text), crate::check_path(&text), crate::check_sandbox(&text))),
        5 => return drop((core.token_request_body(call), core.take_problem(&text))),
        6 => {
            core.invalidate(call, it.value, moment.now);
            return core.mark_rejected(call, it.value, moment.now);
        }
        7 => return drop(core.open(&text)),
        8 => return drop(core.encode_definition(it.number, &text, &text)),
        9 => Some(Report::Stored(it.text.clone())),
        10 => Some(Report::TokenReturned(text)),
        11 => Some(Report::CallbackFailed { timed_out: it.number > 9, detail: text }),
        12 => Some(Report::InvalidBody { status, request_id: header, detail: text }),
        13 => Some(Report::send_failed(it.number, text)),
        14 | 15 => Some(Report::Response {
            status,
            request_id: header.clone(),
            retry_after: header.clone(),
            debug_id: header.clone(),
            body: header,
        }),
        _ => Report::from_code(it.number % 8, it.value),
    };
    let action = core.report(call, report, moment);
    assert!(action & 0xFF <= code::FAILED, "{action}");
    assert!(core.millis() >= 0.0 && core.millis() <= 2_147_483_647.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// No sequence of calls panics, whatever JavaScript passes.
    #[test]
    fn no_export_panics(calls in prop::collection::vec(any_call(), 1..60)) {
        let mut core = CoreState::new();
        for options in [
            r#", "tokenStore": true, "storeLocks": true}"#,
            "}",
        ] {
            core.open(&format!("{CREDENTIALS}{options}"));
        }
        core.open(r#"{"clientId": "client-1", "orgId": "A1@AdobeOrg", "accessToken": true}"#);
        for call in &calls {
            run(&mut core, call);
        }
    }

    /// A call never has more time than its limit, however the clock jumps.
    #[test]
    fn clock_jumps_never_extend_a_call(times in prop::collection::vec(0.0..1e6, 1..40), deadline in 1.0..60_000.0) {
        let mut core = CoreState::new();
        core.open(r#"{"clientId": "client-1", "orgId": "A1@AdobeOrg", "accessToken": "token-1"}"#);
        let at = |elapsed| Moment { now: 0.0, elapsed, random: 0.5 };
        let call = core.begin(1, 0, 0.0, deadline, 1000, at(times[0]));
        let mut left = deadline;
        for pair in times.windows(2) {
            left -= (pair[1] - pair[0]).max(0.0);
            let action = core.report(call, Some(Report::Continue), at(pair[0]));
            let report = if action & 0xFF == code::SEND {
                Report::send_failed(0, String::new())
            } else {
                Report::Continue
            };
            let action = core.report(call, Some(report), at(pair[1]));
            if action & 0xFF == code::FAILED {
                break;
            }
            prop_assert!(core.millis() <= left.max(0.0) + 1.0, "{} of {left}", core.millis());
        }
    }
}
